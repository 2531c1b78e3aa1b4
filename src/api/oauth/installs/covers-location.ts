import { type Sql, sql } from '../../../db/sql.ts'

/**
 * Whether the install i reaches the location l: its own, one that was approved, all that there
 * were when it was made, or those that came later.
 */
export const coversLocation: Sql = sql`
  (i.location_id = l.location_id or (i.location_id = '' and (
    l.location_id = any(i.approved_locations)
    or (i.approve_all_locations and l.created_at <= i.installed_at)
    or (i.install_to_future_locations and l.created_at > i.installed_at))))`
