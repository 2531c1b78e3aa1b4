import type { Scope } from './scopes.ts'

/** Who sends a request, as the token says. */
export type Caller = {
  /** How the token was made: by hand for one account, or by an app's installation. */
  kind: 'private-integration' | 'oauth'
  /** The private integration, or the app's client id. */
  sourceId: string
  companyId: string
  /** Undefined: the token is an agency's. */
  locationId: string | undefined
  scopes: ReadonlySet<Scope>
  /** When the token expires, in milliseconds since 1970. */
  expiresAt: number
}

/** The caller of a route for sub-accounts, who always has a location. */
export type LocationCaller = Caller & { locationId: string }
