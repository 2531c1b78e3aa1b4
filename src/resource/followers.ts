import { Type } from 'typebox'
import type { AppContext } from '../context.ts'
import type { Database } from '../db/database.ts'
import { join, type Sql, sql } from '../db/sql.ts'
import { commitChange, type EventOfChange } from '../events/outbox.ts'
import { type ApiError, unprocessable } from '../http/errors.ts'
import { Answer, Strict } from '../http/shapes.ts'

/** Who follows a row: `followers text[]` on the row itself, in the order of following. */
export type FollowedTable = {
  table: Sql
  index: FollowerIndex
  /** Users who may follow one row. */
  followersMax: number
  /** The column that counts the changes of a row: its events are in this order. */
  version: Sql
  /** Parts of the commit that build on who `moved`, a column of `changed`: they came or went. */
  counted?: (locationId: string, sign: 1 | -1) => Sql
  /** What is told of it; both are text[]. */
  events: (moved: { added: Sql; removed: Sql }) => readonly EventOfChange[]
  notFound: () => ApiError
  usersNotFound: (ids: readonly string[]) => ApiError
  tooMany: () => ApiError
}

/** A table with a row for each follower of each row, by which is found what a user follows. */
export type FollowerIndex = {
  table: Sql
  /** After `user_id`, in the order of time: the column, and the column of the row followed. */
  key: readonly { column: Sql; of: Sql }[]
  /** The column of the id, which is the last of the key. */
  id: Sql
}

/** Those whom `column`, an array of rows `o`, names, as rows of the index. */
export const following = ({ key }: FollowerIndex, o: Sql, column: Sql = sql`followers`): Sql => sql`
  select f.user_id, ${list(key.map(({ of }) => sql`o.${of}`))}
  from ${o} o cross join lateral unnest(o.${column}) f (user_id)`

const list = (parts: readonly Sql[]): Sql => join(parts, sql`, `)

/**
 * The parts of a commit that keep the index: who `came`, and who `went`. A row that two concurrent
 * changes left behind is told from the others by the row followed itself.
 */
export function followedAs(
  { table, key }: FollowerIndex,
  locationId: string,
  { came, went }: { came?: Sql | undefined; went?: Sql | undefined },
): Sql {
  const followed = sql`
    followed as (
      insert into ${table} (location_id, user_id, ${list(key.map(({ column }) => column))})
      select ${locationId}, n.* from (${came}) n on conflict do nothing)`
  const unfollowed = sql`
    unfollowed as (
      delete from ${table} f
      using (${went}) w (user_id, ${list(key.map(({ of }) => of))})
      where f.location_id = ${locationId} and f.user_id = w.user_id and ${join(
        key.map(({ column, of }) => sql`f.${column} = w.${of}`),
        sql` and `,
      )})`
  if (!came) return unfollowed
  return went ? sql`${followed}, ${unfollowed}` : followed
}

/** Those of the users named who work in the location; none of them leaves before the commit. */
export const members = (locationId: string, userIds: readonly string[]): Sql => sql`
  members as (
    select u.user_id from location_users u
    where u.location_id = ${locationId} and u.user_id = any(${userIds}::text[])
      and u.left_at is null
    for key share)`

/** The row's followers, held until the commit: concurrent calls take their turns. */
const target = ({ table }: FollowedTable, { locationId, id }: Following) => sql`
  target as (
    select o.followers from ${table} o
    where o.location_id = ${locationId} and o.id = ${id} for no key update)`

/** Sets the followers of the target and returns its row, with those who came or went as moved. */
const setFollowers = (
  { table, version }: FollowedTable,
  { locationId, id, now }: Following,
  { followers, moved, when }: { followers: Sql; moved: Sql; when: Sql },
) => sql`
  update ${table} o
  set followers = ${followers}, updated_at = ${now}, ${version} = o.${version} + 1
  from target
  where o.location_id = ${locationId} and o.id = ${id} and ${when}
  returning o.*, ${moved} as moved`

/** The parts of the commit that keep what the followers of `changed` are found and counted by. */
function keptBy({ index, counted }: FollowedTable, locationId: string, sign: 1 | -1): Sql {
  const moved = following(index, sql`changed`, sql`moved`)
  const followed = followedAs(index, locationId, sign === 1 ? { came: moved } : { went: moved })
  return counted ? sql`${counted(locationId, sign)}, ${followed}` : followed
}

const nobody = sql`array[]::text[]`

/** The row whose followers change, and when. */
export type Following = { locationId: string; id: string; now: Date }

export type FollowersAdded = {
  followers: string[]
  followersAdded: string[]
  /** Users who are not of this location: with any of them nothing was added. */
  strangers: string[]
  /** How many would follow: above the bound nothing was added. */
  count: number
}

