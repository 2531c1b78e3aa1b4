import type { JWTPayload } from 'jose'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import type { Caller } from './caller.ts'
import { isScope } from './scopes.ts'
import type { SigningKeys } from './signing-keys.ts'

/** How long an access token lives. UPSTREAM: behaviour.md §6.3 */
export const accessTokenSeconds = 86_399

/** What an access token is made of. */
export type AccessToken = {
  grantId: string
  userType: 'Company' | 'Location'
  companyId: string
  locationId: string | undefined
  clientId: string
  appId: string
  versionId: string
  scopes: readonly string[]
  /** Makes this token differ from others of the grant. */
  serial: string
  issuedAt: Date
}

/** The claims of a token. UPSTREAM: behaviour.md §6.5; `jti` also names the grant. */
export function claimsOf(token: AccessToken): JWTPayload {
  const classId = token.locationId ?? token.companyId
  const issuedAt = Math.floor(token.issuedAt.getTime() / 1000)
  return {
    authClass: token.userType,
    authClassId: classId,
    source: 'INTEGRATION',
    sourceId: token.clientId,
    channel: 'OAUTH',
    primaryAuthClassId: classId,
    oauthMeta: {
      scopes: token.scopes,
      client: token.appId,
      versionId: token.versionId,
      clientKey: token.clientId,
    },
    iat: issuedAt,
    exp: issuedAt + accessTokenSeconds,
    jti: `${token.grantId}-${token.serial}`,
  }
}

/** The id of a token's grant; undefined for claims that `claimsOf` did not write. */
export function grantIdOf({ jti }: JWTPayload): string | undefined {
  return typeof jti === 'string' ? /^([0-9A-Za-z]+)-/.exec(jti)?.[1] : undefined
}

/**
 * Finds the caller of an access token that is signed and unexpired, while its grant, the app's
 * install and the location still exist.
 */
export async function findGrantCaller(
  db: Queryable,
  keys: SigningKeys,
  token: string,
  now: Date,
): Promise<Caller | undefined> {
  const claims = await keys.verify(token, now).catch(() => undefined)
  const grantId = claims && grantIdOf(claims)
  if (!claims || !grantId) return undefined
  const [grant] = await db.query<{ companyId: string; locationId: string; scopes: string[] }>(sql`
    select i.company_id as "companyId", g.location_id as "locationId", g.scopes
    from oauth_grants g
    join oauth_installs i on i.id = g.install_id
    where g.id = ${grantId} and g.revoked_at is null and i.uninstalled_at is null
      and (g.location_id = '' or exists (
        select from locations l where l.location_id = g.location_id and l.deleted_at is null))`)
  if (!grant) return undefined
  return {
    kind: 'oauth',
    sourceId: String(claims.sourceId),
    companyId: grant.companyId,
    locationId: grant.locationId || undefined,
    scopes: new Set(grant.scopes.filter(isScope)),
    expiresAt: (claims.exp ?? 0) * 1000,
  }
}
