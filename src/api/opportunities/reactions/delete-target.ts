import type { Queryable } from '../../../db/database.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import { changeSeveral, type EventOfChange } from '../../../events/outbox.ts'
import { indexChanges } from '../store/indexed.ts'

/** Opportunities to delete: `target` is the part that locks them, by that name. */
type Deletion = {
  locationId: string
  now: Date
  target: Sql
  events: readonly EventOfChange[]
}

/** Deletes a batch of opportunities with their events; returns how many they were. */
export function deleteTarget(
  tx: Queryable,
  { locationId, now, target, events }: Deletion,
): Promise<number> {
  return changeSeveral(tx, {
    locationId,
    now,
    version: sql`changed.index_version + 1`,
    with: target,
    change: sql`
      delete from opportunities o using target
      where o.location_id = ${locationId} and o.id = target.id
      returning o.*`,
    ...indexChanges(locationId, { before: sql`changed` }),
    events,
  })
}
