import type { Queryable } from '../db/database.ts'
import { type Sql, sql } from '../db/sql.ts'
import { limits } from '../limits.ts'
import { hashToken } from './private-integrations.ts'

/** Somebody who is signed in, as their row says now. */
export type SignedIn = {
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

/** Who a session's secret stands for; nobody once the session is over or the user deleted. */
export async function findSignedIn(
  db: Queryable,
  secret: string,
  now: Date,
): Promise<SignedIn | undefined> {
  const [user] = await db.query<SignedIn>(sql`
    select u.id, concat_ws(' ', u.first_name, u.last_name) as name, u.email,
      u.company_id as "companyId", c.name as "companyName", u.type, u.role,
      u.restrict_sub_account as "isRestricted"
    from sessions s
    join users u on u.id = s.user_id
    join companies c on c.id = u.company_id
    where s.hash = ${hashToken(secret)} and s.expires_at > ${now} and u.deleted_at is null`)
  return user
}

/** Who signs in, and what they proved to know; the sandbox's button proves nothing. */
export type Entrant = { id: string; passwordHash?: string }

/**
 * Begins a session with this secret, unless the user was deleted or has another password by now:
 * the row is held, so that whoever changes it either waits and ends this session or came first.
 */
export async function beginSession(
  db: Queryable,
  secret: string,
  { id, passwordHash }: Entrant,
  now: Date,
): Promise<boolean> {
  const expiresAt = new Date(now.getTime() + limits.sessionSecondsMax * 1000)
  const begun = await db.query(sql`
    insert into sessions (hash, user_id, created_at, expires_at)
    select ${hashToken(secret)}, u.id, ${now}, ${expiresAt} from users u
    where u.id = ${id} and u.deleted_at is null
      and coalesce(u.password_hash = ${passwordHash ?? null}, ${passwordHash === undefined})
    for share of u
    returning user_id`)
  return begun.length > 0
}

export async function endSession(db: Queryable, secret: string): Promise<void> {
  await db.query(sql`delete from sessions where hash = ${hashToken(secret)}`)
}

/** Signs a user out everywhere: whoever came in with an old password is not left inside. */
export async function endSessionsOf(tx: Queryable, userId: string): Promise<void> {
  await tx.query(sql`delete from sessions where user_id = ${userId}`)
}

/** Removes some sessions that had ended before. */
export const expiredSessions = (before: Date): Sql => sql`
  delete from sessions where hash = any(array(
    select s.hash from sessions s where s.expires_at <= ${before}
    limit ${limits.expiryRows} for update skip locked))
  returning hash`

/** Who has an e-mail address, with what their password is checked against. */
export type Holder = { id: string; passwordHash: string | null }

export async function findByEmail(db: Queryable, email: string): Promise<Holder | undefined> {
  const [user] = await db.query<Holder>(sql`
    select id, password_hash as "passwordHash" from users
    where lower(email) = lower(${email}) and deleted_at is null`)
  return user
}
