import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import type { Leftover } from '../../../events/leftovers.ts'
import { type AllReactions, react } from '../../../events/reactions.ts'
import { lockPipeline } from './statements.ts'

type PipelineKey = { locationId: string; pipelineId: string }

/**
 * Empties removed stages and deleted pipelines in batches, each in its own commit. A stage stays
 * visible until its last record has left it, so that every opportunity that a client reads is in a
 * stage of its pipeline.
 */
export const unfinishedPipelines: Leftover<PipelineKey> = {
  failureMessage: 'removed stages or deleted pipelines are not empty yet',
  find: (db, countMax) =>
    db.query<PipelineKey>(sql`
      select u.location_id as "locationId", u.pipeline_id as "pipelineId"
      from unfinished_pipelines u
      order by u.location_id, u.pipeline_id limit ${countMax}`),
  runStep: ({ db, now, reactions }, key) =>
    db.transaction(async (tx) => {
      const isDone = await clear(tx, reactions, key, now())
      if (isDone) {
        await tx.query(sql`
          delete from unfinished_pipelines u
          where u.location_id = ${key.locationId} and u.pipeline_id = ${key.pipelineId}`)
      }
      return isDone
    }),
}

/** Runs the first batch in the commit that removes; true when that was all of it. */
export async function clearOrRecord(
  tx: Queryable,
  reactions: AllReactions,
  key: PipelineKey,
  now: Date,
): Promise<boolean> {
  const isDone = await clear(tx, reactions, key, now)
  if (!isDone) {
    await tx.query(sql`
      insert into unfinished_pipelines (location_id, pipeline_id, created_at)
      values (${key.locationId}, ${key.pipelineId}, ${now}) on conflict do nothing`)
  }
  return isDone
}

/** Clears one batch; when no record is left it deletes the stages or the pipeline, and is true. */
async function clear(
  tx: Queryable,
  reactions: AllReactions,
  { locationId, pipelineId }: PipelineKey,
  now: Date,
): Promise<boolean> {
  // Locked before its stages, as writes of opportunities do, so that the two cannot deadlock.
  const pipeline = await lockPipeline(tx, locationId, pipelineId)
  if (!pipeline) return true
  const leavingStageIds = await lockLeavingStages(tx, locationId, pipelineId)
  if (leavingStageIds.length > 0) {
    const moveTo = pipeline.isDeleted ? undefined : await findFirstStage(tx, locationId, pipelineId)
    const removed = { locationId, stageIds: leavingStageIds, moveTo }
    if (!(await react('stagesRemoved', reactions, tx, removed, now))) return false
  }
  if (pipeline.isDeleted) {
    await tx.query(sql`
      delete from pipelines p where p.location_id = ${locationId} and p.id = ${pipelineId}`)
  } else if (leavingStageIds.length > 0) {
    await tx.query(sql`
      delete from pipeline_stages s
      where s.location_id = ${locationId} and s.id = any(${leavingStageIds}::text[])`)
  }
  return true
}

/** The stages to be deleted, locked so that no opportunity is put into them. */
async function lockLeavingStages(
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

/** The stage that takes the records of removed ones. */
async function findFirstStage(
  tx: Queryable,
  locationId: string,
  pipelineId: string,
): Promise<string> {
  const [first] = await tx.query<{ id: string }>(sql`
    select s.id from pipeline_stages s
    where s.location_id = ${locationId} and s.pipeline_id = ${pipelineId} and s.removed_at is null
    order by s.position limit 1`)
  if (!first) throw new Error('A pipeline has no stage left')
  return first.id
}
