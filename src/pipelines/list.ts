import { type Static, Type } from 'typebox'
import { locationCallerOf } from '../auth/bearer.ts'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { isoText } from '../db/wire-types.ts'
import type { House } from '../house.ts'
import { cannotBeUndefined } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { Answer, OneOf, refused, Strict } from '../http/shapes.ts'

const Stage = Type.Object({
  id: Type.String({ examples: ['7915dedc-8f18-44d5-8bc3-77c04e994a10'] }),
  name: Type.String({ examples: ['New lead'] }),
  originId: Type.Optional(Type.String()),
  position: Type.Number({ examples: [0] }),
  showInFunnel: Type.Boolean(),
  showInPieChart: Type.Boolean(),
  stageWinProbability: Type.Number({ examples: [14.29] }),
})

const Pipeline = Type.Object({
  id: Type.String({ examples: ['aWdODOBVOlH1RUFKWQke'] }),
  name: Type.String({ examples: ['new pipeline'] }),
  originId: Type.Optional(Type.String()),
  stages: Type.Array(Stage, { description: 'Stages belonging to this pipeline' }),
  showInFunnel: Type.Boolean({ examples: [false] }),
  showInPieChart: Type.Boolean({ examples: [true] }),
  locationId: Type.String({ examples: ['ve9EPM428h8vShlRW1KT'] }),
  useOpportunityProbability: Type.Boolean(),
  colorRenderMode: OneOf(['dot', 'bg-tint', 'none']),
  dateAdded: Type.String({ examples: ['2021-08-03T04:55:17.355Z'] }),
  dateUpdated: Type.String({ examples: ['2021-08-03T04:55:17.355Z'] }),
})

/** UPSTREAM: the row of behaviour.md §2.6. */
const PipelinesAnswer = Answer(
  { pipelines: Type.Array(Pipeline) },
  { description: 'Successful response' },
)

export function listPipelines(app: Server, { db }: House): void {
  app.get(
    '/opportunities/pipelines',
    {
      config: { scope: 'opportunities.readonly', locationIn: 'query' },
      schema: {
        operationId: 'get-pipelines',
        summary: 'Get Pipelines',
        description: 'Get Pipelines',
        tags: ['Pipelines'],
        querystring: Strict({
          locationId: Type.String({ minLength: 1, examples: ['ve9EPM428h8vShlRW1KT'] }),
        }),
        response: { 200: PipelinesAnswer, ...refused(400, 401, 403, 422) },
      },
      preValidation: (request, _reply, done) =>
        done(request.query.locationId ? undefined : cannotBeUndefined('locationId')),
    },
    async (request) => ({
      pipelines: await findPipelines(db, locationCallerOf(request).locationId),
    }),
  )
}

async function findPipelines(
  db: Queryable,
  locationId: string,
): Promise<Static<typeof Pipeline>[]> {
  const rows = await db.query<{ pipeline: Static<typeof Pipeline> }>(sql`
    select jsonb_strip_nulls(jsonb_build_object(
      'id', p.id, 'name', p.name, 'originId', p.origin_id,
      'stages', coalesce(stages.list, '[]'), 'showInFunnel', p.show_in_funnel,
      'showInPieChart', p.show_in_pie_chart, 'locationId', p.location_id,
      'useOpportunityProbability', p.use_opportunity_probability,
      'colorRenderMode', p.color_render_mode,
      'dateAdded', ${isoText(sql`p.created_at`)},
      'dateUpdated', ${isoText(sql`p.updated_at`)})) as pipeline
    from pipelines p
    left join lateral (
      select jsonb_agg(jsonb_build_object(
        'id', s.id, 'name', s.name, 'originId', s.origin_id, 'position', s.position,
        'showInFunnel', s.show_in_funnel, 'showInPieChart', s.show_in_pie_chart,
        'stageWinProbability', s.stage_win_probability) order by s.position) as list
      from pipeline_stages s
      where s.location_id = ${locationId} and s.pipeline_id = p.id) stages on true
    where p.location_id = ${locationId}
    order by p.position, p.id limit 1000`)
  return rows.map(({ pipeline }) => pipeline)
}
