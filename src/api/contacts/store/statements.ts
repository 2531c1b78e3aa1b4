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
