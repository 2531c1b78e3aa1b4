import { join, type Sql, sql } from '../../../db/sql.ts'
import { newId } from '../../../ids.ts'
import { opportunityLimits } from '../limits.ts'

/** What an opportunity `o` adds to the counts. */
export const counted = sql`o.pipeline_id, o.pipeline_stage_id, o.status,
  coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
  coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
  case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted`

const sums = sql`sum(d.sign * d.value), sum(d.sign * d.weighted), sum(d.sign * d.unweighted)`

const intoDeltas = sql`insert into opportunity_deltas (location_id, id, follower, pipeline_id,
  pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)`

/**
 * The part of a commit that keeps the counts true: what `after` names (rows of opportunities) is
 * added, and what `before` names is taken away. Both are names of earlier parts; a change of what
 * is not counted writes nothing. An opportunity counts once, and once more for each follower.
 */
export function countedAs(
  locationId: string,
  { before, after }: { before?: Sql; after?: Sql },
): Sql {
  const signed = (sign: 1 | -1, of: Sql) => sql`
    select f.id as follower, ${counted}, ${sign}::int as sign
    from ${of} o cross join lateral unnest(array_prepend('', o.followers)) f (id)`
  const rows = [...(after ? [signed(1, after)] : []), ...(before ? [signed(-1, before)] : [])]
  return sql`
    counted as (
      ${intoDeltas}
      select ${locationId}, ${newId()} || '-' || row_number() over (), d.follower, d.pipeline_id,
        d.pipeline_stage_id, d.status, d.assigned_to, sum(d.sign), ${sums}
      from (${join(rows, sql` union all `)}) d
      group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to
      having (sum(d.sign), ${sums}) is distinct from (0, 0, 0, 0))`
}

/**
 * The same where only followers changed: those who `moved`, a column of `changed`, came or went.
 * Who that was is known, so no row is compared.
 */
export function followersCounted(locationId: string, sign: 1 | -1): Sql {
  return sql`
    counted as (
      ${intoDeltas}
      select ${locationId}, ${newId()} || '-' || f.place, f.id, d.pipeline_id,
        d.pipeline_stage_id, d.status, d.assigned_to, ${sign}::int, ${sign}::int * d.value,
        ${sign}::int * d.weighted, ${sign}::int * d.unweighted
      from (select ${counted}, o.moved from changed o) d,
        unnest(d.moved) with ordinality f (id, place))`
}

/** Which counts are asked about: `where` is about them as `n`. */
export type Counted = { where: Sql; isOfAssignees: boolean }

/**
 * The counts of a location: those that were folded, and what was added since. Folded ones are there
 * for each assignee and again, as `*`, for all of them together, who are many times fewer rows.
 */
const counts = (locationId: string, { isOfAssignees }: Counted): Sql => sql`
  select c.follower, c.pipeline_id, c.pipeline_stage_id, c.status, c.assigned_to, c.count, c.value,
    c.weighted, c.unweighted
  from opportunity_counts c
  where c.location_id = ${locationId} and c.assigned_to ${isOfAssignees ? sql`<> '*'` : sql`= '*'`}
  union all
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to, d.count, d.value,
    d.weighted, d.unweighted
  from opportunity_deltas d where d.location_id = ${locationId}`

/** Reads how many opportunities there are, exactly. */
export const totalOfCounts = (locationId: string, counted: Counted): Sql => sql`
  select coalesce(sum(n.count), 0)::int as total
  from (${counts(locationId, counted)}) n where ${counted.where}`

/** What is in one stage; the weighted values go by each opportunity's effective probability. */
export type StageSums = {
  pipelineStageId: string
  totalCount: number
  totalValue: number
  weightedValue: number
  openValue: number
  openWeightedValue: number
  wonValue: number
}

/** A sum that is no more than a number of JSON can be. */
const sumOf = (value: Sql, when: Sql = sql`true`): Sql => sql`
  greatest(least(coalesce(sum(${value}) filter (where ${when}), 0), ${Number.MAX_VALUE}::numeric),
    ${-Number.MAX_VALUE}::numeric)`

/** Sums up `n` by stage. */
const stageSums = (locationId: string, n: Sql, where: Sql): Sql => {
  const weighted = sql`n.weighted + n.unweighted * s.stage_win_probability / 100`
  const open = sql`n.status = 'open'`
  return sql`
    select s.id as "pipelineStageId", sum(n.count)::bigint as "totalCount",
      ${sumOf(sql`n.value`)} as "totalValue", ${sumOf(weighted)} as "weightedValue",
      ${sumOf(sql`n.value`, open)} as "openValue",
      ${sumOf(weighted, open)} as "openWeightedValue",
      ${sumOf(sql`n.value`, sql`n.status = 'won'`)} as "wonValue"
    from (${n}) n
    join pipeline_stages s on s.location_id = ${locationId} and s.id = n.pipeline_stage_id
    where ${where}
    group by s.id, s.pipeline_id, s.position
    having sum(n.count) > 0
    order by s.pipeline_id, s.position, s.id limit ${opportunityLimits.stageSumsMax}`
}

/** Reads what is in each stage that has any. */
export const stageSumsOfCounts = (locationId: string, counted: Counted): Sql =>
  stageSums(locationId, counts(locationId, counted), counted.where)

/** The same of opportunities `o`, where what is asked of them is not counted. */
export const stageSumsOf = (locationId: string, from: Sql): Sql =>
  stageSums(locationId, sql`select ${counted}, 1 as count ${from}`, sql`true`)
