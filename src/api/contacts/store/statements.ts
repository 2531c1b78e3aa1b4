import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { type ContactRow, contactColumns } from './row.ts'

/** A contact that was not deleted. */
export async function findContact(
  db: Queryable,
  locationId: string,
  id: string,
): Promise<ContactRow | undefined> {
  const [row] = await db.query<ContactRow>(sql`
    select ${contactColumns} from contacts c
    where c.location_id = ${locationId} and c.id = ${id} and c.deleted_at is null`)
  return row
}

/** The same, locked until the commit. */
export async function lockContact(
  tx: Queryable,
  locationId: string,
  id: string,
): Promise<ContactRow | undefined> {
  const [row] = await tx.query<ContactRow>(sql`
    select ${contactColumns} from contacts c
    where c.location_id = ${locationId} and c.id = ${id} and c.deleted_at is null
    for no key update`)
  return row
}

/** Whether a user may be assigned: one who works in the location. */
export async function isMember(
  db: Queryable,
  locationId: string,
  userId: string,
): Promise<boolean> {
  const found = await db.query(sql`
    select from location_users u
    where u.location_id = ${locationId} and u.user_id = ${userId} and u.left_at is null`)
  return found.length > 0
}

/** Whether a contact has opportunities, which follow it. */
export async function hasOpportunities(
  db: Queryable,
  locationId: string,
  contactId: string,
): Promise<boolean> {
  const found = await db.query(sql`
    select from opportunities o
    where o.location_id = ${locationId} and o.contact_id = ${contactId} limit 1`)
  return found.length > 0
}

/** Those of some contacts that are there, in the order in which they were named. */
export async function findPresent(
  db: Queryable,
  locationId: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select c.id from contacts c
    where c.location_id = ${locationId} and c.id = any(${ids}::text[]) and c.deleted_at is null`)
  const present = new Set(rows.map(({ id }) => id))
  return [...new Set(ids)].filter((id) => present.has(id))
}
