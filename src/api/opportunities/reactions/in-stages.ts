import type { Queryable } from '../../../db/database.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import { appendEvents } from '../../../events/outbox.ts'
import type { Reaction } from '../../../events/reactions.ts'
import { limits } from '../../../limits.ts'
import { opportunityDelete, opportunityStageUpdate, opportunityUpdate } from '../events.ts'
import { countedAs } from '../store/counts.ts'
import { indexedAs } from '../store/indexed.ts'

/**
 * Some opportunities that stand in stages, held in the order of their ids: two that change some at
 * once never wait for each other in a ring.
 */
const target = (locationId: string, stageIds: readonly string[]) => sql`
  target as (
    select o.* from opportunities o
    where o.location_id = ${locationId} and o.pipeline_stage_id = any(${stageIds}::text[])
      and o.id = any(array(
        select c.id from opportunities c
        where c.location_id = ${locationId}
          and c.pipeline_stage_id = any(${stageIds}::text[])
        limit ${limits.clearingRowsMax}))
    order by o.id for update)`

type Told = { version: number; payload: object }

/** Changes opportunities, and tells the same of each by every one of the types. */
async function changeAll(
  tx: Queryable,
  locationId: string,
  change: Sql,
  types: readonly string[],
  now: Date,
): Promise<number> {
  const changed = await tx.query<Told>(change)
  const events = changed.flatMap((told) => types.map((type) => ({ locationId, type, ...told })))
  await appendEvents(tx, events, now)
  return changed.length
}

/** Opportunities of a stage that was removed move to another; those of a pipeline go with it. */
export function opportunitiesInStages(extraUpdate: boolean): Reaction<'stagesRemoved'> {
  const extra = extraUpdate ? [opportunityUpdate.type] : []
  return {
    step(tx, { locationId, stageIds, moveTo }, now) {
      if (moveTo === undefined) {
        const types = [opportunityDelete.type, ...extra]
        return changeAll(tx, locationId, removing(locationId, stageIds), types, now)
      }
      const types = [...extra, opportunityStageUpdate.type]
      return changeAll(tx, locationId, moving(locationId, stageIds, moveTo, now), types, now)
    },
    async remain(tx, { locationId, stageIds }) {
      const found = await tx.query(sql`
        select from opportunities o
        where o.location_id = ${locationId} and o.pipeline_stage_id = any(${stageIds}::text[])
        limit 1`)
      return found.length > 0
    },
  }
}

const moving = (locationId: string, from: readonly string[], to: string, now: Date) => sql`
  with ${target(locationId, from)},
  changed as (
    update opportunities o
    set pipeline_stage_id = ${to}, last_stage_change_at = ${now}, updated_at = ${now},
      index_version = o.index_version + 1
    from target
    where o.location_id = ${locationId} and o.id = target.id
    returning o.*),
  ${countedAs(locationId, { before: sql`target`, after: sql`changed` })}
  select changed.index_version as version, ${opportunityStageUpdate.payload} as payload
  from changed order by changed.id`

const removing = (locationId: string, stageIds: readonly string[]) => sql`
  with ${target(locationId, stageIds)},
  changed as (
    delete from opportunities o using target
    where o.location_id = ${locationId} and o.id = target.id
    returning o.*),
  ${indexedAs(locationId, { before: sql`changed` })}
  select changed.index_version + 1 as version, ${opportunityDelete.payload} as payload
  from changed order by changed.id`
