import { type Static, Type } from 'typebox'
import { Answer, Named, Query, Strict } from '../../http/shapes.ts'
import { FollowersBody } from '../../resource/followers.ts'
import {
  Flag,
  Id,
  MaybeText,
  Nullable,
  Numeric,
  OneOf,
  Optional,
  OptionalOneOf,
  Text,
  Time,
} from '../../resource/words.ts'
import { CustomFieldInput } from '../custom-fields/shapes.ts'
import { opportunityLimits } from './limits.ts'

/** What an opportunity may be in; `all` in upstream's write DTOs is a slip of reuse. */
export const statuses = ['open', 'won', 'lost', 'abandoned'] as const

export const OpportunityParams = Type.Object({
  id: Text('sx6wyHhbFdRXh302Lunr', 'Opportunity Id'),
})

/** The contact as an opportunity shows it. UPSTREAM: behaviour.md §2.2 */
const contact = {
  id: Text('byMEV0NQinDhq8ZfiOi2', 'Unique identifier of the contact'),
  name: Text('John Deo'),
  companyName: Nullable(Text('Tesla Inc')),
  email: Nullable(Text('john@deo.com')),
  phone: Nullable(Text('+1202-555-0107')),
  tags: Type.Array(Type.String()),
  score: Type.Array(Type.Unknown()),
}

const Relation = Named('OpportunityRelation', {
  associationId: Text('OPPORTUNITIES_CONTACTS_ASSOCIATION'),
  relationId: Text('yWQobCRIhRguQtD2llvk'),
  primary: Flag(true),
  objectKey: Text('contact'),
  recordId: Text('byMEV0NQinDhq8ZfiOi2'),
  fullName: Text('John Deo'),
  contactName: Text('John Deo'),
  companyName: Nullable(Text('Tesla Inc')),
  email: Nullable(Text('john@deo.com')),
  phone: Nullable(Text('+1202-555-0107')),
  tags: Type.Array(Type.String()),
  attributed: Nullable(Type.Boolean()),
})

const Attribution = Named('OpportunityAttribution', {
  utmSessionSource: Text('CRM UI'),
  isFirst: Flag(true),
  medium: Text('manual'),
})

const CustomField = Named('OpportunityCustomField', {
  id: Text('MgobCB14YMVKuE4Ka8p1', 'Unique identifier of the custom field'),
  fieldValue: Type.Unknown({
    examples: ['custom field value'],
    description: 'The value of the custom field',
  }),
})

/** A row as it is recorded, beyond what the official DTO lists. UPSTREAM: behaviour.md §2.2 */
const row = {
  id: Text('yWQobCRIhRguQtD2llvk', 'Unique identifier of the opportunity'),
  name: Text('testing', 'Name of the opportunity'),
  monetaryValue: Numeric(500, 'Monetary value of the opportunity'),
  pipelineId: Text('VDm7RPYC2GLUvdpKmBfC', 'Pipeline the opportunity belongs to'),
  pipelineStageId: Text('e93ba61a-53b3-45e7-985a-c7732dbcdb69', 'Stage the opportunity is in'),
  pipelineStageUId: Text('e93ba61a-53b3-45e7-985a-c7732dbcdb69', 'The same as pipelineStageId'),
  assignedTo: Nullable(Text('zT46WSCPbudrq4zhWMk6', 'User the opportunity is assigned to')),
  status: OneOf(statuses, { examples: ['open'], description: 'Current status' }),
  source: Nullable(Type.String({ description: 'Source of the opportunity' })),
  lastStatusChangeAt: Time('When the status changed last'),
  lastStageChangeAt: Time('When the stage changed last'),
  lastActionDate: Nullable(Time('When something was done with the opportunity last')),
  indexVersion: Numeric(1, 'Counts the changes of the opportunity'),
  createdAt: Time('When the opportunity was created'),
  updatedAt: Time('When the opportunity was updated last'),
  forecastExpectedCloseDate: Nullable(Text('2026-05-20', 'Expected close date (YYYY-MM-DD)')),
  forecastOriginalCloseDate: Nullable(Text('2026-05-01', 'Close date before any slippage')),
  forecastSlippageCount: Numeric(2, 'How often the close date has slipped'),
  forecastDaysSlipped: Numeric(19, 'Total days the close date has slipped'),
  forecastLastSlippedAt: Nullable(Time('When the close date slipped last')),
  forecastProbability: Nullable(Numeric(20, 'Win probability of the opportunity, 0 to 100')),
  effectiveProbability: Numeric(40, "The opportunity's probability, or else its stage's"),
  contactId: Text('zT46WSCPbudrq4zhWMk6', 'Contact linked to the opportunity'),
  locationId: Text('ve9EPM428h8vShlRW1KT', 'Location (sub-account) of the opportunity'),
  customFields: Type.Array(CustomField),
  lostReasonId: Nullable(Text('zT46WSCPbudrq4zhWMk6', 'Why the opportunity was lost')),
  followers: Type.Array(Type.String(), {
    examples: [['sx6wyHhbFdRXh302Lunr']],
    description: 'User IDs following this opportunity',
  }),
  relations: Type.Array(Relation),
  contact: Named('FoundOpportunityContact', contact),
  attributions: Type.Array(Attribution),
}

