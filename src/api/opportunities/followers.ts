import type { AppContext } from '../../context.ts'
import { sql } from '../../db/sql.ts'
import type { Server } from '../../http/server.ts'
import {
  type FollowedTable,
  FollowersAddedAnswer,
  FollowersBody,
  FollowersRemovedAnswer,
  follow,
  unfollow,
} from '../../resource/followers.ts'
import { operation } from '../../resource/operation.ts'
import { tooManyFollowers, usersNotFound } from '../../resource/refusals.ts'
import { opportunityNotFound } from './errors.ts'
import { followersUpdate, opportunityUpdate } from './events.ts'
import { opportunityLimits } from './limits.ts'
import { OpportunityParams, RemoveFollowersBody, RemoveFollowersQuery } from './shapes.ts'
import { followerDeltas } from './store/counts.ts'
import { opportunityFollowers } from './store/followed.ts'

export const followedOpportunities: FollowedTable = {
  table: sql`opportunities`,
  index: opportunityFollowers,
  followersMax: opportunityLimits.followersMax,
  version: sql`index_version`,
  deltas: followerDeltas,
  events: (moved) => [opportunityUpdate, followersUpdate(moved)],
  notFound: opportunityNotFound,
  usersNotFound,
  tooMany: () => tooManyFollowers(opportunityLimits.followersMax),
}

const refuses = [opportunityNotFound]

export function addOpportunityFollowers(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /opportunities/:id/followers',
    { params: OpportunityParams, body: FollowersBody, answer: FollowersAddedAnswer, refuses },
    async ({ locationId, params, body }) =>
      follow(context, followedOpportunities, locationId, params.id, body.followers),
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
      const removedIds = query.isRemoveAllFollowers ? 'all' : body.followers
      return unfollow(context, followedOpportunities, locationId, params.id, removedIds)
    },
  )
}
