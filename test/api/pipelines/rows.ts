import assert from 'node:assert/strict'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { insertIndexed } from '../opportunities/searching.ts'
import type { Answer, OutboxRow, TestServer } from '../test-server.ts'

export const path = '/opportunities/pipelines'

export type Stage = { id: string; name: string; position: number; stageWinProbability: number }
export type Pipeline = { id: string; name: string; position: string; stages: Stage[] }

export const pipelineNotFound =
  '{"statusCode":404,"error":"Not Found","message":"Pipeline not found",' +
  '"code":"PIPELINE_NOT_FOUND"}'

/** The documented example of a creation. */
export const creationBody = {
  name: 'pipeline',
  stages: [{ name: 'stage 1', position: 1, showInFunnel: true }],
  showInFunnel: false,
  showInPieChart: true,
  useOpportunityProbability: true,
  locationId: demo.locationId,
  colorRenderMode: 'dot',
}

export const create = (server: TestServer, more: object = {}): Promise<Answer> =>
  server.ask('POST', path, { body: { ...creationBody, ...more } })

/** A new pipeline with stages of these names. */
export async function createPipeline(
  server: TestServer,
  name: string,
  stages: readonly string[],
): Promise<Pipeline> {
  const answer = await create(server, { name, stages: stages.map((one) => ({ name: one })) })
  assert.equal(answer.status, 201, answer.text)
  return answer.body as Pipeline
}

export const updatePipeline = (server: TestServer, id: string, body: object): Promise<Answer> =>
  server.ask('PUT', `${path}/${id}`, { body })

export async function listPipelines(server: TestServer): Promise<Pipeline[]> {
  const answer = await server.ask('GET', `${path}?locationId=${demo.locationId}`)
  assert.equal(answer.status, 200)
  return answer.body.pipelines as Pipeline[]
}

/** Puts so many opportunities into a stage, counted as if the API had made them; their ids. */
export async function addOpportunities(
  server: TestServer,
  { pipelineId, stageId, count }: { pipelineId: string; stageId: string; count: number },
): Promise<string[]> {
  const born = new Date('2026-02-01T09:00:00.000Z')
  const { locationId } = demo
  const insert = sql`
    insert into opportunities (location_id, id, name, pipeline_id, pipeline_stage_id, contact_id,
      status, monetary_value, followers, duplicate_slot, last_status_change_at, last_stage_change_at,
      created_at, updated_at)
    select ${locationId}, ${stageId} || '-' || lpad(n::text, 5, '0'), 'Card ' || n,
      ${pipelineId}, ${stageId}, ${demo.contactId}, 'open', n, array[${demo.userIds[0]}],
      ${stageId} || n, ${born}, ${born}, ${born}, ${born}
    from generate_series(1, ${count}::int) n`
  const ids = Array.from(
    { length: count },
    (_, i) => `${stageId}-${String(i + 1).padStart(5, '0')}`,
  )
  const inserted = sql`
    select o.* from opportunities o
    where o.location_id = ${locationId} and o.id = any(${ids}::text[])`
  await server.db.transaction((tx) => insertIndexed(tx, locationId, insert, inserted))
  return ids
}

/** Asserts that nobody is left to follow what is not there. */
export async function assertNoneFollowsNothing(server: TestServer): Promise<void> {
  const left = await server.db.query(sql`
    select f.opportunity_id from opportunity_followers f
    where f.location_id = ${demo.locationId} and not exists (
      select from opportunities o
      where o.location_id = ${demo.locationId} and o.id = f.opportunity_id)`)
  assert.deepEqual(left, [])
}

/** In which stage the opportunities of a pipeline are. */
export async function stagesOf(
  server: TestServer,
  pipelineId: string,
): Promise<Record<string, string>> {
  const rows = await server.db.query<{ id: string; stage: string }>(sql`
    select id, pipeline_stage_id as stage from opportunities
    where location_id = ${demo.locationId} and pipeline_id = ${pipelineId} order by id`)
  return Object.fromEntries(rows.map(({ id, stage }) => [id, stage]))
}

/** Asserts that what is counted is what is there. */
export async function assertCounts(server: TestServer): Promise<void> {
  const counted = await server.db.query(sql`
    select pipeline_stage_id as stage, status, assigned_to as "assignedTo", sum(count) as count,
      sum(value) as value
    from (
      select pipeline_stage_id, status, assigned_to, count, value from opportunity_counts
      where location_id = ${demo.locationId} and follower = '' and assigned_to <> '*'
      union all
      select pipeline_stage_id, status, assigned_to, count, value from opportunity_deltas
      where location_id = ${demo.locationId} and follower = '') c
    group by 1, 2, 3 having sum(count) <> 0 or sum(value) <> 0 order by 1, 2, 3`)
  const real = await server.db.query(sql`
    select pipeline_stage_id as stage, status, coalesce(assigned_to, '') as "assignedTo",
      count(*) as count, sum(monetary_value) as value
    from opportunities where location_id = ${demo.locationId}
    group by 1, 2, 3 order by 1, 2, 3`)
  assert.ok(real.length > 0)
  assert.deepEqual(counted, real)
}

/** The types of events for each opportunity that they tell of, in the order of the first. */
export function typesOf(events: readonly OutboxRow[]): Record<string, string[]> {
  const types: Record<string, string[]> = {}
  for (const { type, payload } of events) {
    const of = String(payload.id)
    types[of] = [...(types[of] ?? []), type]
  }
  return types
}

/** Whether nothing is left to be taken away. */
export async function isFinished(server: TestServer): Promise<boolean> {
  const rows = await server.db.query(sql`select from unfinished_pipelines`)
  return rows.length === 0
}