/** What searches show of a row, besides what is their own. */
export const FoundMembers = Type.Object(row)

/** Where the opportunity came from; it is recorded by its own operations alone. */
const whole = {
  ...row,
  contact: Named('OpportunityContact', {
    ...contact,
    followers: Type.Array(Type.String()),
    assignedTo: Nullable(Text('zT46WSCPbudrq4zhWMk6')),
  }),
  isAttribute: Flag(false),
  internalSource: Type.Object({
    type: MaybeText('CREATED'),
    id: MaybeText('6dvNaf7VhkQ9snc5vnjJ'),
    apiVersion: MaybeText('2021-07-28'),
    channel: MaybeText('API'),
    source: MaybeText('PUBLIC_API'),
  }),
}

export const OpportunityAnswer = Answer(
  { opportunity: Named('Opportunity', whole) },
  { title: 'OpportunityAnswer', description: 'Successful response' },
)

const customFields = (description: string) =>
  Optional(
    Type.Array(CustomFieldInput, {
      examples: [[{ id: '6dvNaf7VhkQ9snc5vnjJ', fieldValue: '9039160788' }]],
      description,
    }),
  )

const input = {
  locationId: Id('ve9EPM428h8vShlRW1KT'),
  pipelineId: Id('VDm7RPYC2GLUvdpKmBfC', 'pipeline Id'),
  contactId: Id('mTkSCb1UBjb5tk4OvB69'),
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
  pipelineStageId: Optional(Text('7915dedc-8f18-44d5-8bc3-77c04e994a10')),
  monetaryValue: Optional(Numeric(220)),
  assignedTo: Optional(Text('082goXVW3lIExEQPOnd3')),
  source: Optional(
    Type.String({
      maxLength: opportunityLimits.textCharsMax,
      examples: ['public api'],
      description: 'Not in the official DTO, but accepted',
    }),
  ),
  forecastExpectedCloseDate: Optional(
    Text(
      '2026-04-23',
      'Expected close date. Supported formats: YYYY/MM/DD, MM/DD/YYYY, YYYY-MM-DD, ' +
        'MM-DD-YYYY, YYYY.MM.DD, MM.DD.YYYY, or ISO 8601',
    ),
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

const changeMembers = {
  ...values,
  name: Optional(input.name),
  status: OptionalOneOf(statuses, { examples: ['open'] }),
  lostReasonId: input.lostReasonId,
  contactId: Optional(
    Type.String({ description: 'Not in the official DTO; the contact of an opportunity stays' }),
  ),
}

export const UpdateBody = Strict({
  ...changeMembers,
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
    succeded: Flag(true, 'The spelling of the dated versions'),
    success: Flag(true),
  },
  { title: 'SucceededAnswer', description: 'Successful response' },
)

/** Takes what clients send beyond the DTO, and requires less. UPSTREAM: behaviour.md §2.5 */
export const UpsertBody = Strict({
  id: Optional(Text('sx6wyHhbFdRXh302Lunr', 'opportunityId')),
  pipelineId: input.pipelineId,
  locationId: input.locationId,
  ...changeMembers,
  followers: Type.Optional(
    Type.Unsafe<string[] | string | null>({
      type: ['array', 'string', 'null'],
      items: { type: 'string' },
      examples: [['sx6wyHhbFdRXh302LLss']],
      description: 'Users who are to follow, or no longer; one may stand without the list',
    }),
  ),
  isRemoveAllFollowers: Optional(Flag(false, 'Removes all followers first')),
  followersActionType: OptionalOneOf(['add', 'remove'], {
    examples: ['add'],
    description: 'What is done with `followers`: add, unless said otherwise',
  }),
})

export const UpsertAnswer = Answer(
  {
    opportunity: Type.Object(whole, {
      title: 'Opportunity',
      description: 'Updated / New Opportunity',
    }),
    new: Flag(true, 'Whether the opportunity was created (true) or changed (false)'),
  },
  { description: 'Successful response' },
)

/** With `isRemoveAllFollowers` the list is ignored, and so may be left out. */
export const RemoveFollowersBody = Strict({
  followers: Type.Optional(FollowersBody.properties.followers),
})

export const RemoveFollowersQuery = Query({
  isRemoveAllFollowers: Type.Optional(
    Flag(false, 'Set to true to remove all followers from the opportunity'),
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
