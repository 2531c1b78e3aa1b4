import type { Queryable } from '../db/database.ts'
import { type Sql, sql } from '../db/sql.ts'
import { limits } from '../limits.ts'
import { hashToken } from './private-integrations.ts'

/** A signed-in user with the current values of their row. */
export type SignedInUser = {
  id: string
  name: string
  email: string
  companyId: string
  companyName: string
  type: 'agency' | 'account'
  role: 'admin' | 'user'
  /** An agency's user who works only in the locations that were assigned. */
  isRestricted: boolean
}

/** Finds the user of a session's secret, unless the session expired or the user was deleted. */
export async function findSignedInUser(
  db: Queryable,
  secret: string,
  now: Date,
): Promise<SignedInUser | undefined> {
  const [user] = await db.query<SignedInUser>(sql`
    select u.id, concat_ws(' ', u.first_name, u.last_name) as name, u.email,
      u.company_id as "companyId", c.name as "companyName", u.type, u.role,
      u.restrict_sub_account as "isRestricted"
    from sessions s
    join users u on u.id = s.user_id
    join companies c on c.id = u.company_id
    where s.hash = ${hashToken(secret)} and s.expires_at > ${now} and u.deleted_at is null`)
  return user
}

/** A user who may begin a session; the sandbox's button checks no password. */
export type AuthenticatedUser = { id: string; passwordHash?: string }

/**
 * Begins a session with this secret, unless the user was deleted or has another password by now:
 * the row is locked, so that a concurrent change either comes first or ends this session.
 */
export async function beginSession(
  db: Queryable,
  secret: string,
  { id, passwordHash }: AuthenticatedUser,
  now: Date,
): Promise<boolean> {
  const expiresAt = new Date(now.getTime() + limits.sessionSecondsMax * 1000)
  const sessions = await db.query(sql`
    insert into sessions as s (hash, user_id, created_at, expires_at)
    select ${hashToken(secret)}, u.id, ${now}, ${expiresAt} from users u
    where u.id = ${id} and u.deleted_at is null
      and coalesce(u.password_hash = ${passwordHash ?? null}, ${passwordHash === undefined})
    for share of u
    returning s.user_id`)
  return sessions.length > 0
}

export async function endSession(db: Queryable, secret: string): Promise<void> {
  await db.query(sql`delete from sessions where hash = ${hashToken(secret)}`)
}

/** Ends all sessions of a user, those begun with an old password among them. */
export async function endUserSessions(tx: Queryable, userId: string): Promise<void> {
  await tx.query(sql`delete from sessions where user_id = ${userId}`)
}

/** The statement that removes a batch of sessions that expired before a time. */
export const expiredSessions = (before: Date): Sql => sql`
  delete from sessions where hash = any(array(
    select s.hash from sessions s where s.expires_at <= ${before}
    limit ${limits.expiryRows} for update skip locked))
  returning hash`

/** The user of an e-mail address, with the hash that their password is checked against. */
export type UserPassword = { id: string; passwordHash: string | null }

export async function findPasswordByEmail(
  db: Queryable,
  email: string,
): Promise<UserPassword | undefined> {
  const [user] = await db.query<UserPassword>(sql`
    select id, password_hash as "passwordHash" from users
    where lower(email) = lower(${email}) and deleted_at is null`)
  return user
}
