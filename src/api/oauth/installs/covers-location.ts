import { type Sql, sql } from '../../../db/sql.ts'

/**
 * Whether the install i reaches the location l: its own, one that was approved, all that were known
 * when it was made, or those that came later.
 */
export const coversLocation: Sql = sql`
  (i.location_id = l.location_id or (i.location_id = '' and (
    l.location_id = any(i.approved_locations)
    or case when l.location_id = any(i.known_locations) then i.approve_all_locations
      else i.install_to_future_locations end)))`
