import { type Static, Type } from 'typebox'
import {
  Answer,
  Named,
  Nullable,
  OneOf,
  Optional,
  OptionalOneOf,
  Strict,
} from '../../http/shapes.ts'
import { FollowersBody } from '../../resource/followers.ts'
import { CustomField, CustomFieldInput } from '../custom-fields/shapes.ts'
import { opportunityLimits } from './limits.ts'

const id = (example: string, description: string) =>
  Type.String({ examples: [example], description })
const time = (description: string) =>
  Type.String({ examples: ['2021-08-03T04:55:17.355Z'], description })
const number = (example: number, description: string) =>
  Type.Number({ examples: [example], description })

/** What an opportunity may be in; `all` in upstream's write DTOs is a slip of reuse. */
export const statuses = ['open', 'won', 'lost', 'abandoned'] as const

export const OpportunityParams = Type.Object({
  id: id('sx6wyHhbFdRXh302Lunr', 'Opportunity Id'),
})

/** The contact as an opportunity shows it. UPSTREAM: behaviour.md §2.2 */
const contactName = {
  id: id('byMEV0NQinDhq8ZfiOi2', 'Unique identifier of the contact'),
  name: Type.String({ examples: ['John Deo'] }),
}

const contactReach = {
  email: Nullable(Type.String({ examples: ['john@deo.com'] })),
  phone: Nullable(Type.String({ examples: ['+1202-555-0107'] })),
  tags: Type.Array(Type.String()),
}

const ContactSnippet = Named('OpportunityContact', {
  ...contactName,
  companyName: Nullable(Type.String({ examples: ['Tesla Inc'] })),
  ...contactReach,
  score: Type.Array(Type.Unknown()),
})

const CreatedContactSnippet = Type.Object({
  ...contactName,
  ...contactReach,
  followers: Type.Array(Type.String()),
})

const Relation = Named('OpportunityRelation', {
  associationId: Type.String({ examples: ['OPPORTUNITIES_CONTACTS_ASSOCIATION'] }),
  relationId: Type.String({ examples: ['yWQobCRIhRguQtD2llvk'] }),
  primary: Type.Boolean({ examples: [true] }),
  objectKey: Type.String({ examples: ['contact'] }),
  recordId: Type.String({ examples: ['byMEV0NQinDhq8ZfiOi2'] }),
  fullName: Type.String({ examples: ['John Deo'] }),
  contactName: Type.String({ examples: ['John Deo'] }),
  companyName: Nullable(Type.String({ examples: ['Tesla Inc'] })),
  email: Nullable(Type.String({ examples: ['john@deo.com'] })),
  phone: Nullable(Type.String({ examples: ['+1202-555-0107'] })),
  tags: Type.Array(Type.String()),
  attributed: Nullable(Type.Boolean()),
})

const Attribution = Named('OpportunityAttribution', {
  utmSessionSource: Type.String({ examples: ['CRM UI'] }),
  isFirst: Type.Boolean({ examples: [true] }),
  medium: Type.String({ examples: ['manual'] }),
})

/** A row as it is recorded, beyond what the official DTO lists. UPSTREAM: behaviour.md §2.2 */
export const row = {
  id: id('yWQobCRIhRguQtD2llvk', 'Unique identifier of the opportunity'),
  name: Type.String({ examples: ['testing'], description: 'Name of the opportunity' }),
  monetaryValue: number(500, 'Monetary value of the opportunity'),
  pipelineId: id('VDm7RPYC2GLUvdpKmBfC', 'Pipeline the opportunity belongs to'),
  pipelineStageId: id('e93ba61a-53b3-45e7-985a-c7732dbcdb69', 'Stage the opportunity is in'),
  pipelineStageUId: id('e93ba61a-53b3-45e7-985a-c7732dbcdb69', 'The same as pipelineStageId'),
  assignedTo: Nullable(id('zT46WSCPbudrq4zhWMk6', 'User the opportunity is assigned to')),
  status: OneOf(statuses, { examples: ['open'], description: 'Current status' }),
  source: Nullable(Type.String({ description: 'Source of the opportunity' })),
  lastStatusChangeAt: time('When the status changed last'),
  lastStageChangeAt: time('When the stage changed last'),
  lastActionDate: Nullable(time('When something was done with the opportunity last')),
  indexVersion: number(1, 'Counts the changes of the opportunity'),
  createdAt: time('When the opportunity was created'),
  updatedAt: time('When the opportunity was updated last'),
  forecastExpectedCloseDate: Nullable(
    Type.String({ examples: ['2026-05-20'], description: 'Expected close date (YYYY-MM-DD)' }),
  ),
  forecastOriginalCloseDate: Nullable(
    Type.String({ examples: ['2026-05-01'], description: 'Close date before any slippage' }),
  ),
  forecastSlippageCount: number(2, 'How often the close date has slipped'),
  forecastDaysSlipped: number(19, 'Total days the close date has slipped'),
  forecastLastSlippedAt: Nullable(time('When the close date slipped last')),
  forecastProbability: Nullable(number(20, 'Win probability of the opportunity, 0 to 100')),
  effectiveProbability: number(40, "The opportunity's probability, or else its stage's"),
  contactId: id('zT46WSCPbudrq4zhWMk6', 'Contact linked to the opportunity'),
  locationId: id('ve9EPM428h8vShlRW1KT', 'Location (sub-account) of the opportunity'),
  customFields: Type.Array(CustomField),
  lostReasonId: Nullable(id('zT46WSCPbudrq4zhWMk6', 'Why the opportunity was lost')),
  followers: Type.Array(Type.String(), {
    examples: [['sx6wyHhbFdRXh302Lunr']],
    description: 'User IDs following this opportunity',
  }),
  relations: Type.Array(Relation),
  contact: ContactSnippet,
  attributions: Type.Array(Attribution),
}

