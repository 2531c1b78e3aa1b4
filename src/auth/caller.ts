import type { Scope } from './scopes.ts'

/** Who calls, as the token alone says. */
export type Caller = {
  /** The private integration that the token belongs to. */
  sourceId: string
  companyId: string
  /** Undefined: the token is an agency's. */
  locationId: string | undefined
  scopes: ReadonlySet<Scope>
}

/** The caller of a route for sub-accounts: such a one always has a location. */
export type LocationCaller = Caller & { locationId: string }
