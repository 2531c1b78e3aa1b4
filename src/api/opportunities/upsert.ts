import type { Static } from 'typebox'
import type { AppContext } from '../../context.ts'
import { unprocessable } from '../../http/errors.ts'
import type { Server } from '../../http/server.ts'
import { newId } from '../../ids.ts'
import { operation } from '../../resource/operation.ts'
import { settleRaces } from '../../resource/races.ts'
import { tellOfStage, type Writer, writerOf } from './create.ts'
import { opportunityNotFound, tooManyFollowers } from './errors.ts'
import { opportunityEvents } from './events.ts'
import { opportunityLimits } from './limits.ts'
import { UpsertAnswer, UpsertBody } from './shapes.ts'
import { parseCloseDate } from './store/close-date.ts'
import { findPlace, groundOf, type Place } from './store/places.ts'
import { type Opportunity, upsertedOf } from './store/row.ts'
import { type FollowersChange, insertOpportunity } from './store/writes.ts'
import { changeOf, changeOpportunity } from './update.ts'

type Body = Static<typeof UpsertBody>
type Upserted = { opportunity: Opportunity; new: boolean }

export function upsertOpportunity(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /opportunities/upsert',
    { body: UpsertBody, answer: UpsertAnswer, refuses: [opportunityNotFound] },
    async ({ body, request }) => upsert(writerOf(request, context), body),
  )
}

/** Changes or creates what a body names, or refuses to in the words of the operation. */
export async function upsert(writer: Writer, body: Body): Promise<Upserted> {
  const { id, contactId } = body
  // DEVIATION: without `id` and `contactId` there is nothing to upsert.
  if (!id && !contactId) throw unprocessable(['contactId should not be empty'])
  if (!id) return upsertByPair(writer, body, contactId ?? '')
  return { opportunity: await updateById(writer, id, body), new: false }
}

async function updateById(
  { context, locationId }: Writer,
  id: string,
  body: Body,
): Promise<Opportunity> {
  const change = { ...changeOf(body), followers: followersOf(body) }
  const opportunity = await changeOpportunity(context, locationId, id, change)
  // DEVIATION: an id that is not there is 404, and creates nothing.
  if (!opportunity) throw opportunityNotFound()
  return opportunity
}

/** Changes what the contact has in the pipeline, or else creates it. */
async function upsertByPair(writer: Writer, body: Body, contactId: string): Promise<Upserted> {
  const { context, locationId } = writer
  const followers = followersOf(body)
  const change = { ...changeOf(body), followers }
  const wanted = wantedBy(body, contactId, followers)
  return settleRaces(async () => {
    const place = await findPlace(context.db, locationId, wanted)
    if (place?.existingId) {
      const opportunity = await changeOpportunity(context, locationId, place.existingId, change)
      return opportunity && { opportunity, new: false }
    }
    const opportunity = await insert(writer, { body, place, wanted })
    return opportunity && { opportunity, new: true }
  })
}

function wantedBy(body: Body, contactId: string, followers: FollowersChange | undefined) {
  const following = followers?.action === 'add' ? followers.userIds : []
  return {
    pipelineId: body.pipelineId,
    stageId: body.pipelineStageId || null,
    contactId,
    status: body.status ?? 'open',
    lostReasonId: body.lostReasonId || null,
    assigneeId: body.assignedTo || null,
    following,
    userIds: [...(body.assignedTo ? [body.assignedTo] : []), ...following],
  }
}

async function insert(
  writer: Writer,
  about: { body: Body; place: Place | undefined; wanted: ReturnType<typeof wantedBy> },
): Promise<Opportunity | undefined> {
  const { context, locationId, internalSource } = writer
  const { db, now, extraOpportunityUpdate = true } = context
  const { body, place, wanted } = about
  const { contactName, ...ground } = groundOf(place, wanted)
  tellOfStage(writer, wanted.stageId, ground)
  if (wanted.following.length > opportunityLimits.followersMax) throw tooManyFollowers()
  const expectedCloseDate = parseCloseDate(body.forecastExpectedCloseDate)
  const opportunity = {
    ...ground,
    id: newId(),
    // DEVIATION: a new opportunity without a name has its contact's.
    name: body.name ?? contactName,
    status: wanted.status,
    lostReasonId: wanted.lostReasonId,
    monetaryValue: body.monetaryValue ?? 0,
    assigneeId: wanted.assigneeId,
    followers: wanted.following,
    source: body.source ?? null,
    customFields: [],
    expectedCloseDate,
    probability: body.forecastProbability ?? null,
    internalSource,
    // Of two at once one is to create and one to change, whatever the location allows.
    allowsDuplicate: false,
  }
  const { creates } = opportunityEvents(extraOpportunityUpdate)
  const row = await insertOpportunity(db, locationId, opportunity, now(), creates)
  return row && upsertedOf(row)
}

/** What a body wants of the followers: nothing, unless it names some or removes all. */
function followersOf(body: Body): FollowersChange | undefined {
  const { followers, followersActionType, isRemoveAllFollowers } = body
  const named = typeof followers === 'string' ? [followers] : (followers ?? [])
  const userIds = [...new Set(named.filter((id) => id !== ''))]
  if (userIds.length === 0 && !isRemoveAllFollowers) return undefined
  return {
    removesAll: isRemoveAllFollowers ?? false,
    action: followersActionType ?? 'add',
    userIds,
  }
}
