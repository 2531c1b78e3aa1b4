import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { type OpportunityRow, opportunityColumns, stageAndContactJoins } from './row.ts'

export async function findOpportunity(
  db: Queryable,
  locationId: string,
  id: string,
): Promise<OpportunityRow | undefined> {
  const [row] = await db.query<OpportunityRow>(sql`
    select ${opportunityColumns} from opportunities o ${stageAndContactJoins(locationId)}
    where o.location_id = ${locationId} and o.id = ${id}`)
  return row
}
