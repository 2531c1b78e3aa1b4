import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { newId } from '../ids.ts'

export type NewLocation = { companyId: string; name: string; timezone: string }

/** Makes a location (sub-account) of an agency; it has no pipeline yet, as upstream's new ones. */
export async function createLocation(
  db: Queryable,
  { companyId, name, timezone }: NewLocation,
  now: Date,
): Promise<{ id: string } & NewLocation> {
  const id = newId(now.getTime())
  await db.query(sql`
    insert into locations (location_id, company_id, name, timezone, created_at, updated_at)
    values (${id}, ${companyId}, ${name}, ${timezone}, ${now}, ${now})`)
  return { id, companyId, name, timezone }
}

export function listLocations(
  db: Queryable,
): Promise<{ id: string; companyId: string; name: string; timezone: string }[]> {
  return db.query(sql`
    select location_id as id, company_id as "companyId", name, timezone
    from locations order by created_at, location_id limit 1000`)
}
