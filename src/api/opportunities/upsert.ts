import type { Static } from 'typebox'
import type { AppContext } from '../../context.ts'
import { unprocessable } from '../../http/errors.ts'
import type { Server } from '../../http/server.ts'
import { newId } from '../../ids.ts'
import { operation } from '../../resource/operation.ts'
import { settleRaces } from '../../resource/races.ts'
import { tooManyFollowers } from '../../resource/refusals.ts'
import { type Writer, warnOfUnknownStage, writerOf } from './create.ts'
import { opportunityNotFound } from './errors.ts'
import { opportunityEvents } from './events.ts'
import { opportunityLimits } from './limits.ts'
import { UpsertAnswer, UpsertBody } from './shapes.ts'
import { parseCloseDate } from './store/close-date.ts'
import { findPlacement, type Placement, placeOrRefuse } from './store/places.ts'
import { type Opportunity, opportunityOf } from './store/row.ts'
import { type FollowersChange, insertOpportunity } from './store/writes.ts'
import { changeOf, changeOpportunity } from './update.ts'

type UpsertInput = Static<typeof UpsertBody>
type UpsertedOpportunity = { opportunity: Opportunity; new: boolean }

export function upsertOpportunity(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /opportunities/upsert',
    { body: UpsertBody, answer: UpsertAnswer, refuses: [opportunityNotFound] },
    async ({ body, request }) => upsert(writerOf(request, context), body),
  )
}

/** Changes or creates what a body names, or refuses to in the words of the operation. */
export async function upsert(writer: Writer, body: UpsertInput): Promise<UpsertedOpportunity> {
  const { id, contactId } = body
  // DEVIATION: without `id` and `contactId` there is nothing to upsert.
  if (!id && !contactId) throw unprocessable(['contactId should not be empty'])
  if (!id) return upsertByPair(writer, body, contactId ?? '')
  return { opportunity: await updateById(writer, id, body), new: false }
}

async function updateById(
  { context, locationId }: Writer,
  id: string,
  body: UpsertInput,
): Promise<Opportunity> {
  const change = { ...changeOf(body), followers: followersOf(body) }
  const opportunity = await changeOpportunity(context, locationId, id, change)
  // DEVIATION: an id that is not there is 404, and creates nothing.
  if (!opportunity) throw opportunityNotFound()
  return opportunity
}

/** Changes the opportunity that the contact has in the pipeline, or creates one. */
async function upsertByPair(
  writer: Writer,
  body: UpsertInput,
  contactId: string,
): Promise<UpsertedOpportunity> {
  const { context, locationId } = writer
  const followers = followersOf(body)
  const change = { ...changeOf(body), followers }
  const request = placementRequestOf(body, contactId, followers)
  return settleRaces(async () => {
    const placement = await findPlacement(context.db, locationId, request)
    if (placement?.existingId) {
      const opportunity = await changeOpportunity(context, locationId, placement.existingId, change)
      return opportunity && { opportunity, new: false }
    }
    const opportunity = await insert(writer, { body, place: placement, wanted: request })
    return opportunity && { opportunity, new: true }
  })
}

function placementRequestOf(
  body: UpsertInput,
  contactId: string,
  followers: FollowersChange | undefined,
) {
  const followerIds = followers?.action === 'add' ? followers.userIds : []
  return {
    pipelineId: body.pipelineId,
    stageId: body.pipelineStageId || null,
    contactId,
    status: body.status ?? 'open',
    lostReasonId: body.lostReasonId || null,
    assigneeId: body.assignedTo || null,
    following: followerIds,
    userIds: [...(body.assignedTo ? [body.assignedTo] : []), ...followerIds],
  }
}

async function insert(
  writer: Writer,
  input: {
    body: UpsertInput
    place: Placement | undefined
    wanted: ReturnType<typeof placementRequestOf>
  },
): Promise<Opportunity | undefined> {
  const { context, locationId, internalSource } = writer
  const { db, now, extraOpportunityUpdate = true } = context
  const { body, place: placement, wanted: request } = input
  const { contactName, ...references } = placeOrRefuse(placement, request)
  warnOfUnknownStage(writer, request.stageId, references)
  if (request.following.length > opportunityLimits.followersMax) {
    throw tooManyFollowers(opportunityLimits.followersMax)
  }
  const expectedCloseDate = parseCloseDate(body.forecastExpectedCloseDate)
  const opportunity = {
    ...references,
    id: newId(),
    // DEVIATION: a new opportunity without a name has its contact's.
    name: body.name ?? contactName,
    status: request.status,
    lostReasonId: request.lostReasonId,
    monetaryValue: body.monetaryValue ?? 0,
    assigneeId: request.assigneeId,
    followers: request.following,
    source: body.source ?? null,
    customFields: [],
    expectedCloseDate,
    probability: body.forecastProbability ?? null,
    internalSource,
    // Of two concurrent upserts one creates and one changes, whatever the location allows.
    allowsDuplicate: false,
  }
  const { onCreate: creates } = opportunityEvents(extraOpportunityUpdate)
  const row = await insertOpportunity(db, locationId, opportunity, now(), creates)
  return row && opportunityOf(row)
}

/** What a body wants of the followers: nothing, unless it names some or removes all. */
function followersOf(body: UpsertInput): FollowersChange | undefined {
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
