import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { changeSeveral } from '../../../events/outbox.ts'
import type { Reaction } from '../../../events/reactions.ts'
import { limits } from '../../../limits.ts'
import { isOfUser } from '../../../resource/followers.ts'
import { followersUpdate, opportunityAssignedToUpdate, opportunityUpdate } from '../events.ts'
import { opportunityFollowers } from '../store/followed.ts'
import { indexChanges } from '../store/indexed.ts'

const opportunities = { table: sql`opportunities`, index: opportunityFollowers }

/** Removes a user who left the location from its opportunities, as follower and as assignee. */
export function userLeftReaction(extraUpdate: boolean): Reaction<'userLeft'> {
  return {
    apply: (tx, { locationId, userId }, now) => unassign(tx, locationId, userId, extraUpdate, now),
    async hasRemaining(tx, { locationId, userId }) {
      const found = await tx.query(sql`
        select from opportunities o where ${isOfUser(opportunities, { locationId, userId })} limit 1`)
      return found.length > 0
    },
  }
}

function unassign(
  tx: Queryable,
  locationId: string,
  userId: string,
  extraUpdate: boolean,
  now: Date,
): Promise<number> {
  const unfollowed = followersUpdate({
    added: sql`array[]::text[]`,
    removed: sql`array[${userId}]::text[]`,
  })
  const unassigned = sql`changed.was_assigned`
  return changeSeveral(tx, {
    locationId,
    now,
    version: sql`changed.index_version`,
    // Locked in the order of their ids, so that concurrent batches cannot deadlock.
    with: sql`
      target as (
        select o.*, coalesce(o.assigned_to = ${userId}, false) as was_assigned,
          o.followers @> array[${userId}]::text[] as did_follow
        from opportunities o
        where ${isOfUser(opportunities, { locationId, userId })}
        order by o.id limit ${limits.clearingRowsMax} for no key update)`,
    change: sql`
      update opportunities o
      set assigned_to = nullif(o.assigned_to, ${userId}),
        followers = array_remove(o.followers, ${userId}),
        updated_at = ${now}, index_version = o.index_version + 1
      from target
      where o.location_id = ${locationId} and o.id = target.id
      returning o.*, target.was_assigned, target.did_follow`,
    ...indexChanges(locationId, { before: sql`target`, after: sql`changed` }),
    events: [
      extraUpdate ? opportunityUpdate : { ...opportunityUpdate, when: sql`not ${unassigned}` },
      { ...opportunityAssignedToUpdate, when: unassigned },
      { ...unfollowed, when: sql`changed.did_follow` },
    ],
  })
}
