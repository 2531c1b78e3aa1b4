import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import {
  type ChangesWithEvents,
  changeSeveral,
  type EventOfChange,
} from '../../../events/outbox.ts'
import type { Reaction } from '../../../events/reactions.ts'
import { limits } from '../../../limits.ts'
import { opportunityDelete, opportunityStageUpdate, opportunityUpdate } from '../events.ts'
import { deltasOf } from '../store/counts.ts'
import { deleteTarget } from './delete-target.ts'

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

type StagesChange = Pick<ChangesWithEvents, 'locationId' | 'now'> & { stageIds: readonly string[] }

/** Moves the opportunities of a removed stage to another; deletes those of a deleted pipeline. */
export function stagesRemovedReaction(extraUpdate: boolean): Reaction<'stagesRemoved'> {
  const extra = extraUpdate ? [opportunityUpdate] : []
  return {
    apply(tx, { locationId, stageIds, moveTo }, now) {
      if (moveTo === undefined) {
        const target = lockedTarget(locationId, stageIds)
        return deleteTarget(tx, { locationId, now, target, events: [opportunityDelete, ...extra] })
      }
      const change = { locationId, stageIds, now }
      return moveOpportunities(tx, change, moveTo, [...extra, opportunityStageUpdate])
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

function moveOpportunities(
  tx: Queryable,
  { locationId, stageIds, now }: StagesChange,
  moveTo: string,
  events: readonly EventOfChange[],
): Promise<number> {
  return changeSeveral(tx, {
    locationId,
    now,
    version: sql`changed.index_version`,
    with: lockedTarget(locationId, stageIds),
    change: sql`
      update opportunities o
      set pipeline_stage_id = ${moveTo}, last_stage_change_at = ${now}, updated_at = ${now},
        index_version = o.index_version + 1
      from target
      where o.location_id = ${locationId} and o.id = target.id
      returning o.*`,
    appends: [deltasOf({ before: sql`target`, after: sql`changed` })],
    events,
  })
}
