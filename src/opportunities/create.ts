import type { Static } from 'typebox'
import { locationCallerOf } from '../auth/bearer.ts'
import type { Caller } from '../auth/caller.ts'
import type { House } from '../house.ts'
import type { Server } from '../http/server.ts'
import { refused } from '../http/shapes.ts'
import { newId } from '../ids.ts'
import { parseCloseDate } from './close-date.ts'
import { readCustomFields } from './custom-fields.ts'
import { noDuplicate } from './errors.ts'
import { opportunityEvents } from './events.ts'
import { findPlace, groundOf } from './places.ts'
import { settleRaces } from './races.ts'
import { CreateBody, CreatedAnswer, NoQuery } from './shapes.ts'
import { insertOpportunity } from './writes.ts'

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

/** Creates an opportunity, or refuses to in the words of the operation. */
export async function create(
  { db, now, extraOpportunityUpdate = true }: House,
  locationId: string,
  body: Body,
  internalSource: Record<string, string>,
): Promise<Created> {
  const expectedCloseDate = parseCloseDate(body.forecastExpectedCloseDate)
  const customFields = (await readCustomFields(db, locationId, body.customFields)) ?? []
  const { creates: events } = opportunityEvents(extraOpportunityUpdate)
  const assigneeId = body.assignedTo || null
  const wanted = {
    pipelineId: body.pipelineId,
    stageId: body.pipelineStageId ?? null,
    contactId: body.contactId,
    status: body.status,
    lostReasonId: null,
    userIds: assigneeId ? [assigneeId] : [],
  }
  return settleRaces(async () => {
    const place = await findPlace(db, locationId, wanted)
    const { contactName: _, ...ground } = groundOf(place, wanted)
    const allowsDuplicate = place?.allowsDuplicate ?? false
    if (place?.existingId && !allowsDuplicate) throw noDuplicate(place.existingId)
    const opportunity = {
      ...ground,
      id: newId(),
      name: body.name,
      status: body.status,
      lostReasonId: null,
      monetaryValue: body.monetaryValue ?? 0,
      assigneeId,
      followers: [],
      source: body.source ?? null,
      customFields,
      expectedCloseDate,
      probability: body.forecastProbability ?? null,
      internalSource,
      allowsDuplicate,
    }
    const how = { events, shown: 'created' } as const
    return insertOpportunity<Created>(db, locationId, opportunity, now(), how)
  })
}

/** UPSTREAM: the members of behaviour.md §2.2. DEVIATION: their values for a private integration. */
export function sourceOf({ sourceId }: Caller, apiVersion: string): Record<string, string> {
  return { type: 'integration', id: sourceId, apiVersion, channel: 'API', source: 'PUBLIC_API' }
}
