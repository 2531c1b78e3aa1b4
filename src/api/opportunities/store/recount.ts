import type { Database } from '../../../db/database.ts'
import { lockDatabase } from '../../../db/migrate.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import { insertRows, rowsAsTexts } from '../../../events/appended-rows.ts'
import { followerIndexTarget } from '../../../resource/followers.ts'
import { countedColumns } from './counts.ts'
import { addedCounts } from './folding.ts'
import { opportunityFollowers } from './followed.ts'

/** How many counts were wrong, and how many rows of the index of followers were missing. */
export type RecountResult = { counts: number; followers: number }

/**
 * Counts the opportunities of all locations anew, and repairs the counts and the index of
 * followers. It adds what is missing as of one snapshot, so it may run beside other writes.
 */
export async function recount(db: Database): Promise<RecountResult> {
  const totals = { counts: 0, followers: 0 }
  const locations = await db.query<{ id: string }>(sql`
    select l.location_id as id from locations l order by l.location_id`)
  for (const { id } of locations) {
    const { counts, followers } = await recountLocation(db, id)
    totals.counts += counts
    totals.followers += followers
  }
  return totals
}

/**
 * The locations whose totals are wrong. It compares only how many opportunities there are with how
 * many were counted, which an index answers.
 */
export async function findMiscounted(db: Database): Promise<string[]> {
  const miscounted: string[] = []
  const locations = await db.query<{ id: string }>(sql`
    select l.location_id as id from locations l order by l.location_id`)
  for (const { id } of locations) {
    const [total] = await db.query<{ isWrong: boolean }>(sql`
      select (select count(*) from opportunities o where o.location_id = ${id}) <>
        (select coalesce(sum(c.count), 0) from opportunity_counts c
          where c.location_id = ${id} and c.follower = '' and c.assigned_to = '*') +
        (select coalesce(sum(d.count), 0) from opportunity_deltas d
          where d.location_id = ${id} and d.follower = '') as "isWrong"`)
    if (total?.isWrong) miscounted.push(id)
  }
  return miscounted
}

function recountLocation(db: Database, locationId: string): Promise<RecountResult> {
  const followers = followerIndexTarget(opportunityFollowers)
  const missing = {
    counts: rowsAsTexts({ ...addedCounts, rows: missingCounts(locationId) }),
    followers: rowsAsTexts({ ...followers, rows: missingFollowers(locationId) }),
  }
  return db.transaction(async (tx) => {
    // Two concurrent recounts would add the same rows twice.
    await lockDatabase(tx)
    const [found] = await tx.slowQuery<Record<keyof RecountResult, string[][]>>(sql`
      select ${missing.counts} as counts, ${missing.followers} as followers`)
    const rowsOf = (texts: string[][] = []) => texts.map((row) => [locationId, ...row] as const)
    await insertRows(tx, addedCounts, rowsOf(found?.counts))
    await insertRows(tx, followers, rowsOf(found?.followers))
    return { counts: found?.counts.length ?? 0, followers: found?.followers.length ?? 0 }
  })
}

/** What the counts are missing; negative where they have too much. */
const missingCounts = (locationId: string): Sql => sql`
  select n.follower, n.pipeline_id, n.pipeline_stage_id, n.status, n.assigned_to,
    sum(n.count)::bigint as count, sum(n.value) as value, sum(n.weighted) as weighted,
    sum(n.unweighted) as unweighted
  from (
    select o.follower, o.pipeline_id, o.pipeline_stage_id, o.status, a.assigned_to, o.count,
      o.value, o.weighted, o.unweighted
    from (${presentCounts(locationId)}) o
    cross join lateral unnest(array[o.assigned_to, '*']) a (assigned_to)
    union all
    select c.follower, c.pipeline_id, c.pipeline_stage_id, c.status, c.assigned_to, -c.count,
      -c.value, -c.weighted, -c.unweighted
    from opportunity_counts c where c.location_id = ${locationId}) n
  group by 1, 2, 3, 4, 5
  having (sum(n.count), sum(n.value), sum(n.weighted), sum(n.unweighted))
    is distinct from (0, 0, 0, 0)
  order by 1, 2, 3, 4, 5`

/** The opportunities, less the deltas not yet folded; summed up before each row is doubled. */
const presentCounts = (locationId: string): Sql => sql`
  select n.follower, n.pipeline_id, n.pipeline_stage_id, n.status, n.assigned_to,
    sum(n.count) as count, sum(n.value) as value, sum(n.weighted) as weighted,
    sum(n.unweighted) as unweighted
  from (
    select f.id as follower, ${countedColumns}, 1 as count
    from opportunities o cross join lateral unnest(array_prepend('', o.followers)) f (id)
    where o.location_id = ${locationId}
    union all
    select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to, -d.value,
      -d.weighted, -d.unweighted, -d.count
    from opportunity_deltas d where d.location_id = ${locationId}) n
  group by 1, 2, 3, 4, 5`

const missingFollowers = (locationId: string): Sql => sql`
  select f.user_id, o.created_at, o.contact_id, o.id as opportunity_id
  from opportunities o cross join lateral unnest(o.followers) f (user_id)
  where o.location_id = ${locationId}
  except
  select f.user_id, f.created_at, f.contact_id, f.opportunity_id
  from opportunity_followers f where f.location_id = ${locationId}`
