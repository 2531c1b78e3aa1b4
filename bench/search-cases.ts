import { rareName, type searchTargetOf } from './search-world.ts'

/** A search over HTTP. */
export type Request = { method: 'GET' | 'POST'; path: string; body?: object; version?: 'v3' }
/** Ids of the location that is searched, and the cursor of page 500. */
export type SearchTarget = ReturnType<typeof searchTargetOf> & {
  deep: { startAfter: string; startAfterId: string }
}
export type Case = { name: string; request: (asked: SearchTarget) => Request }

const get = (parameters: Record<string, string>): Request => ({
  method: 'GET',
  path: `/opportunities/search?${new URLSearchParams(parameters)}`,
})

const post = (body: object, version?: 'v3'): Request => ({
  method: 'POST',
  path: '/opportunities/search',
  body,
  ...(version && { version }),
})

export const cases: readonly Case[] = [
  {
    name: '20 by pipeline and status',
    request: ({ locationId: location_id, pipelineId: pipeline_id }) =>
      get({ location_id, pipeline_id, status: 'open', limit: '20' }),
  },
  {
    name: '20 by stage',
    request: ({ locationId: location_id, stageId: pipeline_stage_id }) =>
      get({ location_id, pipeline_stage_id, limit: '20' }),
  },
  {
    name: '20 by assignee',
    request: ({ locationId: location_id, userId: assigned_to }) =>
      get({ location_id, assigned_to, limit: '20' }),
  },
  {
    name: '20 by follower',
    request: ({ locationId, userId }) =>
      post({
        locationId,
        limit: 20,
        filters: [{ field: 'followers', operator: 'contains', value: userId }],
      }),
  },
  {
    name: '20, page 500 by key',
    request: ({ locationId: location_id, deep }) => get({ location_id, limit: '20', ...deep }),
  },
  {
    name: 'q of three common letters',
    request: ({ locationId: location_id }) => get({ location_id, q: 'den', limit: '20' }),
  },
  {
    name: 'q of a rare name',
    request: ({ locationId: location_id }) =>
      get({ location_id, q: rareName.toLowerCase(), limit: '20' }),
  },
  {
    name: 'five filters, a value and a date among them',
    request: ({ locationId, pipelineId, userId }) =>
      post({
        locationId,
        limit: 20,
        filters: [
          { field: 'pipeline_id', operator: 'eq', value: pipelineId },
          { field: 'status', operator: 'eq', value: ['open', 'won'] },
          { field: 'monetary_value', operator: 'range', value: { gte: 1000, lt: 8000 } },
          { field: 'date_added', operator: 'range', value: { gte: '2020-01-01' } },
          { field: 'assigned_to', operator: 'not_eq', value: userId },
        ],
      }),
  },
  {
    name: 'five filters, of what is counted',
    request: ({ locationId, pipelineId, stageId, userId }) =>
      post({
        locationId,
        limit: 20,
        filters: [
          { field: 'pipeline_id', operator: 'eq', value: pipelineId },
          { field: 'pipeline_stage_id', operator: 'eq', value: stageId },
          { field: 'status', operator: 'eq', value: ['open', 'won'] },
          { field: 'assigned_to', operator: 'exists' },
          { field: 'assigned_to', operator: 'not_eq', value: userId },
        ],
      }),
  },
  {
    name: 'total and stage aggregations',
    request: ({ locationId, pipelineId }) =>
      post(
        {
          locationId,
          limit: 1,
          filters: [{ field: 'pipeline_id', operator: 'eq', value: pipelineId }],
        },
        'v3',
      ),
  },
]
