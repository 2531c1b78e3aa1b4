import { sql } from '../../../db/sql.ts'
import type { Expired } from '../../../events/expiry.ts'
import { limits } from '../../../limits.ts'
import { oauthLimits } from '../limits.ts'

const { expiryRows: rowsMax } = limits

/**
 * Codes, tokens and grants. A code that is over cannot be told from one that never was, so nothing
 * is lost with it; used refresh tokens stay as long as new ones.
 */
export const expiredTokens: readonly Expired[] = [
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
  // A grant has a refresh token from its first moment on: without one, all of its tokens are over.
  (before) => sql`
    delete from oauth_grants where id = any(array(
      select g.id from oauth_grants g
      where g.created_at <= ${new Date(before.getTime() - oauthLimits.refreshTokenMsMax)}
        and not exists (select from oauth_refresh_tokens r where r.grant_id = g.id)
      limit ${rowsMax} for update skip locked))
    returning id`,
]
