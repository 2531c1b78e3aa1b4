import type { Database } from '../../../db/database.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import { counted } from './counts.ts'
import { intoCounts } from './folding.ts'

const lockKey = 4_680_003

/** How many counts were wrong, and how many were not found by their followers. */
export type Recounted = { counts: number; followers: number }

/**
 * Counts the opportunities of all locations anew, and puts right what totals and pages by follower are
 * read from. It adds what is lacking as of one moment, so it may run while others write.
 */
export async function recount(db: Database): Promise<Recounted> {
  const all = { counts: 0, followers: 0 }
  const locations = await db.query<{ id: string }>(sql`
    select l.location_id as id from locations l order by l.location_id`)
  for (const { id } of locations) {
    const { counts = 0, followers = 0 } = (await recountLocation(db, id)) ?? {}
    all.counts += counts
    all.followers += followers
  }
  return all
}

/**
 * The locations whose totals `recount` would put right; it compares how many opportunities there are
 * in all with how many were counted, which takes no more than an index.
 */
export async function miscounted(db: Database): Promise<string[]> {
  const wrong: string[] = []
  const locations = await db.query<{ id: string }>(sql`
    select l.location_id as id from locations l order by l.location_id`)
  for (const { id } of locations) {
    const [total] = await db.query<{ isWrong: boolean }>(sql`
      select (select count(*) from opportunities o where o.location_id = ${id}) <>
        (select coalesce(sum(c.count), 0) from opportunity_counts c
          where c.location_id = ${id} and c.follower = '' and c.assigned_to = '*') +
        (select coalesce(sum(d.count), 0) from opportunity_deltas d
          where d.location_id = ${id} and d.follower = '') as "isWrong"`)
    if (total?.isWrong) wrong.push(id)
  }
  return wrong
}

function recountLocation(db: Database, locationId: string): Promise<Recounted | undefined> {
  return db.transaction(async (tx) => {
    // Two at once would add the same twice.
    await tx.long(sql`select pg_advisory_xact_lock(${lockKey})`)
    const [recounted] = await tx.long<Recounted>(sql`
      with lacking as (${lacking(locationId)}),
      counted as (${intoCounts(sql`
        select ${locationId}, l.* from lacking l order by 2, 3, 4, 5, 6`)}),
      unfound as (${unfound(locationId)}),
      found as (
        insert into opportunity_followers (location_id, user_id, created_at, contact_id,
          opportunity_id)
        select ${locationId}, u.* from unfound u on conflict do nothing)
      select (select count(*)::int from lacking) as counts,
        (select count(*)::int from unfound) as followers`)
    return recounted
  })
}

/** What the counts lack, and less than nothing where they have too much. */
const lacking = (locationId: string): Sql => sql`
  select n.follower, n.pipeline_id, n.pipeline_stage_id, n.status, n.assigned_to,
    sum(n.count)::bigint as count, sum(n.value) as value, sum(n.weighted) as weighted,
    sum(n.unweighted) as unweighted
  from (
    select o.follower, o.pipeline_id, o.pipeline_stage_id, o.status, a.assigned_to, o.count,
      o.value, o.weighted, o.unweighted
    from (${there(locationId)}) o
    cross join lateral unnest(array[o.assigned_to, '*']) a (assigned_to)
    union all
    select c.follower, c.pipeline_id, c.pipeline_stage_id, c.status, c.assigned_to, -c.count,
      -c.value, -c.weighted, -c.unweighted
    from opportunity_counts c where c.location_id = ${locationId}) n
  group by 1, 2, 3, 4, 5
  having (sum(n.count), sum(n.value), sum(n.weighted), sum(n.unweighted))
    is distinct from (0, 0, 0, 0)`

/** What there is and is not on its way into the counts; summed up before it is taken twice. */
const there = (locationId: string): Sql => sql`
  select n.follower, n.pipeline_id, n.pipeline_stage_id, n.status, n.assigned_to,
    sum(n.count) as count, sum(n.value) as value, sum(n.weighted) as weighted,
    sum(n.unweighted) as unweighted
  from (
    select f.id as follower, ${counted}, 1 as count
    from opportunities o cross join lateral unnest(array_prepend('', o.followers)) f (id)
    where o.location_id = ${locationId}
    union all
    select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to, -d.value,
      -d.weighted, -d.unweighted, -d.count
    from opportunity_deltas d where d.location_id = ${locationId}) n
  group by 1, 2, 3, 4, 5`

const unfound = (locationId: string): Sql => sql`
  select f.user_id, o.created_at, o.contact_id, o.id
  from opportunities o cross join lateral unnest(o.followers) f (user_id)
  where o.location_id = ${locationId}
  except
  select f.user_id, f.created_at, f.contact_id, f.opportunity_id
  from opportunity_followers f where f.location_id = ${locationId}`
