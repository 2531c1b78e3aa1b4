import type { AppContext } from '../../../context.ts'
import type { Database, Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { finishInBackground } from '../../../events/leftovers.ts'
import type { Server } from '../../../http/server.ts'
import { limits } from '../../../limits.ts'
import { holdPipeline } from './statements.ts'

/** What a resource does whose records stand in stages; `main.ts` says which it is. */
export type RecordsInStages = {
  /** Moves some records from stages that go to another, with their events; of how many. */
  move(
    tx: Queryable,
    locationId: string,
    stages: { from: readonly string[]; to: string },
    now: Date,
  ): Promise<number>
  /** Deletes some records of stages for good, with their events; of how many. */
  remove(tx: Queryable, locationId: string, stageIds: readonly string[], now: Date): Promise<number>
  /** Whether any record still stands in them. */
  remain(tx: Queryable, locationId: string, stageIds: readonly string[]): Promise<boolean>
}

/** Takes away what removed stages and deleted pipelines hold. */
export type Clearing = { records: RecordsInStages; finish: () => Promise<void> }

type Place = { locationId: string; pipelineId: string }

/** How many pipelines are looked up at once. */
const pipelinesAtOnce = 100

/**
 * Finishes what removed stages and deleted pipelines began. Their records go in steps, each its
 * own commit; a stage stays in sight until the last one has left it, so that whoever reads finds
 * every opportunity in a stage of its pipeline.
 */
export function clearPipelines(
  app: Server,
  context: AppContext,
  records: RecordsInStages,
): Clearing {
  const finish = (isStopping: () => boolean) => finishAll(context, records, isStopping)
  const complaint = 'removed stages or deleted pipelines are not empty yet'
  return { records, finish: finishInBackground(app, finish, complaint) }
}

async function finishAll(
  { db, now }: AppContext,
  records: RecordsInStages,
  isStopping: () => boolean,
): Promise<void> {
  for (;;) {
    const places = await db.query<Place>(sql`
      select u.location_id as "locationId", u.pipeline_id as "pipelineId"
      from unfinished_pipelines u
      order by u.location_id, u.pipeline_id limit ${pipelinesAtOnce}`)
    if (places.length === 0) return
    for (const place of places) {
      let isDone = false
      while (!isDone) {
        if (isStopping()) return
        isDone = await step(db, records, place, now())
      }
    }
  }
}

function step(db: Database, records: RecordsInStages, place: Place, now: Date): Promise<boolean> {
  const { locationId, pipelineId } = place
  return db.transaction(async (tx) => {
    const isDone = await clear(tx, records, place, now)
    if (isDone) {
      await tx.query(sql`
        delete from unfinished_pipelines u
        where u.location_id = ${locationId} and u.pipeline_id = ${pipelineId}`)
    }
    return isDone
  })
}

/** The first step, in the commit that removes: true when it was also the last. */
export async function clearOrRemember(
  tx: Queryable,
  records: RecordsInStages,
  place: Place,
  now: Date,
): Promise<boolean> {
  const isDone = await clear(tx, records, place, now)
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
  records: RecordsInStages,
  { locationId, pipelineId }: Place,
  now: Date,
): Promise<boolean> {
  // Always held before its stages, as by whoever puts something into them.
  const pipeline = await holdPipeline(tx, locationId, pipelineId)
  if (!pipeline) return true
  const leaving = await holdLeavingStages(tx, locationId, pipelineId)
  if (leaving.length > 0) {
    const count = pipeline.isDeleted
      ? await records.remove(tx, locationId, leaving, now)
      : await moveOn(tx, records, { locationId, pipelineId }, leaving, now)
    const isMore = count >= limits.clearingRowsMax
    if (isMore || (await records.remain(tx, locationId, leaving))) return false
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

async function moveOn(
  tx: Queryable,
  records: RecordsInStages,
  { locationId, pipelineId }: Place,
  from: readonly string[],
  now: Date,
): Promise<number> {
  const [first] = await tx.query<{ id: string }>(sql`
    select s.id from pipeline_stages s
    where s.location_id = ${locationId} and s.pipeline_id = ${pipelineId} and s.removed_at is null
    order by s.position limit 1`)
  if (!first) throw new Error('A pipeline has no stage left')
  return records.move(tx, locationId, { from, to: first.id }, now)
}
