import type { Caller } from './caller.ts'
import {
  authClassNotAllowed,
  missingScope,
  userTypeMismatch,
  userTypeNotSupported,
} from './errors.ts'
import type { Scope } from './scopes.ts'

/**
 * Whose token an operation takes, in the names of the official contract's security schemes.
 * `…-Only` takes none of a private integration; `bearer` is a sub-account's.
 */
export type Access =
  | 'bearer'
  | 'Location-Access'
  | 'Location-Access-Only'
  | 'Agency-Access'
  | 'Agency-Access-Only'

/** What an operation asks of its caller; it is part of the route's `config`. */
export type Requirements = {
  /** Asks neither for a version nor for a token. */
  public?: true
  /** What the token must be allowed to do. */
  scope?: Scope
  /** Whose tokens may: a sub-account's unless said otherwise. */
  access?: readonly Access[]
  /** UPSTREAM: routes of users refuse an agency's private integration in words of their own. */
  refusesAgencyAs?: 'user-type-mismatch'
}

/** Why an operation is not for this caller, in upstream's words: behaviour.md §1.3. */
export function refusal(
  { scope, access = ['bearer'], refusesAgencyAs }: Requirements,
  caller: Caller,
): Error | undefined {
  if (scope && !caller.scopes.has(scope)) return missingScope()
  const level = caller.locationId === undefined ? 'Agency' : 'Location'
  const mine = access.filter((one) => (one === 'bearer' ? 'Location' : one).startsWith(level))
  if (mine.length > 0) {
    const isOnlyForApps = mine.every((one) => one.endsWith('-Only'))
    return isOnlyForApps && caller.kind === 'private-integration' ? missingScope() : undefined
  }
  if (level === 'Location') return userTypeNotSupported()
  if (caller.kind === 'oauth') return authClassNotAllowed()
  return refusesAgencyAs === 'user-type-mismatch' ? userTypeMismatch() : missingScope()
}
