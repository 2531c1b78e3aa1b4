import { locationCallerOf } from '../../auth/bearer.ts'
import type { AppContext } from '../../context.ts'
import { unprocessable } from '../../http/errors.ts'
import type { Server } from '../../http/server.ts'
import { NoQuery, refused } from '../../http/shapes.ts'
import { limits } from '../../limits.ts'
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

export function addOpportunityFollowers(app: Server, context: AppContext): void {
  app.post(
    '/opportunities/:id/followers',
    {
      config: { scope: 'opportunities.write' },
      schema: {
        operationId: 'add-followers-opportunity',
        summary: 'Add Followers',
        description: 'Add Followers',
        tags: ['Followers'],
        params: OpportunityParams,
        querystring: NoQuery,
        body: FollowersBody,
        response: { 201: FollowersAddedAnswer, ...refused(400, 401, 404, 422) },
      },
    },
    async (request, reply) => {
      const { locationId } = locationCallerOf(request)
      const answer = await follow(context, locationId, request.params.id, request.body.followers)
      reply.code(201)
      return answer
    },
  )
}

export function removeOpportunityFollowers(app: Server, context: AppContext): void {
  app.delete(
    '/opportunities/:id/followers',
    {
      config: { scope: 'opportunities.write' },
      schema: {
        operationId: 'remove-followers-opportunity',
        summary: 'Remove Followers',
        description: 'Allows removal of one or all followers from an opportunity.',
        tags: ['Followers'],
        params: OpportunityParams,
        querystring: RemoveFollowersQuery,
        body: RemoveFollowersBody,
        response: { 200: FollowersRemovedAnswer, ...refused(400, 401, 404, 422) },
      },
    },
    async (request) => {
      const { locationId } = locationCallerOf(request)
      const { isRemoveAllFollowers } = request.query
      const leaving = isRemoveAllFollowers ? 'all' : request.body.followers
      return unfollow(context, locationId, request.params.id, leaving)
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
