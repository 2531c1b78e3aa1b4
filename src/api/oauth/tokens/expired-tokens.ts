import { sql } from '../../../db/sql.ts'
import type { ExpiryStatement } from '../../../events/expiry.ts'
import { limits } from '../../../limits.ts'
import { oauthLimits } from '../limits.ts'

const { expiryRows: rowsMax } = limits

/**
 * Remove codes, tokens and grants. An expired code is refused like an unknown one, so nothing
 * is lost with it; used refresh tokens stay as long as unused ones.
 */
export const expiredOAuthRows: readonly ExpiryStatement[] = [
  (before) => sql`
    delete from oauth_codes where hash = any(array(
      select c.hash from oauth_codes c where c.expires_at <= ${before}
      limit ${rowsMax} for update skip locked))
    returning hash`,
  (before) => sql`
    delete from oauth_refresh_tokens where hash = any(array(
      select r.hash from oauth_refresh_tokens r where r.expires_at <= ${before}
      limit ${rowsMax} for update skip locked))
    returning hash`,
  (before) => sql`
    delete from oauth_grants where id = any(array(
      select g.id from oauth_grants g where g.revoked_at <= ${before}
      limit ${rowsMax} for update skip locked))
    returning id`,
  // Each grant begins with a refresh token, so one without any has only expired tokens.
  (before) => sql`
    delete from oauth_grants where id = any(array(
      select g.id from oauth_grants g
      where g.created_at <= ${new Date(before.getTime() - oauthLimits.refreshTokenMsMax)}
        and not exists (select from oauth_refresh_tokens r where r.grant_id = g.id)
      limit ${rowsMax} for update skip locked))
    returning id`,
]