export const OpportunityAnswer = Answer(
  { opportunity: Named('Opportunity', row) },
  { title: 'OpportunityAnswer', description: 'Successful response' },
)

/** Creation tells more of where the opportunity came from. UPSTREAM: behaviour.md §2.2 */
export const CreatedAnswer = Answer(
  {
    opportunity: Type.Object({
      ...row,
      contact: CreatedContactSnippet,
      isAttribute: Type.Boolean({ examples: [false] }),
      internalSource: Type.Object({
        type: Type.String({ examples: ['integration'] }),
        id: Type.String({ examples: ['6dvNaf7VhkQ9snc5vnjJ'] }),
        apiVersion: Type.String({ examples: ['2021-07-28'] }),
        channel: Type.String({ examples: ['API'] }),
        source: Type.String({ examples: ['PUBLIC_API'] }),
      }),
    }),
  },
  { description: 'Successful response' },
)

const customFields = (description: string) =>
  Optional(
    Type.Array(CustomFieldInput, {
      examples: [[{ id: '6dvNaf7VhkQ9snc5vnjJ', fieldValue: '9039160788' }]],
      description,
    }),
  )

const input = {
  locationId: Type.String({ minLength: 1, examples: ['ve9EPM428h8vShlRW1KT'] }),
  pipelineId: Type.String({
    minLength: 1,
    examples: ['VDm7RPYC2GLUvdpKmBfC'],
    description: 'pipeline Id',
  }),
  contactId: Type.String({ minLength: 1, examples: ['mTkSCb1UBjb5tk4OvB69'] }),
  name: Type.String({
    pattern: '\\S',
    maxLength: opportunityLimits.textCharsMax,
    examples: ['First Opps'],
  }),
  lostReasonId: Optional(
    Type.String({
      description: 'Why the opportunity was lost; with status `lost` alone',
    }),
  ),
}

/** What every write may say. */
const values = {
  pipelineStageId: Optional(Type.String({ examples: ['7915dedc-8f18-44d5-8bc3-77c04e994a10'] })),
  monetaryValue: Optional(Type.Number({ examples: [220] })),
  assignedTo: Optional(Type.String({ examples: ['082goXVW3lIExEQPOnd3'] })),
  source: Optional(
    Type.String({
      maxLength: opportunityLimits.textCharsMax,
      examples: ['public api'],
      description: 'Not in the official DTO, but accepted',
    }),
  ),
  forecastExpectedCloseDate: Optional(
    Type.String({
      examples: ['2026-04-23'],
      description:
        'Expected close date. Supported formats: YYYY/MM/DD, MM/DD/YYYY, YYYY-MM-DD, ' +
        'MM-DD-YYYY, YYYY.MM.DD, MM.DD.YYYY, or ISO 8601',
    }),
  ),
  forecastProbability: Optional(
    Type.Number({ minimum: 0, maximum: 100, examples: [20], description: 'Forecast probability' }),
  ),
}

export const CreateBody = Strict({
  pipelineId: input.pipelineId,
  locationId: input.locationId,
  name: input.name,
  status: OneOf(statuses, { examples: ['open'] }),
  contactId: input.contactId,
  ...values,
  customFields: customFields('Add custom fields to opportunities.'),
  companyName: Optional(Type.String({ description: 'Sent by n8n; not stored' })),
  tags: Type.Optional(Type.Unknown({ description: 'Sent by n8n; not stored' })),
})

