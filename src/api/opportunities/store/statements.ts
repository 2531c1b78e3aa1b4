import type { Database, Queryable } from '../../../db/database.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import { limits } from '../../../limits.ts'
import { followersUpdate, opportunityUpdate } from '../events.ts'
import { commitCounted, followersCounted } from './counts.ts'
import { followedAs, following } from './followed.ts'
import { columns, type Row, stageAndContact } from './row.ts'

export async function findOpportunity(
  db: Queryable,
  locationId: string,
  id: string,
): Promise<Row | undefined> {
  const [row] = await db.query<Row>(sql`
    select ${columns} from opportunities o ${stageAndContact(locationId)}
    where o.location_id = ${locationId} and o.id = ${id}`)
  return row
}

/** The opportunity's followers, held until the commit: calls at once take their turns. */
const target = (locationId: string, id: string) => sql`
  target as (
    select o.followers from opportunities o
    where o.location_id = ${locationId} and o.id = ${id} for no key update)`

/** Sets the followers of the target and returns its row, with those who came or went as moved. */
const setFollowers = (
  locationId: string,
  id: string,
  now: Date,
  { followers, moved, when }: { followers: Sql; moved: Sql; when: Sql },
) => sql`
  update opportunities o
  set followers = ${followers}, updated_at = ${now}, index_version = o.index_version + 1
  from target
  where o.location_id = ${locationId} and o.id = ${id} and ${when}
  returning o.*, ${moved} as moved`

const moved = following(sql`changed`, sql`moved`)

/** Those of the users named who work in the location; none of them leaves before the commit. */
export const members = (locationId: string, userIds: readonly string[]) => sql`
  members as (
    select u.user_id from location_users u
    where u.location_id = ${locationId} and u.user_id = any(${userIds}::text[])
      and u.left_at is null
    for key share)`

export type FollowersAdded = {
  followers: string[]
  followersAdded: string[]
  /** Users who are not of this location: with any of them nothing was added. */
  strangers: string[]
  /** How many would follow: above the bound nothing was added. */
  count: number
}

/** Adds followers, each once and in the order given; no row when there is no opportunity. */
export async function addFollowers(
  db: Database,
  locationId: string,
  id: string,
  userIds: readonly string[],
  now: Date,
): Promise<FollowersAdded | undefined> {
  const newcomers = sql`array(select n.id from newcomers n order by n.place)`
  const strangers = sql`array(
    select n.id from newcomers n
    where n.id not in (select m.user_id from members m) order by n.place)`
  const count = sql`cardinality(target.followers) + (select count(*) from newcomers)`
  const [row] = await commitCounted<FollowersAdded>(db, {
    locationId,
    now,
    version: sql`changed.index_version`,
    with: sql`${target(locationId, id)}, ${members(locationId, userIds)},
      newcomers as (
        select wanted.id, wanted.place from target,
          unnest(${userIds}::text[]) with ordinality wanted (id, place)
        where wanted.id <> all(target.followers))`,
    change: setFollowers(locationId, id, now, {
      followers: sql`target.followers || ${newcomers}`,
      moved: newcomers,
      when: sql`exists (select from newcomers) and ${strangers} = '{}'
        and ${count} <= ${limits.followersMax}`,
    }),
    after: sql`${followersCounted(locationId, 1)},
      ${followedAs(locationId, { came: moved })}`,
    events: [
      opportunityUpdate,
      followersUpdate({ added: sql`changed.moved`, removed: sql`array[]::text[]` }),
    ],
    answer: sql`
      select coalesce(changed.followers, target.followers) as followers,
        coalesce(changed.moved, '{}') as "followersAdded", ${strangers} as strangers,
        ${count} as count
      from target left join changed on true`,
  })
  return row
}

export type FollowersRemoved = { followers: string[]; followersRemoved: string[] }

/** Removes these followers, or all; no row when there is no opportunity. */
export async function removeFollowers(
  db: Database,
  locationId: string,
  id: string,
  userIds: readonly string[] | 'all',
  now: Date,
): Promise<FollowersRemoved | undefined> {
  const leaving = userIds === 'all' ? sql`target.followers` : sql`${userIds}::text[]`
  const those = (condition: Sql) => sql`array(
    select f.id from unnest(target.followers) with ordinality f (id, place)
    where ${condition} order by f.place)`
  const [row] = await commitCounted<FollowersRemoved>(db, {
    locationId,
    now,
    version: sql`changed.index_version`,
    with: target(locationId, id),
    change: setFollowers(locationId, id, now, {
      followers: those(sql`f.id <> all(${leaving})`),
      moved: those(sql`f.id = any(${leaving})`),
      when: sql`target.followers && ${leaving}`,
    }),
    after: sql`${followersCounted(locationId, -1)},
      ${followedAs(locationId, { went: moved })}`,
    events: [
      opportunityUpdate,
      followersUpdate({ added: sql`array[]::text[]`, removed: sql`changed.moved` }),
    ],
    answer: sql`
      select coalesce(changed.followers, target.followers) as followers,
        coalesce(changed.moved, '{}') as "followersRemoved"
      from target left join changed on true`,
  })
  return row
}
