import type { AppContext } from '../../context.ts'
import { unprocessable } from '../../http/errors.ts'
import type { Server } from '../../http/server.ts'
import { limits } from '../../limits.ts'
import { operation } from '../../resource/operation.ts'
import { opportunityNotFound, tooManyFollowers, usersNotFound } from './errors.ts'
import {
  FollowersAddedAnswer,
  FollowersBody,
  FollowersRemovedAnswer,
  OpportunityParams,
  RemoveFollowersBody,
  RemoveFollowersQuery,
} from './shapes.ts'
import {
  addFollowers,
  type FollowersAdded,
  type FollowersRemoved,
  removeFollowers,
} from './store/statements.ts'

const refuses = [opportunityNotFound]

export function addOpportunityFollowers(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /opportunities/:id/followers',
    { params: OpportunityParams, body: FollowersBody, answer: FollowersAddedAnswer, refuses },
    async ({ locationId, params, body }) => follow(context, locationId, params.id, body.followers),
  )
}

export function removeOpportunityFollowers(app: Server, context: AppContext): void {
  operation(
    app,
    'DELETE /opportunities/:id/followers',
    {
      description: 'Allows removal of one or all followers from an opportunity.',
      params: OpportunityParams,
      query: RemoveFollowersQuery,
      body: RemoveFollowersBody,
      answer: FollowersRemovedAnswer,
      refuses,
    },
    async ({ locationId, params, query, body }) => {
      const leaving = query.isRemoveAllFollowers ? 'all' : body.followers
      return unfollow(context, locationId, params.id, leaving)
    },
  )
}

/** Adds followers, or refuses to in the words of the operation. */
export async function follow(
  { db, now }: AppContext,
  locationId: string,
  id: string,
  followers: readonly string[],
): Promise<Pick<FollowersAdded, 'followers' | 'followersAdded'>> {
  const added = await addFollowers(db, locationId, id, [...new Set(followers)], now())
  if (!added) throw opportunityNotFound()
  if (added.strangers.length > 0) throw usersNotFound(added.strangers)
  if (added.count > limits.followersMax) throw tooManyFollowers()
  return { followers: added.followers, followersAdded: added.followersAdded }
}

/** Removes these followers, or all, or refuses to in the words of the operation. */
export async function unfollow(
  { db, now }: AppContext,
  locationId: string,
  id: string,
  leaving: readonly string[] | 'all' | undefined,
): Promise<FollowersRemoved> {
  if (!leaving) throw unprocessable(['followers must be an array'])
  const removed = await removeFollowers(db, locationId, id, leaving, now())
  if (!removed) throw opportunityNotFound()
  return removed
}