/** Adds followers, each once and in the order given, all or none; no row when it is not there. */
export async function addFollowers(
  db: Database,
  of: FollowedTable,
  at: Following,
  userIds: readonly string[],
): Promise<FollowersAdded | undefined> {
  const { locationId, now } = at
  const newcomers = sql`array(select n.id from newcomers n order by n.place)`
  const strangers = sql`array(
    select n.id from newcomers n
    where n.id not in (select m.user_id from members m) order by n.place)`
  const count = sql`cardinality(target.followers) + (select count(*) from newcomers)`
  const [row] = await commitChange<FollowersAdded>(db, {
    locationId,
    now,
    version: sql`changed.${of.version}`,
    with: sql`${target(of, at)}, ${members(locationId, userIds)},
      newcomers as (
        select wanted.id, wanted.place from target,
          unnest(${userIds}::text[]) with ordinality wanted (id, place)
        where wanted.id <> all(target.followers))`,
    change: setFollowers(of, at, {
      followers: sql`target.followers || ${newcomers}`,
      moved: newcomers,
      when: sql`exists (select from newcomers) and ${strangers} = '{}'
        and ${count} <= ${of.followersMax}`,
    }),
    after: keptBy(of, locationId, 1),
    events: of.events({ added: sql`changed.moved`, removed: nobody }),
    answer: sql`
      select coalesce(changed.followers, target.followers) as followers,
        coalesce(changed.moved, '{}') as "followersAdded", ${strangers} as strangers,
        ${count} as count
      from target left join changed on true`,
  })
  return row
}

export type FollowersRemoved = { followers: string[]; followersRemoved: string[] }

/** Removes these followers, or all; no row when it is not there. */
export async function removeFollowers(
  db: Database,
  of: FollowedTable,
  at: Following,
  userIds: readonly string[] | 'all',
): Promise<FollowersRemoved | undefined> {
  const leaving = userIds === 'all' ? sql`target.followers` : sql`${userIds}::text[]`
  const followersWho = (condition: Sql) => sql`array(
    select f.id from unnest(target.followers) with ordinality f (id, place)
    where ${condition} order by f.place)`
  const [row] = await commitChange<FollowersRemoved>(db, {
    locationId: at.locationId,
    now: at.now,
    version: sql`changed.${of.version}`,
    with: target(of, at),
    change: setFollowers(of, at, {
      followers: followersWho(sql`f.id <> all(${leaving})`),
      moved: followersWho(sql`f.id = any(${leaving})`),
      when: sql`target.followers && ${leaving}`,
    }),
    after: keptBy(of, at.locationId, -1),
    events: of.events({ added: nobody, removed: sql`changed.moved` }),
    answer: sql`
      select coalesce(changed.followers, target.followers) as followers,
        coalesce(changed.moved, '{}') as "followersRemoved"
      from target left join changed on true`,
  })
  return row
}

/** Adds followers, or refuses to in the words of the family. */
export async function follow(
  { db, now }: AppContext,
  of: FollowedTable,
  locationId: string,
  id: string,
  followers: readonly string[],
): Promise<Pick<FollowersAdded, 'followers' | 'followersAdded'>> {
  const added = await addFollowers(db, of, { locationId, id, now: now() }, [...new Set(followers)])
  if (!added) throw of.notFound()
  if (added.strangers.length > 0) throw of.usersNotFound(added.strangers)
  if (added.count > of.followersMax) throw of.tooMany()
  return { followers: added.followers, followersAdded: added.followersAdded }
}

/** Removes these followers, or all, or refuses to in the words of the family. */
export async function unfollow(
  { db, now }: AppContext,
  of: FollowedTable,
  locationId: string,
  id: string,
  leaving: readonly string[] | 'all' | undefined,
): Promise<FollowersRemoved> {
  if (!leaving) throw unprocessable(['followers must be an array'])
  const removed = await removeFollowers(db, of, { locationId, id, now: now() }, leaving)
  if (!removed) throw of.notFound()
  return removed
}

const followerIds = (examples: string[], description: string) =>
  Type.Array(Type.String(), { examples: [examples], description })

const staying = ['sx6wyHhbFdRXh302Lunr', 'sx6wyHhbFdRXh302LLss']
const changing = ['Mx6wyHhbFdRXh302Luer', 'Ka6wyHhbFdRXh302LLsAm']

export const FollowersBody = Strict({
  followers: followerIds(changing, 'Array of user IDs to add or remove as followers (max 10)'),
})

const followersAfter = followerIds(
  staying,
  'Current list of all follower user IDs after the operation',
)

export const FollowersAddedAnswer = Answer(
  {
    followers: followersAfter,
    followersAdded: followerIds(changing, 'User IDs that were successfully added as followers'),
  },
  { description: 'Successful response' },
)

export const FollowersRemovedAnswer = Answer(
  {
    followers: followersAfter,
    followersRemoved: followerIds(changing, 'User IDs that were successfully removed as followers'),
  },
  { description: 'Followers successfully removed.' },
)
