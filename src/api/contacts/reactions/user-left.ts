import { sql } from '../../../db/sql.ts'
import { changeSeveral } from '../../../events/outbox.ts'
import type { Reaction } from '../../../events/reactions.ts'
import { limits } from '../../../limits.ts'
import { followerIndexChanges } from '../../../resource/followers.ts'
import { contactUpdate } from '../events.ts'
import { contactFollowers } from '../store/followed.ts'

/** Contacts of a location that a user follows or is assigned to, deleted ones too. */
const isOfUser = (locationId: string, userId: string) => sql`
  o.location_id = ${locationId} and o.id in (
    select a.id from contacts a
    where a.location_id = ${locationId} and a.assigned_to = ${userId}
    union all
    select f.contact_id from contact_followers f
    where f.location_id = ${locationId} and f.user_id = ${userId})
  and (o.assigned_to = ${userId} or o.followers @> array[${userId}]::text[])`

/** Removes a user who left the location from its contacts, as follower and as assignee. */
export const userLeftReaction: Reaction<'userLeft'> = {
  apply: (tx, { locationId, userId }, now) =>
    changeSeveral(tx, {
      locationId,
      now,
      version: sql`changed.index_version`,
      // Locked in the order of their ids, so that concurrent batches cannot deadlock.
      with: sql`
        target as (
          select o.id from contacts o where ${isOfUser(locationId, userId)}
          order by o.id limit ${limits.clearingRowsMax} for no key update)`,
      change: sql`
        update contacts o
        set assigned_to = nullif(o.assigned_to, ${userId}),
          followers = array_remove(o.followers, ${userId}),
          updated_at = ${now}, index_version = o.index_version + 1
        from target
        where o.location_id = ${locationId} and o.id = target.id
        returning o.*`,
      ...followerIndexChanges(contactFollowers, locationId, {
        removed: sql`select ${userId}::text, o.created_at, o.id from changed o`,
      }),
      events: [{ ...contactUpdate, when: sql`changed.deleted_at is null` }],
    }),
  async hasRemaining(tx, { locationId, userId }) {
    const found = await tx.query(sql`
      select from contacts o where ${isOfUser(locationId, userId)} limit 1`)
    return found.length > 0
  },
}
