import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { locationCallerOf } from '../../auth/bearer.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { newId } from '../../ids.ts'
import { operation } from '../../resource/operation.ts'
import { settleRaces } from '../../resource/races.ts'
import { readCustomFields } from '../custom-fields/values.ts'
import { duplicateOpportunity } from './errors.ts'
import { opportunityEvents } from './events.ts'
import { CreateBody, OpportunityAnswer } from './shapes.ts'
import { parseCloseDate } from './store/close-date.ts'
import { opportunityFields } from './store/custom-fields.ts'
import { findPlacement, placeOrRefuse } from './store/places.ts'
import { type Opportunity, opportunityOf } from './store/row.ts'
import { insertOpportunity } from './store/writes.ts'

type CreateInput = Static<typeof CreateBody>

export function createOpportunity(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /opportunities/',
    { body: CreateBody, answer: OpportunityAnswer },
    async ({ body, request }) => ({ opportunity: await create(writerOf(request, context), body) }),
  )
}

/** The caller who creates, and the location to create in. */
export type Writer = {
  context: AppContext
  locationId: string
  internalSource: Record<string, string>
  log: FastifyRequest['log']
}

/**
 * UPSTREAM: the members of behaviour.md §2.2, the `type` of public-reports.md 14. DEVIATION: their
 * values for a private integration.
 */
export function writerOf(request: FastifyRequest, context: AppContext): Writer {
  const { locationId, sourceId: id } = locationCallerOf(request)
  const apiVersion = request.version
  const internalSource = {
    type: 'CREATED',
    id,
    apiVersion,
    channel: 'API',
    source: 'PUBLIC_API',
  }
  return { context, locationId, internalSource, log: request.log }
}

/** Creates an opportunity, or refuses to in the words of the operation. */
export async function create(writer: Writer, body: CreateInput): Promise<Opportunity> {
  const { context, locationId, internalSource } = writer
  const { db, now, extraOpportunityUpdate = true } = context
  const expectedCloseDate = parseCloseDate(body.forecastExpectedCloseDate)
  const custom = { ...opportunityFields, log: writer.log }
  const sentFields = (await readCustomFields(db, locationId, custom, body.customFields)) ?? []
  const { onCreate: events } = opportunityEvents(extraOpportunityUpdate)
  const assigneeId = body.assignedTo || null
  const request = {
    pipelineId: body.pipelineId,
    stageId: body.pipelineStageId ?? null,
    contactId: body.contactId,
    status: body.status,
    lostReasonId: null,
    userIds: assigneeId ? [assigneeId] : [],
  }
  return settleRaces(async () => {
    const placement = await findPlacement(db, locationId, request)
    const { contactName: _, ...references } = placeOrRefuse(placement, request)
    warnOfUnknownStage(writer, request.stageId, references)
    const allowsDuplicate = placement?.allowsDuplicate ?? false
    if (placement?.existingId && !allowsDuplicate) throw duplicateOpportunity(placement.existingId)
    const opportunity = {
      ...references,
      id: newId(),
      name: body.name,
      status: body.status,
      lostReasonId: null,
      monetaryValue: body.monetaryValue ?? 0,
      assigneeId,
      followers: [],
      source: body.source ?? null,
      customFields: sentFields.filter(({ fieldValue }) => fieldValue !== null),
      expectedCloseDate,
      probability: body.forecastProbability ?? null,
      internalSource,
      allowsDuplicate,
    }
    const row = await insertOpportunity(db, locationId, opportunity, now(), events)
    return row && opportunityOf(row)
  })
}

/** An unknown stage is not refused; the log warns of it. UPSTREAM: behaviour.md §1.5 */
export function warnOfUnknownStage(
  { log }: Writer,
  request: string | null,
  { pipelineId, stageId }: { pipelineId: string; stageId: string },
): void {
  if (!request || request === stageId) return
  log.warn({ pipelineId, stageId }, 'the pipeline has no such stage: its first is taken')
}
