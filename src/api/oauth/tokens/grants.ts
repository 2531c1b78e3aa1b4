import { randomBytes } from 'node:crypto'
import { claimsOf } from '../../../auth/access-tokens.ts'
import { hashToken } from '../../../auth/private-integrations.ts'
import type { SigningKeys } from '../../../auth/signing-keys.ts'
import type { Queryable } from '../../../db/database.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import { newHexId, newId } from '../../../ids.ts'
import { oauthLimits } from '../limits.ts'

export type UserType = 'Company' | 'Location'

/** What an install gave: the source of all that its tokens say. */
export type Grant = {
  id: string
  userType: UserType
  companyId: string
  /** '' for an agency's. */
  locationId: string
  userId: string
  scopes: string[]
  appId: string
  clientId: string
  versionId: string
  isBulk: boolean
  approvedLocations: string[]
  approveAllLocations: boolean
  installToFutureLocations: boolean
}

/** The columns of a `Grant`, of the rows g (grant), i (install) and a (app). */
export const grantColumns: Sql = sql`
  g.id, g.user_type as "userType", i.company_id as "companyId", g.location_id as "locationId",
  g.user_id as "userId", g.scopes, a.id as "appId", a.client_id as "clientId",
  a.version_id as "versionId", i.is_bulk as "isBulk",
  i.approved_locations as "approvedLocations",
  i.approve_all_locations as "approveAllLocations",
  i.install_to_future_locations as "installToFutureLocations"`

export type NewGrant = {
  installId: string
  userType: UserType
  locationId: string
  /** Whether an agency's token asked for the grant, instead of a code. */
  byAgency: boolean
  scopes: readonly string[]
}

/** Writes a grant of an install; its tokens live as long as it does. */
export async function createGrant(tx: Queryable, newGrant: NewGrant, now: Date): Promise<Grant> {
  const { installId, userType, locationId, byAgency, scopes } = newGrant
  const [grant] = await tx.query<Grant>(sql`
    with g as (
      insert into oauth_grants as g (id, install_id, user_type, location_id, by_agency, scopes, user_id,
        created_at)
      select ${newId()}, i.id, ${userType}, ${locationId}, ${byAgency},
        ${scopes}::text[], i.user_id, ${now}
      from oauth_installs i where i.id = ${installId}
      returning g.id, g.install_id, g.user_type, g.location_id, g.user_id, g.scopes)
    select ${grantColumns}
    from g
    join oauth_installs i on i.id = g.install_id
    join oauth_apps a on a.id = i.app_id`)
  if (!grant) throw new Error('A grant needs an install')
  return grant
}

/** A random refresh token. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * Stores a refresh token by its hash and deletes the oldest of its grant, which were used long
 * ago or belong to clients that keep asking for a location's token. Returns its id.
 */
export async function storeRefreshToken(
  tx: Queryable,
  grantId: string,
  token: string,
  now: Date,
): Promise<string> {
  const id = newHexId(now.getTime())
  const expiresAt = new Date(now.getTime() + oauthLimits.refreshTokenMsMax)
  await tx.query(sql`
    insert into oauth_refresh_tokens (hash, id, grant_id, created_at, expires_at)
    values (${hashToken(token)}, ${id}, ${grantId}, ${now}, ${expiresAt})`)
  await tx.query(sql`
    delete from oauth_refresh_tokens
    where grant_id = ${grantId} and hash in (
      select r.hash from oauth_refresh_tokens r where r.grant_id = ${grantId}
      order by r.created_at desc, r.hash offset ${oauthLimits.refreshTokensKept})`)
  return id
}

/** One answer's tokens, in the names that both generations' answers are made from. */
export type IssuedTokens = {
  grant: Grant
  accessToken: string
  refreshToken: string
  refreshTokenId: string
}

/** What makes an access token unique: the same stamp gives the same token. */
export type TokenStamp = { serial: string; issuedAt: Date }

export async function signAccessToken(
  keys: SigningKeys,
  grant: Grant,
  { serial, issuedAt }: TokenStamp,
): Promise<string> {
  const { id: grantId, locationId, ...rest } = grant
  const token = { ...rest, grantId, locationId: locationId || undefined, serial, issuedAt }
  return keys.sign(claimsOf(token))
}
