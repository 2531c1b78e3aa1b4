import type { Database, Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { newId } from '../ids.ts'

export type NewUser = {
  locationId: string
  email: string
  firstName: string
  lastName: string
  role: 'admin' | 'user'
}

/** Makes a user who works in one location; undefined when there is no such location. */
export async function createUser(
  db: Database,
  { locationId, email, firstName, lastName, role }: NewUser,
  now: Date,
): Promise<string | undefined> {
  const id = newId(now.getTime())
  return db.transaction(async (tx) => {
    const [user] = await tx.query<{ id: string }>(sql`
      insert into users (id, company_id, first_name, last_name, email, type, role,
        created_at, updated_at)
      select ${id}, company_id, ${firstName}, ${lastName}, ${email}, 'account', ${role},
        ${now}, ${now}
      from locations where location_id = ${locationId}
      returning id`)
    if (!user) return undefined
    await tx.query(sql`
      insert into location_users (location_id, user_id, created_at)
      values (${locationId}, ${id}, ${now})`)
    return id
  })
}

export type ListedUser = {
  id: string
  email: string
  name: string
  role: string
  locationIds: string[]
}

export function listUsers(db: Queryable): Promise<ListedUser[]> {
  return db.query(sql`
    select u.id, u.email, concat_ws(' ', u.first_name, u.last_name) as name, u.role,
      array(select m.location_id from location_users m where m.user_id = u.id) as "locationIds"
    from users u order by u.created_at, u.id limit 1000`)
}
