import { Type } from 'typebox'
import { Answer, Named, Strict } from '../../../http/shapes.ts'
import { limits } from '../../../limits.ts'
import { directions } from '../../../resource/search/order.ts'
import { PageMeta } from '../../../resource/search/page.ts'
import { Flag, Id, MaybeText, Numeric, OneOf, Optional, Text } from '../../../resource/words.ts'
import { FoundCustomField } from '../../custom-fields/shapes.ts'
import { opportunityLimits } from '../limits.ts'
import { FoundMembers, statuses } from '../shapes.ts'
import { sortFields } from './order.ts'

/** The five names that v3 spells in camelCase, each with its older spelling. */
export const v3Names = {
  locationId: 'location_id',
  pipelineId: 'pipeline_id',
  pipelineStageId: 'pipeline_stage_id',
  contactId: 'contact_id',
  assignedTo: 'assigned_to',
} as const

const location = Type.Optional(Id('ve9EPM428h8vShlRW1KT', 'Location Id; required'))
const pipeline = MaybeText('VDm7RPYC2GLUvdpKmBfC', 'Pipeline Id')
const stage = MaybeText('7915dedc-8f18-44d5-8bc3-77c04e994a10', 'Stage Id')
const contact = MaybeText('mTkSCb1UBjb5tk4OvB69', 'Contact Id')
const assignee = MaybeText('082goXVW3lIExEQPOnd3', 'Filter by assigned user identifier')

/** UPSTREAM: behaviour.md §2.3; dated versions take the older spellings alone. */
export const SearchQuery = Strict({
  q: Type.Optional(
    Type.String({
      maxLength: limits.searchCharsMax,
      examples: ['john@deo.com'],
      description: 'Search query string (max 75 characters)',
    }),
  ),
  location_id: location,
  locationId: location,
  pipeline_id: pipeline,
  pipelineId: pipeline,
  pipeline_stage_id: stage,
  pipelineStageId: stage,
  contact_id: contact,
  contactId: contact,
  status: Type.Optional(OneOf([...statuses, 'all'], { examples: ['open'] })),
  assigned_to: assignee,
  assignedTo: assignee,
  campaignId: MaybeText('Y2I9XM7aO1hncuSOlc9L', 'Campaign Id'),
  id: MaybeText('sx6wyHhbFdRXh302Lunr', 'Opportunity Id'),
  order: MaybeText(
    'added_asc',
    'Sort order for results: added_asc, added_desc, name_asc or name_desc; newest first otherwise',
  ),
  endDate: MaybeText('mm-dd-yyyy', 'End date; the day is included'),
  startAfter: MaybeText('1628008053263', 'Start After'),
  startAfterId: MaybeText('UIaE1WjAwWKdlyD7osQI', 'Start After Id, of a contact or an opportunity'),
  date: MaybeText('mm-dd-yyyy', 'Start date'),
  country: MaybeText('US', 'Filter by country code (ISO 3166-1 alpha-2)'),
  page: Type.Optional(
    Type.Integer({ minimum: 1, examples: [1], description: 'Page number for pagination' }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      examples: [20],
      description:
        'Limit Per Page records count. will allow maximum up to 100 and default will be 20',
    }),
  ),
  getTasks: Type.Optional(Flag(false, 'get Tasks in contact')),
  getNotes: Type.Optional(Flag(false, 'get Notes in contact')),
  getCalendarEvents: Type.Optional(Flag(false, 'get Calender event in contact')),
})

const list = (description: string) => Type.Optional(Type.Array(Type.Unknown(), { description }))

const FoundOpportunity = Named('FoundOpportunity', {
  ...FoundMembers.properties,
  customFields: Type.Array(FoundCustomField),
  notes: list('Notes, when they are asked for'),
  tasks: list('Tasks, when they are asked for'),
  calendarEvents: list('Calendar events, when they are asked for'),
  calenders: list('The same as calendarEvents'),
  unReadConversations: Type.Optional(
    Type.Number({ description: 'How many conversations are unread, when asked for' }),
  ),
  sort: Type.Array(Type.Unknown(), {
    examples: [[1625203104328, 'yWQobCRIhRguQtD2llvk']],
    description: 'Where the row stands: `searchAfter` of the search that goes on after it',
  }),
})

const searchMembers = {
  opportunities: Type.Array(FoundOpportunity),
  aggregations: Type.Object({}),
}
const successful = { description: 'Successful response' }

/** UPSTREAM: the members of behaviour.md §2.2 */
export const SearchAnswer = Answer(
  {
    opportunities: searchMembers.opportunities,
    meta: PageMeta({
      nextPageUrl: 'http://localhost:4680/opportunities/search?page=2',
      startAfterId: 'yWQobCRIhRguQtD2llvk',
    }),
    aggregations: searchMembers.aggregations,
  },
  successful,
)

/** Of `filters`, `readFilters` says what is wrong: their schema would say it of itself. */
export const AdvancedSearchBody = Strict({
  locationId: Id('ve9EPM428h8vShlRW1KT', 'Location Id'),
  limit: Type.Integer({
    minimum: 1,
    maximum: opportunityLimits.advancedSearchRowsMax,
    examples: [20],
    description: 'Maximum number of results to return per page',
  }),
  page: Optional(
    Type.Integer({ minimum: 0, examples: [0], description: 'Page number (0-indexed)' }),
  ),
  searchAfter: Optional(
    Type.Array(Type.Unsafe<string | number>({ type: ['string', 'number'] }), {
      description: 'Search-after cursor values for deep pagination: the `sort` of the last row',
    }),
  ),
  query: Optional(
    Type.String({
      maxLength: limits.searchCharsMax,
      description: 'Full-text search query string (max 75 characters)',
    }),
  ),
  filters: Optional(
    Type.Array(Type.Unknown(), {
      examples: [[{ field: 'status', operator: 'eq', value: 'open' }]],
      description: 'All must hold: {field, operator, value}, or {group: AND or OR, filters: [...]}',
    }),
  ),
  sort: Optional(
    Type.Array(
      Strict({
        field: OneOf(sortFields, { examples: ['date_added'] }),
        direction: OneOf(directions, { examples: ['desc'] }),
      }),
      { maxItems: sortFields.length, description: 'What to sort by, the first first' },
    ),
  ),
  additionalDetails: Optional(
    Strict({
      notes: Optional(Flag(false)),
      tasks: Optional(Flag(false)),
      calendarEvents: Optional(Flag(false)),
      unReadConversations: Optional(Flag(false)),
    }),
  ),
})

const StageSums = Type.Object({
  pipelineStageId: Text('e93ba61a-53b3-45e7-985a-c7732dbcdb69'),
  totalCount: Numeric(12, 'Total number of opportunities in this stage'),
  totalValue: Numeric(24500, 'Total monetary value of all opportunities in this stage'),
  weightedValue: Numeric(14700, 'The same, weighted by probability'),
  openValue: Numeric(18000, 'Total value of open opportunities in this stage'),
  openWeightedValue: Numeric(10800, 'The same, weighted by probability'),
  wonValue: Numeric(6500, 'Total value of won opportunities in this stage'),
})

export const AdvancedSearchAnswer = Answer(
  {
    opportunities: searchMembers.opportunities,
    total: Numeric(100),
    stageAggregations: Type.Optional(
      Type.Array(StageSums, { description: 'Per-stage totals when pipeline filter is present' }),
    ),
    aggregations: searchMembers.aggregations,
  },
  successful,
)
