import { locationCallerOf } from '../auth/bearer.ts'
import type { House } from '../house.ts'
import { unprocessable } from '../http/errors.ts'
import type { Server } from '../http/server.ts'
import { refused } from '../http/shapes.ts'
import { limits } from '../limits.ts'
import { opportunityNotFound, tooManyFollowers, usersNotFound } from './errors.ts'
import {
  FollowersAddedAnswer,
  FollowersBody,
  FollowersRemovedAnswer,
  NoQuery,
  OpportunityParams,
  RemoveFollowersBody,
  RemoveFollowersQuery,
} from './shapes.ts'
import { addFollowers, removeFollowers } from './statements.ts'

export function addOpportunityFollowers(app: Server, { db, now }: House): void {
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
      const userIds = [...new Set(request.body.followers)]
      const added = await addFollowers(db, locationId, request.params.id, userIds, now())
      if (!added) throw opportunityNotFound()
      if (added.strangers.length > 0) throw usersNotFound(added.strangers)
      if (added.count > limits.followersMax) throw tooManyFollowers()
      reply.code(201)
      return { followers: added.followers, followersAdded: added.followersAdded }
    },
  )
}

export function removeOpportunityFollowers(app: Server, { db, now }: House): void {
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
      const leaving = request.query.isRemoveAllFollowers ? 'all' : request.body.followers
      if (!leaving) throw unprocessable(['followers must be an array'])
      const removed = await removeFollowers(db, locationId, request.params.id, leaving, now())
      if (!removed) throw opportunityNotFound()
      return removed
    },
  )
}
