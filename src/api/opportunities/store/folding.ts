import { setTimeout as delay } from 'node:timers/promises'
import type { Queryable } from '../../../db/database.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import type { Periodic } from '../../../events/periodic.ts'
import { opportunityLimits } from '../limits.ts'

/** Adds rows to the counts that there are, or makes them; in order, so that two never wait in a ring. */
export const intoCounts = (rows: Sql): Sql => sql`
  insert into opportunity_counts as c (location_id, follower, pipeline_id, pipeline_stage_id,
    status, assigned_to, count, value, weighted, unweighted)
  ${rows}
  on conflict (location_id, follower, pipeline_id, pipeline_stage_id, status, assigned_to)
  do update set
    count = c.count + excluded.count, value = c.value + excluded.value,
    weighted = c.weighted + excluded.weighted, unweighted = c.unweighted + excluded.unweighted`

/** Folds some of what was added to a location's counts into them; returns of how many rows. */
export async function foldCounts(db: Queryable, locationId: string): Promise<number> {
  const [folded] = await db.query<{ count: number }>(sql`
    with gone as (
      delete from opportunity_deltas d
      where d.location_id = ${locationId} and d.id = any(array(
        select w.id from opportunity_deltas w where w.location_id = ${locationId}
        order by w.id limit ${opportunityLimits.countsFoldRowsMax} for update skip locked))
      returning d.*),
    folded as (${intoCounts(sql`
      select ${locationId}, g.follower, g.pipeline_id, g.pipeline_stage_id, g.status,
        a.assigned_to, sum(g.count), sum(g.value), sum(g.weighted), sum(g.unweighted)
      from gone g cross join lateral unnest(array[g.assigned_to, '*']) a (assigned_to)
      group by 2, 3, 4, 5, 6 order by 2, 3, 4, 5, 6`)})
    select count(*)::int as count from gone`)
  return folded?.count ?? 0
}

/** How many locations are looked up in one go. */
const locationsMax = 1_000

/** Locations where at least so many rows wait, in order, after the one named. */
export const manyDeltas = (after: string, rowsMin: number): Sql => sql`
  select d.location_id as id from opportunity_deltas d
  where d.location_id > ${after}
  group by d.location_id having count(*) >= ${rowsMin}
  order by d.location_id limit ${locationsMax}`

async function findBusy(db: Queryable, rowsMin: number): Promise<string[]> {
  const busy: string[] = []
  for (;;) {
    const found = await db.query<{ id: string }>(manyDeltas(busy.at(-1) ?? '', rowsMin))
    busy.push(...found.map(({ id }) => id))
    if (found.length < locationsMax) return busy
  }
}

/**
 * Folds wherever at least so many rows wait, in steps of their own commits, and goes on where many
 * are added meanwhile; after some rounds others may have become busy, and the next run looks for
 * them. Servers that do it at the same time take different rows.
 */
export async function foldAllCounts(
  db: Queryable,
  rowsMin: number,
  isStopping: () => boolean = () => false,
): Promise<void> {
  let busy = await findBusy(db, rowsMin)
  for (let round = 1; busy.length > 0; round++) {
    const stillBusy: string[] = []
    for (const id of busy) {
      if (isStopping()) return
      if ((await foldCounts(db, id)) >= opportunityLimits.countsFoldRowsMin) stillBusy.push(id)
    }
    if (round === opportunityLimits.countsFoldRoundsMax) return
    busy = stillBusy
    if (busy.length > 0) await delay(opportunityLimits.countsFoldPauseMs)
  }
}

/** Totals sum up what waits, so that a busy location is folded often, and a quiet one rarely. */
export const folding: readonly Periodic[] = [
  foldingEvery(opportunityLimits.countsFoldEveryMs, opportunityLimits.countsFoldRowsMin),
  foldingEvery(opportunityLimits.countsFoldAllEveryMs, 1),
]

function foldingEvery(everyMs: number, rowsMin: number): Periodic {
  return {
    everyMs,
    complaint: 'changes could not be folded into the counts of opportunities',
    run: ({ db }, isStopping) => foldAllCounts(db, rowsMin, isStopping),
  }
}
