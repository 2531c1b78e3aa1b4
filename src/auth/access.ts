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
  /** The route needs neither a version nor a token. */
  public?: true
  /** The scope that the token must have. */
  scope?: Scope
  /** Whose tokens are accepted: by default a sub-account's. */
  access?: readonly Access[]
  /** UPSTREAM: routes of users refuse an agency's private integration in words of their own. */
  refusesAgencyAs?: 'user-type-mismatch'
}

/** The error, in upstream's words, for a caller without access: behaviour.md §1.3. */
export function accessRefusal(
  { scope, access = ['bearer'], refusesAgencyAs }: Requirements,
  caller: Caller,
): Error | undefined {
  if (scope && !caller.scopes.has(scope)) return missingScope()
  const level = caller.locationId === undefined ? 'Agency' : 'Location'
  const levelAccess = access.filter((kind) =>
    (kind === 'bearer' ? 'Location' : kind).startsWith(level),
  )
  if (levelAccess.length > 0) {
    const isOnlyForApps = levelAccess.every((kind) => kind.endsWith('-Only'))
    return isOnlyForApps && caller.kind === 'private-integration' ? missingScope() : undefined
  }
  if (level === 'Location') return userTypeNotSupported()
  if (caller.kind === 'oauth') return authClassNotAllowed()
  return refusesAgencyAs === 'user-type-mismatch' ? userTypeMismatch() : missingScope()
}
