import type { Queryable } from '../../../db/database.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import { appendEvents } from '../../../events/outbox.ts'
import type { Reaction } from '../../../events/reactions.ts'
import { limits } from '../../../limits.ts'
import { opportunityDelete, opportunityStageUpdate, opportunityUpdate } from '../events.ts'
import { countParts } from '../store/counts.ts'
import { indexParts } from '../store/indexed.ts'

/**
 * A batch of the opportunities in some stages, locked in the order of their ids, so that concurrent
 * batches cannot deadlock.
 */
const lockedTarget = (locationId: string, stageIds: readonly string[]) => sql`
  target as (
    select o.* from opportunities o
    where o.location_id = ${locationId} and o.pipeline_stage_id = any(${stageIds}::text[])
      and o.id = any(array(
        select c.id from opportunities c
        where c.location_id = ${locationId}
          and c.pipeline_stage_id = any(${stageIds}::text[])
        limit ${limits.clearingRowsMax}))
    order by o.id for update)`

type EventParts = { version: number; payload: object }

/** Changes opportunities, and emits an event of every type for each of them. */
async function changeAll(
  tx: Queryable,
  locationId: string,
  change: Sql,
  types: readonly string[],
  now: Date,
): Promise<number> {
  const changed = await tx.query<EventParts>(change)
  const events = changed.flatMap((event) => types.map((type) => ({ locationId, type, ...event })))
  await appendEvents(tx, events, now)
  return changed.length
}

/** Moves the opportunities of a removed stage to another; deletes those of a deleted pipeline. */
export function stagesRemovedReaction(extraUpdate: boolean): Reaction<'stagesRemoved'> {
  const extra = extraUpdate ? [opportunityUpdate.type] : []
  return {
    apply(tx, { locationId, stageIds, moveTo }, now) {
      if (moveTo === undefined) {
        const types = [opportunityDelete.type, ...extra]
        return changeAll(tx, locationId, deleteStatement(locationId, stageIds), types, now)
      }
      const types = [...extra, opportunityStageUpdate.type]
      return changeAll(tx, locationId, moveStatement(locationId, stageIds, moveTo, now), types, now)
    },
    async hasRemaining(tx, { locationId, stageIds }) {
      const found = await tx.query(sql`
        select from opportunities o
        where o.location_id = ${locationId} and o.pipeline_stage_id = any(${stageIds}::text[])
        limit 1`)
      return found.length > 0
    },
  }
}

const moveStatement = (
  locationId: string,
  stageIds: readonly string[],
  moveTo: string,
  now: Date,
) => sql`
  with ${lockedTarget(locationId, stageIds)},
  changed as (
    update opportunities o
    set pipeline_stage_id = ${moveTo}, last_stage_change_at = ${now}, updated_at = ${now},
      index_version = o.index_version + 1
    from target
    where o.location_id = ${locationId} and o.id = target.id
    returning o.*),
  ${countParts(locationId, { before: sql`target`, after: sql`changed` })}
  select changed.index_version as version, ${opportunityStageUpdate.payload} as payload
  from changed order by changed.id`

const deleteStatement = (locationId: string, stageIds: readonly string[]) => sql`
  with ${lockedTarget(locationId, stageIds)},
  changed as (
    delete from opportunities o using target
    where o.location_id = ${locationId} and o.id = target.id
    returning o.*),
  ${indexParts(locationId, { before: sql`changed` })}
  select changed.index_version + 1 as version, ${opportunityDelete.payload} as payload
  from changed order by changed.id`