const changed = {
  ...values,
  name: Optional(input.name),
  status: OptionalOneOf(statuses, { examples: ['open'] }),
  lostReasonId: input.lostReasonId,
  contactId: Optional(
    Type.String({ description: 'Not in the official DTO; the contact of an opportunity stays' }),
  ),
}

export const UpdateBody = Strict({
  ...changed,
  pipelineId: Optional(input.pipelineId),
  customFields: customFields('Update custom fields to opportunities.'),
})

export const StatusBody = Strict(
  {
    status: OneOf(statuses, { description: 'New status for the opportunity' }),
    lostReasonId: input.lostReasonId,
  },
  { examples: [{ status: 'lost', lostReasonId: 'CLu7BaljjqrEjBGKTNNe' }] },
)

/** Both spellings of success, under every version. UPSTREAM: behaviour.md §0.6 */
export const SucceededAnswer = Answer(
  {
    succeded: Type.Boolean({ examples: [true], description: 'The spelling of the dated versions' }),
    success: Type.Boolean({ examples: [true] }),
  },
  { title: 'SucceededAnswer', description: 'Successful response' },
)

/** Beyond the DTO what clients send, and less of it asked for. UPSTREAM: behaviour.md §2.5 */
export const UpsertBody = Strict({
  id: Optional(Type.String({ examples: ['sx6wyHhbFdRXh302Lunr'], description: 'opportunityId' })),
  pipelineId: input.pipelineId,
  locationId: input.locationId,
  ...changed,
  followers: Type.Optional(
    Type.Unsafe<string[] | string | null>({
      type: ['array', 'string', 'null'],
      items: { type: 'string' },
      examples: [['sx6wyHhbFdRXh302LLss']],
      description: 'Users who are to follow, or no longer; one may stand without the list',
    }),
  ),
  isRemoveAllFollowers: Optional(
    Type.Boolean({ examples: [false], description: 'Removes all followers first' }),
  ),
  followersActionType: OptionalOneOf(['add', 'remove'], {
    examples: ['add'],
    description: 'What is done with `followers`: add, unless said otherwise',
  }),
})

export const UpsertAnswer = Answer(
  {
    opportunity: Type.Object(row, {
      title: 'Opportunity',
      description: 'Updated / New Opportunity',
    }),
    new: Type.Boolean({
      examples: [true],
      description: 'Whether the opportunity was created (true) or changed (false)',
    }),
  },
  { description: 'Successful response' },
)

/** With `isRemoveAllFollowers` the list is ignored, and so may be left out. */
export const RemoveFollowersBody = Strict({
  followers: Type.Optional(FollowersBody.properties.followers),
})

export const RemoveFollowersQuery = Strict({
  isRemoveAllFollowers: Type.Optional(
    Type.Boolean({
      examples: [false],
      description: 'Set to true to remove all followers from the opportunity',
    }),
  ),
})

/** One operation of a bulk: the body is the one that the operation itself takes. */
const BulkOperation = Strict({
  action: OneOf(['create', 'update', 'upsert', 'delete', 'addFollowers', 'removeFollowers']),
  id: Type.Optional(
    Type.String({ description: 'The opportunity; for all but `create` and `upsert`' }),
  ),
  body: Type.Optional(
    Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      description: 'What the operation itself takes; `locationId` may be left out',
    }),
  ),
})
export type BulkOperation = Static<typeof BulkOperation>

export const BulkBody = Strict({
  locationId: input.locationId,
  operations: Type.Array(BulkOperation, {
    minItems: 1,
    maxItems: opportunityLimits.bulkOperationsMax,
    examples: [
      [
        { action: 'update', id: 'sx6wyHhbFdRXh302Lunr', body: { status: 'won' } },
        {
          action: 'addFollowers',
          id: 'sx6wyHhbFdRXh302Lunr',
          body: { followers: ['sx6wyHhbFdRXh302Lunr'] },
        },
      ],
    ],
  }),
})

export const BulkAnswer = Answer(
  {
    ...SucceededAnswer.properties,
    results: Type.Array(
      Type.Object({
        index: Type.Integer({ examples: [0], description: 'The place of the operation' }),
        status: Type.Integer({ examples: [200] }),
        body: Type.Object(
          {},
          {
            additionalProperties: true,
            description: 'What the operation itself would answer',
            examples: [{ succeded: true, success: true }],
          },
        ),
      }),
    ),
  },
  { description: 'Successful response; `succeded` when all operations were' },
)
