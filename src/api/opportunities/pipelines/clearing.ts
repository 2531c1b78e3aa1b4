import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import type { Leftover } from '../../../events/leftovers.ts'
import { type AllReactions, react } from '../../../events/reactions.ts'
import { holdPipeline } from './statements.ts'

type Place = { locationId: string; pipelineId: string }

/**
 * What removed stages and deleted pipelines began. Their records go in steps, each its own commit;
 * a stage stays in sight until the last one has left it, so that whoever reads finds every
 * opportunity in a stage of its pipeline.
 */
export const unfinishedPipelines: Leftover<Place> = {
  complaint: 'removed stages or deleted pipelines are not empty yet',
  find: (db, countMax) =>
    db.query<Place>(sql`
      select u.location_id as "locationId", u.pipeline_id as "pipelineId"
      from unfinished_pipelines u
      order by u.location_id, u.pipeline_id limit ${countMax}`),
  step: ({ db, now, reactions }, place) =>
    db.transaction(async (tx) => {
      const isDone = await clear(tx, reactions, place, now())
      if (isDone) {
        await tx.query(sql`
          delete from unfinished_pipelines u
          where u.location_id = ${place.locationId} and u.pipeline_id = ${place.pipelineId}`)
      }
      return isDone
    }),
}

/** The first step, in the commit that removes: true when it was also the last. */
export async function clearOrRemember(
  tx: Queryable,
  reactions: AllReactions,
  place: Place,
  now: Date,
): Promise<boolean> {
  const isDone = await clear(tx, reactions, place, now)
  if (!isDone) {
    await tx.query(sql`
      insert into unfinished_pipelines (location_id, pipeline_id, created_at)
      values (${place.locationId}, ${place.pipelineId}, ${now}) on conflict do nothing`)
  }
  return isDone
}

/** Takes some records away, and, when none are left, what held them: then true. */
async function clear(
  tx: Queryable,
  reactions: AllReactions,
  { locationId, pipelineId }: Place,
  now: Date,
): Promise<boolean> {
  // Always held before its stages, as by whoever puts something into them.
  const pipeline = await holdPipeline(tx, locationId, pipelineId)
  if (!pipeline) return true
  const leaving = await holdLeavingStages(tx, locationId, pipelineId)
  if (leaving.length > 0) {
    const moveTo = pipeline.isDeleted ? undefined : await firstStage(tx, locationId, pipelineId)
    const removed = { locationId, stageIds: leaving, moveTo }
    if (!(await react('stagesRemoved', reactions, tx, removed, now))) return false
  }
  if (pipeline.isDeleted) {
    await tx.query(sql`
      delete from pipelines p where p.location_id = ${locationId} and p.id = ${pipelineId}`)
  } else if (leaving.length > 0) {
    await tx.query(sql`
      delete from pipeline_stages s
      where s.location_id = ${locationId} and s.id = any(${leaving}::text[])`)
  }
  return true
}

/** The stages that go; nobody can put anything into them while they are held. */
async function holdLeavingStages(
  tx: Queryable,
  locationId: string,
  pipelineId: string,
): Promise<string[]> {
  const stages = await tx.query<{ id: string }>(sql`
    select s.id from pipelines p
    join pipeline_stages s on s.location_id = ${locationId} and s.pipeline_id = p.id
    where p.location_id = ${locationId} and p.id = ${pipelineId}
      and (p.deleted_at is not null or s.removed_at is not null)
    order by s.id for update of s`)
  return stages.map(({ id }) => id)
}

/** Where records go whose stage was removed. */
async function firstStage(tx: Queryable, locationId: string, pipelineId: string): Promise<string> {
  const [first] = await tx.query<{ id: string }>(sql`
    select s.id from pipeline_stages s
    where s.location_id = ${locationId} and s.pipeline_id = ${pipelineId} and s.removed_at is null
    order by s.position limit 1`)
  if (!first) throw new Error('A pipeline has no stage left')
  return first.id
}
