import { sql } from '../../../db/sql.ts'
import { changeSeveral } from '../../../events/outbox.ts'
import type { Reaction } from '../../../events/reactions.ts'
import { limits } from '../../../limits.ts'
import { followerIndexChanges, isOfUser } from '../../../resource/followers.ts'
import { contactUpdate } from '../events.ts'
import { contactFollowers } from '../store/followed.ts'

/** Deleted ones too. */
const contacts = { table: sql`contacts`, index: contactFollowers }

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
          select o.id from contacts o where ${isOfUser(contacts, { locationId, userId })}
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
      select from contacts o where ${isOfUser(contacts, { locationId, userId })} limit 1`)
    return found.length > 0
  },
}
