import type { Static } from 'typebox'
import type { Queryable } from '../../../db/database.ts'
import { nameKey } from '../../../db/name-key.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import { type RowOf, withoutNulls } from '../../../resource/row.ts'
import { opportunityLimits } from '../limits.ts'
import type { PipelineAnswer, UpdatePipelineBody } from './shapes.ts'
import type { Stage } from './stages.ts'

export type Pipeline = Omit<Static<typeof PipelineAnswer>, 'traceId'>

/** Selects pipelines of a location in their wire form, without those that are being deleted. */
const selectPipelines = (locationId: string, condition: Sql) => sql`
  select p.id, p.name, p.origin_id as "originId", stages.list as stages,
    p.show_in_funnel as "showInFunnel", p.show_in_pie_chart as "showInPieChart",
    p.location_id as "locationId", p.use_opportunity_probability as "useOpportunityProbability",
    p.color_render_mode as "colorRenderMode", p.position, p.created_at as "dateAdded",
    p.updated_at as "dateUpdated"
  from pipelines p
  left join lateral (
    select coalesce(json_agg(stage order by stage.position, stage.id), '[]') as list
    from (
      select s.id, s.name, s.origin_id as "originId", s.position,
        s.show_in_funnel as "showInFunnel", s.show_in_pie_chart as "showInPieChart",
        s.stage_win_probability as "stageWinProbability", s.color
      from pipeline_stages s
      where s.location_id = ${locationId} and s.pipeline_id = p.id) stage) stages on true
  where p.location_id = ${locationId} and p.deleted_at is null and ${condition}`

export async function findPipelines(db: Queryable, locationId: string): Promise<Pipeline[]> {
  const rows = await db.query<RowOf<Pipeline>>(sql`
    ${selectPipelines(locationId, sql`true`)} order by p.position, p.id limit ${opportunityLimits.pipelinesMax}`)
  return rows.map((row) => withoutNulls<Pipeline>(row))
}

export async function findPipeline(
  db: Queryable,
  locationId: string,
  id: string,
): Promise<Pipeline | undefined> {
  const [row] = await db.query<RowOf<Pipeline>>(selectPipelines(locationId, sql`p.id = ${id}`))
  return row && withoutNulls<Pipeline>(row)
}

/** How many pipelines a location has, and the position of the last. */
export type PipelineOrder = { count: number; last: string | null }

/**
 * Locks the order of a location's pipelines until the commit, by one of them, so that creations are
 * serialized. Where there is none yet, the unique position lets one of them.
 */
export async function lockPipelineOrder(tx: Queryable, locationId: string): Promise<PipelineOrder> {
  await tx.query(sql`
    select from pipelines p where p.location_id = ${locationId} order by p.id limit 1
    for no key update`)
  const [order] = await tx.query<PipelineOrder>(sql`
    select count(*) filter (where p.deleted_at is null) as count, max(p.position) as last
    from pipelines p where p.location_id = ${locationId}`)
  return order ?? { count: 0, last: null }
}

/**
 * Locks a pipeline until the commit: its changes are serialized, and no opportunity is put into it
 * meanwhile. Undefined when there is no such pipeline.
 */
export async function lockPipeline(
  tx: Queryable,
  locationId: string,
  id: string,
): Promise<{ isDeleted: boolean } | undefined> {
  const [pipeline] = await tx.query<{ isDeleted: boolean }>(sql`
    select p.deleted_at is not null as "isDeleted" from pipelines p
    where p.location_id = ${locationId} and p.id = ${id} for update`)
  return pipeline
}

export type PipelineValues = Omit<Static<typeof UpdatePipelineBody>, 'stages'>

export async function insertPipeline(
  tx: Queryable,
  locationId: string,
  { id, name, position, ...p }: PipelineValues & Record<'id' | 'name' | 'position', string>,
  now: Date,
): Promise<void> {
  await tx.query(sql`
    insert into pipelines (location_id, id, name, name_key, position, show_in_funnel,
      show_in_pie_chart, use_opportunity_probability, color_render_mode, created_at,
      updated_at)
    values (${locationId}, ${id}, ${name}, ${nameKey(name)}, ${position},
      ${p.showInFunnel ?? true}, ${p.showInPieChart ?? true},
      ${p.useOpportunityProbability ?? false},
      ${p.colorRenderMode ?? 'dot'}, ${now}, ${now})`)
}

/** Changes what is given of a pipeline. */
export async function updatePipelineRow(
  tx: Queryable,
  locationId: string,
  id: string,
  p: PipelineValues,
  now: Date,
): Promise<void> {
  const name = p.name ?? null
  await tx.query(sql`
    update pipelines p
    set name = coalesce(${name}, p.name),
      name_key = coalesce(${name === null ? null : nameKey(name)}, p.name_key),
      show_in_funnel = coalesce(${p.showInFunnel ?? null}, p.show_in_funnel),
      show_in_pie_chart = coalesce(${p.showInPieChart ?? null}, p.show_in_pie_chart),
      use_opportunity_probability =
        coalesce(${p.useOpportunityProbability ?? null}, p.use_opportunity_probability),
      color_render_mode = coalesce(${p.colorRenderMode ?? null}, p.color_render_mode),
      updated_at = ${now}
    where p.location_id = ${locationId} and p.id = ${id}`)
}

export function findStages(
  tx: Queryable,
  locationId: string,
  pipelineId: string,
): Promise<Stage[]> {
  return tx.query<Stage>(sql`
    select s.id, s.name, s.position, s.show_in_funnel as "showInFunnel",
      s.show_in_pie_chart as "showInPieChart",
      s.stage_win_probability as "stageWinProbability", s.color
    from pipeline_stages s
    where s.location_id = ${locationId} and s.pipeline_id = ${pipelineId}`)
}

/** Writes the stages of a locked pipeline, and marks its other stages as removed. */
export async function writeStages(
  tx: Queryable,
  locationId: string,
  pipelineId: string,
  stages: readonly Stage[],
  now: Date,
): Promise<void> {
  const columnOf = <K extends keyof Stage>(key: K) => stages.map((stage) => stage[key])
  await tx.query(sql`
    insert into pipeline_stages as s (location_id, pipeline_id, id, name, position, show_in_funnel,
      show_in_pie_chart, stage_win_probability, color)
    select ${locationId}, ${pipelineId}, w.id, w.name, w.position, w.funnel, w.chart,
      w.probability, w.color
    from unnest(${columnOf('id')}::text[], ${columnOf('name')}::text[], ${columnOf('position')}::int[],
      ${columnOf('showInFunnel')}::boolean[], ${columnOf('showInPieChart')}::boolean[],
      ${columnOf('stageWinProbability')}::numeric[], ${columnOf('color')}::text[])
      w (id, name, position, funnel, chart, probability, color)
    on conflict (location_id, id) do update set
      name = excluded.name, position = excluded.position, show_in_funnel = excluded.show_in_funnel,
      show_in_pie_chart = excluded.show_in_pie_chart,
      stage_win_probability = excluded.stage_win_probability, color = excluded.color,
      removed_at = null`)
  // Removed stages come last until they are empty and deleted.
  const end = Math.max(...columnOf('position')) + 1
  await tx.query(sql`
    update pipeline_stages s set removed_at = ${now}, position = ${end}
    where s.location_id = ${locationId} and s.pipeline_id = ${pipelineId}
      and s.id <> all(${columnOf('id')}::text[])`)
}
