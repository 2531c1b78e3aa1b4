import { hashToken } from '../../../auth/private-integrations.ts'
import type { AppSettings } from '../../../context.ts'
import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import type { TokenFault } from '../errors.ts'
import { authenticateApp } from '../installs/apps.ts'
import { oauthLimits } from '../limits.ts'
import {
  type Grant,
  grantColumns,
  type IssuedTokens,
  signAccessToken,
  storeRefreshToken,
} from './grants.ts'
import type { TokenRequest } from './token-request.ts'

type RefreshRow = Grant & { usedAt: string | null; isActive: boolean }

/**
 * Issues a new pair for a refresh token, and the same pair again to every request with it within
 * the next 30 seconds. Only hashes are stored, so both tokens of the pair are made from the old
 * one and this server's secret.
 */
export async function refreshTokens(
  { db, keys, now }: AppSettings,
  request: TokenRequest & { refreshToken: string },
): Promise<IssuedTokens | TokenFault> {
  const time = now()
  const oldToken = request.refreshToken
  const nextToken = keys.derive(`refresh token after ${oldToken}`)
  const outcome = await db.transaction(async (tx) => {
    const app = await authenticateApp(tx, request)
    if (!app) return 'client'
    const row = await lockRefreshToken(tx, oldToken, time)
    if (!row) return 'refresh token'
    // UPSTREAM: clients' logs say so of a token that another app was given.
    if (row.appId !== app.id) return 'client'
    // UPSTREAM: the token stays good for when the location is active again.
    if (!row.isActive) return 'location'
    if (row.usedAt === null) {
      await tx.query(sql`
        update oauth_refresh_tokens set used_at = ${time} where hash = ${hashToken(oldToken)}`)
      const refreshTokenId = await storeRefreshToken(tx, row.id, nextToken, time)
      return { grant: row, issuedAt: time, refreshTokenId }
    }
    const refreshTokenId = await findRefreshTokenId(tx, nextToken)
    const usedAt = new Date(row.usedAt)
    const isConcurrent = time.getTime() - usedAt.getTime() <= oauthLimits.concurrentRefreshMs
    // DEVIATION: its successors live on. To use it one needs the app's secret,
    // and ending the family would make whoever loses an answer install the app again.
    return isConcurrent && refreshTokenId
      ? { grant: row, issuedAt: usedAt, refreshTokenId }
      : 'refresh token'
  })
  if (typeof outcome === 'string') return outcome
  const { grant, issuedAt, refreshTokenId } = outcome
  const serial = keys.derive(`access token after ${oldToken}`).slice(0, 24)
  const accessToken = await signAccessToken(keys, grant, { serial, issuedAt })
  return { grant, accessToken, refreshToken: nextToken, refreshTokenId }
}

async function lockRefreshToken(
  tx: Queryable,
  token: string,
  now: Date,
): Promise<RefreshRow | undefined> {
  const [row] = await tx.query<RefreshRow>(sql`
    select ${grantColumns}, r.used_at as "usedAt",
      not exists (select from locations l where l.location_id = g.location_id
        and l.deleted_at is not null) as "isActive"
    from oauth_refresh_tokens r
    join oauth_grants g on g.id = r.grant_id
    join oauth_installs i on i.id = g.install_id
    join oauth_apps a on a.id = i.app_id
    where r.hash = ${hashToken(token)} and r.expires_at > ${now} and g.revoked_at is null
      and i.uninstalled_at is null
    for update of r`)
  return row
}

async function findRefreshTokenId(tx: Queryable, token: string): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(sql`
    select id from oauth_refresh_tokens where hash = ${hashToken(token)}`)
  return row?.id
}
