import { join, type Sql, sql } from '../../../db/sql.ts'
import type { AppendedRows } from '../../../events/appended-rows.ts'
import { newId } from '../../../ids.ts'
import { opportunityLimits } from '../limits.ts'

/** What an opportunity `o` adds to the counts. */
export const countedColumns = sql`o.pipeline_id, o.pipeline_stage_id, o.status,
  coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
  coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
  case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted`

/** What counts are kept by, and of. */
export const countKey = [
  sql`follower`,
  sql`pipeline_id`,
  sql`pipeline_stage_id`,
  sql`status`,
  sql`assigned_to`,
]
export const countSums = [sql`count`, sql`value`, sql`weighted`, sql`unweighted`]

const deltas = {
  part: sql`counted`,
  table: sql`opportunity_deltas`,
  columns: [sql`id`, ...countKey, ...countSums],
}

/**
 * The deltas that keep the counts true: the opportunities of the part `after` are added, and those
 * of the part `before` subtracted. A change of nothing that is counted writes nothing. An
 * opportunity counts once, and once more for each follower.
 */
export function deltasOf({ before, after }: { before?: Sql; after?: Sql }): AppendedRows {
  const signedRows = (sign: 1 | -1, rows: Sql) => sql`
    select f.id as follower, ${countedColumns}, ${sign}::int as sign
    from ${rows} o cross join lateral unnest(array_prepend('', o.followers)) f (id)`
  const rows = [
    ...(after ? [signedRows(1, after)] : []),
    ...(before ? [signedRows(-1, before)] : []),
  ]
  const sums = sql`
    select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
      sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
      sum(d.sign * d.unweighted) as unweighted
    from (${join(rows, sql` union all `)}) d
    group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to`
  return {
    ...deltas,
    rows: sql`
      select ${newId()} || '-' || row_number() over () as id, s.* from (${sums}) s
      where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)`,
  }
}

/**
 * The same where only followers changed: the users in `moved`, a column of `changed`, were all
 * added or all removed, so that no rows need comparing.
 */
export function followerDeltas(sign: 1 | -1): AppendedRows {
  return {
    ...deltas,
    rows: sql`
      select ${newId()} || '-' || f.place as id, f.id as follower, d.pipeline_id,
        d.pipeline_stage_id, d.status, d.assigned_to, ${sign}::int as count,
        ${sign}::int * d.value as value, ${sign}::int * d.weighted as weighted,
        ${sign}::int * d.unweighted as unweighted
      from (select ${countedColumns}, o.moved from changed o) d,
        unnest(d.moved) with ordinality f (id, place)`,
  }
}

/** Which counts are read: `where` is a condition on them as `n`. */
export type CountsQuery = { where: Sql; isOfAssignees: boolean }

/**
 * The counts of a location: the folded ones, and the rows added since. Folded counts stand there
 * for each assignee, and as `*` for all assignees together, which are many times fewer rows.
 */
const countsSql = (locationId: string, { isOfAssignees }: CountsQuery): Sql => sql`
  select c.follower, c.pipeline_id, c.pipeline_stage_id, c.status, c.assigned_to, c.count, c.value,
    c.weighted, c.unweighted
  from opportunity_counts c
  where c.location_id = ${locationId} and c.assigned_to ${isOfAssignees ? sql`<> '*'` : sql`= '*'`}
  union all
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to, d.count, d.value,
    d.weighted, d.unweighted
  from opportunity_deltas d where d.location_id = ${locationId}`

/** Reads how many opportunities there are, exactly. */
export const totalOfCounts = (locationId: string, counted: CountsQuery): Sql => sql`
  select coalesce(sum(n.count), 0)::int as total
  from (${countsSql(locationId, counted)}) n where ${counted.where}`

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

/** A sum within the numbers that JSON can hold. */
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

/** Reads the sums of each stage that is not empty. */
export const stageSumsOfCounts = (locationId: string, counted: CountsQuery): Sql =>
  stageSums(locationId, countsSql(locationId, counted), counted.where)

/** The same from the opportunities `o` themselves, for filters that the counts cannot answer. */
export const stageSumsOf = (locationId: string, from: Sql): Sql =>
  stageSums(locationId, sql`select ${countedColumns}, 1 as count ${from}`, sql`true`)
