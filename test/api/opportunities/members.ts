import { opportunityFollowers } from '../../../src/api/opportunities/store/followed.ts'
import type { Database } from '../../../src/db/database.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { changeSeveral } from '../../../src/events/outbox.ts'
import { followerIndexChanges, followerIndexRows } from '../../../src/resource/followers.ts'

/** Makes users who work in the demo location; their ids sort in the order they are returned. */
export async function addMembers(db: Database, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => `crew${String(i + 1).padStart(16, '0')}`)
  const now = new Date('2026-02-01T09:00:00.000Z')
  await db.query(sql`
    insert into users (id, company_id, first_name, last_name, email, type, role,
      created_at, updated_at)
    select id, ${demo.companyId}, 'Crew', id, id || '@crew.example', 'account', 'user',
      ${now}, ${now}
    from unnest(${ids}::text[]) id`)
  await db.query(sql`
    insert into location_users (location_id, user_id, created_at)
    select ${demo.locationId}, id, ${now} from unnest(${ids}::text[]) id`)
  return ids
}

/** Says that a user of the demo location leaves it, as the API does before the records follow. */
export async function setLeaving(db: Database, userId: string, leftAt: Date | null): Promise<void> {
  await db.query(sql`
    update location_users set left_at = ${leftAt}
    where location_id = ${demo.locationId} and user_id = ${userId}`)
}

/** Lets these users follow the demo opportunity, as if nothing had happened to it before. */
export async function follow(db: Database, followers: readonly string[]): Promise<void> {
  const { locationId, opportunityId } = demo
  const added = followerIndexRows(opportunityFollowers, sql`changed`)
  await db.transaction((tx) =>
    changeSeveral(tx, {
      locationId,
      now: new Date(0),
      change: sql`
        update opportunities set followers = ${followers}::text[], index_version = 1,
          updated_at = created_at
        where location_id = ${locationId} and id = ${opportunityId}
        returning *`,
      ...followerIndexChanges(opportunityFollowers, locationId, { added }),
      events: [],
    }),
  )
}
