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
import { contactNotFound } from './errors.ts'
import { contactUpdate } from './events.ts'
import { contactLimits } from './limits.ts'
import { ContactParams } from './shapes.ts'
import { contactFollowers } from './store/followed.ts'

/** DEVIATION: `ContactUpdate` tells that followers changed; upstream's event is not recorded. */
const followedContacts = (id: string): FollowedTable => ({
  table: sql`contacts`,
  index: contactFollowers,
  isPresent: sql`o.deleted_at is null`,
  followersMax: contactLimits.followersMax,
  version: sql`index_version`,
  events: () => [contactUpdate],
  notFound: () => contactNotFound(id),
  usersNotFound,
  tooMany: () => tooManyFollowers(contactLimits.followersMax),
})

export function addContactFollowers(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /contacts/:contactId/followers',
    { params: ContactParams, body: FollowersBody, answer: FollowersAddedAnswer },
    async ({ locationId, params: { contactId }, body }) =>
      follow(context, followedContacts(contactId), locationId, contactId, body.followers),
  )
}

export function removeContactFollowers(app: Server, context: AppContext): void {
  operation(
    app,
    'DELETE /contacts/:contactId/followers',
    { params: ContactParams, body: FollowersBody, answer: FollowersRemovedAnswer },
    async ({ locationId, params: { contactId }, body }) =>
      unfollow(context, followedContacts(contactId), locationId, contactId, body.followers),
  )
}
