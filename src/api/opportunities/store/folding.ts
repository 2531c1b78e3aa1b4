import { setTimeout as delay } from 'node:timers/promises'
import type { Database, Queryable } from '../../../db/database.ts'
import { join, type Sql, sql } from '../../../db/sql.ts'
import { insertRows, type RowsTarget, rowsAsTexts } from '../../../events/appended-rows.ts'
import type { PeriodicTask } from '../../../events/periodic.ts'
import { opportunityLimits } from '../limits.ts'
import { countKey, countSums } from './counts.ts'

/** Adds rows to the counts; they come in the order of the key, so that two cannot deadlock. */
export const addedCounts: RowsTarget = {
  table: sql`opportunity_counts as c`,
  columns: [...countKey, ...countSums],
  onConflict: sql`
    on conflict (location_id, ${join(countKey, sql`, `)}) do update set ${join(
      countSums.map((sum) => sql`${sum} = c.${sum} + excluded.${sum}`),
      sql`, `,
    )}`,
}

/** Folds one batch of a location's deltas into its counts; returns the number of its rows. */
export function foldCounts(db: Pick<Database, 'transaction'>, locationId: string): Promise<number> {
  return db.transaction((tx) => foldBatch(tx, locationId))
}

/** The same within a transaction. */
export async function foldBatch(tx: Queryable, locationId: string): Promise<number> {
  const { columns } = addedCounts
  const rows = sql`
    select g.follower, g.pipeline_id, g.pipeline_stage_id, g.status, a.assigned_to,
      sum(g.count) as count, sum(g.value) as value, sum(g.weighted) as weighted,
      sum(g.unweighted) as unweighted
    from gone g cross join lateral unnest(array[g.assigned_to, '*']) a (assigned_to)
    group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`
  const [gone] = await tx.query<{ count: number; rows: string[][] }>(sql`
    with gone as (
      delete from opportunity_deltas d
      where d.location_id = ${locationId} and d.id = any(array(
        select w.id from opportunity_deltas w where w.location_id = ${locationId}
        order by w.id limit ${opportunityLimits.countsFoldRowsMax} for update skip locked))
      returning d.*)
    select (select count(*)::int from gone) as count, ${rowsAsTexts({ columns, rows })} as rows`)
  const { count = 0, rows: added = [] } = gone ?? {}
  await insertRows(
    tx,
    addedCounts,
    added.map((values) => [locationId, ...values]),
  )
  return count
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
  db: Database,
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
