import type { Static } from 'typebox'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import { settleRaces } from '../../resource/races.ts'
import { tooManyFollowers, usersNotFound } from '../../resource/refusals.ts'
import { customFieldsTooLong } from '../custom-fields/errors.ts'
import { readCustomFields } from '../custom-fields/values.ts'
import type { Writer } from './create.ts'
import {
  contactIdNotAllowed,
  duplicateOpportunity,
  lostReasonNotFound,
  lostReasonNotLost,
  opportunityNotFound,
  pipelineInvalid,
  stageInvalid,
} from './errors.ts'
import { opportunityEvents } from './events.ts'
import { opportunityLimits } from './limits.ts'
import { OpportunityAnswer, OpportunityParams, UpdateBody } from './shapes.ts'
import { parseCloseDate } from './store/close-date.ts'
import { opportunityFields } from './store/custom-fields.ts'
import { type Opportunity, opportunityOf } from './store/row.ts'
import { findOpportunity } from './store/statements.ts'
import { type OpportunityChange, rewriteOpportunity, type Verdict } from './store/writes.ts'

export function updateOpportunity(app: Server, context: AppContext): void {
  operation(
    app,
    'PUT /opportunities/:id',
    {
      params: OpportunityParams,
      body: UpdateBody,
      answer: OpportunityAnswer,
      refuses: [opportunityNotFound],
    },
    async ({ locationId, params, body, request: { log } }) =>
      update({ context, locationId, log }, params.id, body),
  )
}

/** Changes what a body names, or refuses to in the words of the operation. */
export async function update(
  { context, locationId, log }: Pick<Writer, 'context' | 'locationId' | 'log'>,
  id: string,
  body: Static<typeof UpdateBody>,
): Promise<{ opportunity: Opportunity }> {
  if (context.strict && body.contactId) throw contactIdNotAllowed()
  const custom = { ...opportunityFields, log }
  const customFields = await readCustomFields(context.db, locationId, custom, body.customFields)
  const change = { ...changeOf(body), customFields }
  const opportunity = await changeOpportunity(context, locationId, id, change)
  if (!opportunity) throw opportunityNotFound()
  return { opportunity }
}

/** The change that a body asks for, without custom fields and followers. */
export function changeOf(body: Static<typeof UpdateBody>): OpportunityChange {
  const { forecastExpectedCloseDate: closeDate } = body
  return {
    contactId: body.contactId,
    name: body.name,
    pipelineId: body.pipelineId,
    // An empty one names no stage.
    stageId: body.pipelineStageId || null,
    status: body.status,
    lostReasonId: body.lostReasonId,
    monetaryValue: body.monetaryValue,
    assigneeId: body.assignedTo,
    source: body.source,
    expectedCloseDate: closeDate === '' ? '' : parseCloseDate(closeDate),
    probability: body.forecastProbability,
  }
}

/** Changes an opportunity, or refuses to; undefined when there is none. */
export async function changeOpportunity(
  { db, now, extraOpportunityUpdate = true }: AppContext,
  locationId: string,
  id: string,
  change: OpportunityChange,
): Promise<Opportunity | undefined> {
  const { onChange: changes } = opportunityEvents(extraOpportunityUpdate)
  const changed = await settleRaces(async () => {
    const row = await rewriteOpportunity(db, locationId, id, change, now(), changes)
    // The opportunity was moved to a stage made in the same commit, which this statement cannot
    // see.
    if (!row && (await findOpportunity(db, locationId, id))) return undefined
    return { row }
  })
  if (!changed.row) return undefined
  const { verdict, ...row } = changed.row
  refuse(verdict, change)
  return opportunityOf(row)
}

function refuse({ refusal, existingId, strangers }: Verdict, change: OpportunityChange): void {
  switch (refusal) {
    case null:
      return
    case 'contact':
      throw contactIdNotAllowed()
    case 'pipeline':
      throw pipelineInvalid()
    case 'stage':
      throw stageInvalid()
    case 'not-lost':
      throw lostReasonNotLost()
    case 'lost-reason':
      throw lostReasonNotFound(change.lostReasonId ?? '')
    case 'duplicate':
      throw duplicateOpportunity(existingId ?? '')
    case 'custom-fields':
      throw customFieldsTooLong(opportunityFields.charsMax)
    case 'users':
      throw usersNotFound([...new Set(strangers)])
    case 'followers':
      throw tooManyFollowers(opportunityLimits.followersMax)
  }
}
