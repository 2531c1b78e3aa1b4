import { setTimeout as delay } from 'node:timers/promises'
import type { Queryable } from '../../../db/database.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import type { PeriodicTask } from '../../../events/periodic.ts'
import { opportunityLimits } from '../limits.ts'

/** Upserts rows into the counts; their order is fixed, so that two cannot deadlock. */
export const addToCounts = (rows: Sql): Sql => sql`
  insert into opportunity_counts as c (location_id, follower, pipeline_id, pipeline_stage_id,
    status, assigned_to, count, value, weighted, unweighted)
  ${rows}
  on conflict (location_id, follower, pipeline_id, pipeline_stage_id, status, assigned_to)
  do update set
    count = c.count + excluded.count, value = c.value + excluded.value,
    weighted = c.weighted + excluded.weighted, unweighted = c.unweighted + excluded.unweighted`

/** Folds one batch of a location's deltas into its counts; returns the number of its rows. */
export async function foldCounts(db: Queryable, locationId: string): Promise<number> {
  const [folded] = await db.query<{ count: number }>(sql`
    with gone as (
      delete from opportunity_deltas d
      where d.location_id = ${locationId} and d.id = any(array(
        select w.id from opportunity_deltas w where w.location_id = ${locationId}
        order by w.id limit ${opportunityLimits.countsFoldRowsMax} for update skip locked))
      returning d.*),
    folded as (${addToCounts(sql`
      select ${locationId}, g.follower, g.pipeline_id, g.pipeline_stage_id, g.status,
        a.assigned_to, sum(g.count), sum(g.value), sum(g.weighted), sum(g.unweighted)
      from gone g cross join lateral unnest(array[g.assigned_to, '*']) a (assigned_to)
      group by 2, 3, 4, 5, 6 order by 2, 3, 4, 5, 6`)})
    select count(*)::int as count from gone`)
  return folded?.count ?? 0
}

/** How many locations are looked up in one go. */
const locationsMax = 1_000

/** Selects locations after the one named, in order, with at least so many rows to fold. */
export const locationsWithDeltas = (after: string, rowsMin: number): Sql => sql`
  select d.location_id as id from opportunity_deltas d
  where d.location_id > ${after}
  group by d.location_id having count(*) >= ${rowsMin}
  order by d.location_id limit ${locationsMax}`

async function findBusyLocations(db: Queryable, rowsMin: number): Promise<string[]> {
  const busyLocations: string[] = []
  for (;;) {
    const found = await db.query<{ id: string }>(
      locationsWithDeltas(busyLocations.at(-1) ?? '', rowsMin),
    )
    busyLocations.push(...found.map(({ id }) => id))
    if (found.length < locationsMax) return busyLocations
  }
}

/**
 * Folds the deltas of every location that has at least so many, in batches of their own commits,
 * and again where many are added meanwhile. It ends after some rounds, and the next run looks for
 * busy locations anew. Servers that fold concurrently take different rows.
 */
export async function foldAllCounts(
  db: Queryable,
  rowsMin: number,
  isStopping: () => boolean = () => false,
): Promise<void> {
  let busyLocations = await findBusyLocations(db, rowsMin)
  for (let round = 1; busyLocations.length > 0; round++) {
    const stillBusyLocations: string[] = []
    for (const id of busyLocations) {
      if (isStopping()) return
      if ((await foldCounts(db, id)) >= opportunityLimits.countsFoldRowsMin)
        stillBusyLocations.push(id)
    }
    if (round === opportunityLimits.countsFoldRoundsMax) return
    busyLocations = stillBusyLocations
    if (busyLocations.length > 0) await delay(opportunityLimits.countsFoldPauseMs)
  }
}

/**
 * A total sums up the rows not yet folded, so busy locations are folded often, quiet ones rarely.
 */
export const foldingTasks: readonly PeriodicTask[] = [
  foldingTask(opportunityLimits.countsFoldEveryMs, opportunityLimits.countsFoldRowsMin),
  foldingTask(opportunityLimits.countsFoldAllEveryMs, 1),
]

function foldingTask(everyMs: number, rowsMin: number): PeriodicTask {
  return {
    everyMs,
    failureMessage: 'changes could not be folded into the counts of opportunities',
    run: ({ db }, isStopping) => foldAllCounts(db, rowsMin, isStopping),
  }
}
