import type { Static } from 'typebox'
import { locationCallerOf } from '../auth/bearer.ts'
import type { Caller } from '../auth/caller.ts'
import { databaseError, sqlstate } from '../db/sqlstate.ts'
import type { House } from '../house.ts'
import type { Server } from '../http/server.ts'
import { refused } from '../http/shapes.ts'
import { newId } from '../ids.ts'
import { parseCloseDate } from './close-date.ts'
import { contactNotFound, noDuplicate, pipelineInvalid, usersNotFound } from './errors.ts'
import { CreateBody, CreatedAnswer, NoQuery } from './shapes.ts'
import { findPlace, insertOpportunity, type Place } from './statements.ts'

/** How often a place is looked for that somebody else keeps taking. */
const attemptsMax = 5

type Created = Static<typeof CreatedAnswer>['opportunity']
type Body = Static<typeof CreateBody>

export function createOpportunity(app: Server, house: House): void {
  app.post(
    '/opportunities/',
    {
      config: { scope: 'opportunities.write', locationIn: 'body' },
      schema: {
        operationId: 'create-opportunity',
        summary: 'Create Opportunity',
        description: 'Create Opportunity',
        tags: ['Opportunities'],
        querystring: NoQuery,
        body: CreateBody,
        response: { 201: CreatedAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request, reply) => {
      const caller = locationCallerOf(request)
      const internalSource = sourceOf(caller, request.version)
      const opportunity = await create(house, caller.locationId, request.body, internalSource)
      reply.code(201)
      return { opportunity }
    },
  )
}

async function create(
  { db, now }: House,
  locationId: string,
  body: Body,
  internalSource: Record<string, string>,
): Promise<Created> {
  const expectedCloseDate = parseCloseDate(body.forecastExpectedCloseDate)
  for (let attempt = 1; ; attempt++) {
    const place = await findPlace(db, locationId, {
      pipelineId: body.pipelineId,
      stageId: body.pipelineStageId ?? null,
      contactId: body.contactId,
      assigneeId: body.assignedTo || null,
    })
    const { stageId, allowsDuplicate } = check(place, body)
    const opportunity = {
      id: newId(),
      name: body.name,
      pipelineId: body.pipelineId,
      stageId,
      contactId: body.contactId,
      status: body.status,
      monetaryValue: body.monetaryValue ?? 0,
      assigneeId: body.assignedTo || null,
      source: body.source ?? null,
      customFields: (body.customFields ?? []).map(({ id, ...value }) => ({
        id,
        fieldValue: value.fieldValue ?? value.field_value ?? value.value ?? null,
      })),
      expectedCloseDate,
      probability: body.forecastProbability ?? null,
      internalSource,
      allowsDuplicate,
    }
    try {
      const created = await insertOpportunity<Created>(db, locationId, opportunity, now())
      if (created) return created
    } catch (error) {
      // Somebody took the place, or part of it away, after it was looked at: look again.
      if (attempt >= attemptsMax || !isRace(error)) throw error
    }
  }
}

/** Refuses what an opportunity cannot stand on. */
function check(place: Place | undefined, { pipelineId, contactId, assignedTo }: Body) {
  if (!place?.pipelineId || !place.stageId) throw pipelineInvalid()
  if (!place.contactId) throw contactNotFound(contactId)
  if (assignedTo && !place.assigneeId) throw usersNotFound([assignedTo])
  if (place.existingId && !place.allowsDuplicate) throw noDuplicate(place.existingId)
  return { pipelineId, stageId: place.stageId, allowsDuplicate: place.allowsDuplicate }
}

function isRace(error: unknown): boolean {
  const code = databaseError(error)?.code
  return code === sqlstate.uniqueViolation || code === sqlstate.foreignKeyViolation
}

/** UPSTREAM: the members of behaviour.md §2.2. DEVIATION: their values for a private integration. */
function sourceOf({ sourceId }: Caller, apiVersion: string): Record<string, string> {
  return { type: 'integration', id: sourceId, apiVersion, channel: 'API', source: 'PUBLIC_API' }
}
