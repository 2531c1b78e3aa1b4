import { hashToken } from '../../auth/private-integrations.ts'
import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { limits } from '../../limits.ts'

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

/** Begins a session with this secret; sessions that are over are cleared away. */
export async function beginSession(
  db: Queryable,
  secret: string,
  userId: string,
  now: Date,
): Promise<void> {
  const expiresAt = new Date(now.getTime() + limits.sessionSecondsMax * 1000)
  await db.query(sql`delete from sessions where expires_at <= ${now}`)
  await db.query(sql`
    insert into sessions (hash, user_id, created_at, expires_at)
    values (${hashToken(secret)}, ${userId}, ${now}, ${expiresAt})`)
}

export async function endSession(db: Queryable, secret: string): Promise<void> {
  await db.query(sql`delete from sessions where hash = ${hashToken(secret)}`)
}

/** The user who has this e-mail address, with what their password is checked against. */
export async function findByEmail(
  db: Queryable,
  email: string,
): Promise<{ id: string; passwordHash: string | null } | undefined> {
  const [user] = await db.query<{ id: string; passwordHash: string | null }>(sql`
    select id, password_hash as "passwordHash" from users
    where lower(email) = lower(${email}) and deleted_at is null`)
  return user
}

export async function isUser(db: Queryable, id: string): Promise<boolean> {
  const found = await db.query(sql`select id from users where id = ${id} and deleted_at is null`)
  return found.length > 0
}
