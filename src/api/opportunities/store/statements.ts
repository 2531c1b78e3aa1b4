import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { columns, type Row, stageAndContact } from './row.ts'

export async function findOpportunity(
  db: Queryable,
  locationId: string,
  id: string,
): Promise<Row | undefined> {
  const [row] = await db.query<Row>(sql`
    select ${columns} from opportunities o ${stageAndContact(locationId)}
    where o.location_id = ${locationId} and o.id = ${id}`)
  return row
}
