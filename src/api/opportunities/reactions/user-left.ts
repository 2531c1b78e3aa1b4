import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { appendEvents } from '../../../events/outbox.ts'
import type { Reaction } from '../../../events/reactions.ts'
import { limits } from '../../../limits.ts'
import { followersUpdate, opportunityAssignedToUpdate, opportunityUpdate } from '../events.ts'
import { indexParts } from '../store/indexed.ts'

/** Opportunities of a location that a user follows or is assigned to. */
const isOfUser = (locationId: string, userId: string) => sql`
  o.location_id = ${locationId} and o.id in (
    select a.id from opportunities a
    where a.location_id = ${locationId} and a.assigned_to = ${userId}
    union all
    select f.opportunity_id from opportunity_followers f
    where f.location_id = ${locationId} and f.user_id = ${userId})
  and (o.assigned_to = ${userId} or o.followers @> array[${userId}]::text[])`

type UnassignedRow = {
  version: number
  update: object | null
  assigned: object | null
  followed: object | null
}

/** Removes a user who left the location from its opportunities, as follower and as assignee. */
export function userLeftReaction(extraUpdate: boolean): Reaction<'userLeft'> {
  return {
    apply: (tx, { locationId, userId }, now) => unassign(tx, locationId, userId, extraUpdate, now),
    async hasRemaining(tx, { locationId, userId }) {
      const found = await tx.query(sql`
        select from opportunities o where ${isOfUser(locationId, userId)} limit 1`)
      return found.length > 0
    },
  }
}

async function unassign(
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
  // Locked in the order of their ids, so that concurrent batches cannot deadlock.
  const changed = await tx.query<UnassignedRow>(sql`
    with target as (
      select o.*, coalesce(o.assigned_to = ${userId}, false) as was_assigned,
        o.followers @> array[${userId}]::text[] as did_follow
      from opportunities o
      where ${isOfUser(locationId, userId)}
      order by o.id limit ${limits.clearingRowsMax} for no key update),
    changed as (
      update opportunities o
      set assigned_to = nullif(o.assigned_to, ${userId}),
        followers = array_remove(o.followers, ${userId}),
        updated_at = ${now}, index_version = o.index_version + 1
      from target
      where o.location_id = ${locationId} and o.id = target.id
      returning o.*, target.was_assigned, target.did_follow),
    ${indexParts(locationId, { before: sql`target`, after: sql`changed` })}
    select changed.index_version as version,
      case when ${extraUpdate} or not changed.was_assigned
        then ${opportunityUpdate.payload} end as update,
      case when changed.was_assigned then ${opportunityAssignedToUpdate.payload} end as assigned,
      case when changed.did_follow then ${unfollowed.payload} end as followed
    from changed order by changed.id`)
  const events = changed.flatMap(({ version, update, assigned, followed }) => [
    { type: opportunityUpdate.type, version, payload: update },
    { type: opportunityAssignedToUpdate.type, version, payload: assigned },
    { type: unfollowed.type, version, payload: followed },
  ])
  const emitted = events.filter(({ payload }) => payload !== null)
  await appendEvents(
    tx,
    emitted.map((event) => ({ locationId, ...event })),
    now,
  )
  return changed.length
}
