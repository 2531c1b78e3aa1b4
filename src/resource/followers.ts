import { Type } from 'typebox'
import type { AppContext } from '../context.ts'
import type { Database } from '../db/database.ts'
import { allOf, join, type Sql, sql } from '../db/sql.ts'
import type { AppendedRows, RowsTarget } from '../events/appended-rows.ts'
import { commitChange, type DerivedChanges, type EventOfChange } from '../events/outbox.ts'
import { type ApiError, unprocessable } from '../http/errors.ts'
import { Answer, Strict } from '../http/shapes.ts'

/** Who follows a row: `followers text[]` on the row itself, in the order of following. */
export type FollowedTable = {
  table: Sql
  index: FollowerIndex
  /** A condition on a row `o` that is there; left out, every row is. */
  isPresent?: Sql
  /** Users who may follow one row. */
  followersMax: number
  /** The column that counts the changes of a row: its events are in this order. */
  version: Sql
  /** The rows that count the users in `moved`, a column of `changed`. */
  deltas?: (sign: 1 | -1) => AppendedRows
  /** The events of a change; both lists are text[]. */
  events: (moved: { added: Sql; removed: Sql }) => readonly EventOfChange[]
  notFound: () => ApiError
  usersNotFound: (ids: readonly string[]) => ApiError
  tooMany: () => ApiError
}

/** A table with one row for each follower of each row; searches read in it what a user follows. */
export type FollowerIndex = {
  table: Sql
  /** After `user_id`, in the order of time: the column, and the column of the row followed. */
  key: readonly { column: Sql; sourceColumn: Sql }[]
  /** The column of the id, which is the last of the key. */
  id: Sql
}

/** The users in `column`, an array of the rows `o`, as rows of the index. */
export const followerIndexRows = (
  { key }: FollowerIndex,
  o: Sql,
  column: Sql = sql`followers`,
): Sql => sql`
  select f.user_id, ${commaList(key.map(({ sourceColumn }) => sql`o.${sourceColumn}`))}
  from ${o} o cross join lateral unnest(o.${column}) f (user_id)`

const commaList = (parts: readonly Sql[]): Sql => join(parts, sql`, `)

/** Where rows of the index are added. */
export const followerIndexTarget = ({ table, key }: FollowerIndex): RowsTarget => ({
  table,
  columns: [sql`user_id`, ...key.map(({ column }) => column)],
  onConflict: sql`on conflict do nothing`,
})

/**
 * What keeps the index: the rows of users who were `added`, and of those who were `removed`. Two
 * concurrent changes may leave a row behind; searches find by the followed row itself that it is
 * stale.
 */
export function followerIndexChanges(
  index: FollowerIndex,
  locationId: string,
  { added, removed }: { added?: Sql | undefined; removed?: Sql | undefined },
): DerivedChanges {
  const { table, key } = index
  const target = followerIndexTarget(index)
  const followed = added && {
    ...target,
    part: sql`followed`,
    rows: sql`select * from (${added}) n (${commaList(target.columns)})`,
  }
  const unfollowed =
    removed &&
    sql`
    unfollowed as (
      delete from ${table} f
      using (${removed}) w (user_id, ${commaList(key.map(({ sourceColumn }) => sourceColumn))})
      where f.location_id = ${locationId} and f.user_id = w.user_id and ${allOf(
        ...key.map(({ column, sourceColumn }) => sql`f.${column} = w.${sourceColumn}`),
      )})`
  return { appends: followed ? [followed] : [], after: unfollowed }
}

/** Whether a row `o` is followed by a user, or assigned to them: each is found by its own index. */
export const isOfUser = (
  { table, index }: Pick<FollowedTable, 'table' | 'index'>,
  { locationId, userId }: { locationId: string; userId: string },
): Sql => sql`
  o.location_id = ${locationId} and o.id in (
    select a.id from ${table} a
    where a.location_id = ${locationId} and a.assigned_to = ${userId}
    union all
    select f.${index.id} from ${index.table} f
    where f.location_id = ${locationId} and f.user_id = ${userId})
  and (o.assigned_to = ${userId} or o.followers @> array[${userId}]::text[])`

/** The members among the users named, locked so that none of them leaves before the commit. */
export const membersPart = (locationId: string, userIds: readonly string[]): Sql => sql`
  members as (
    select u.user_id from location_users u
    where u.location_id = ${locationId} and u.user_id = any(${userIds}::text[])
      and u.left_at is null
    for key share)`

/** The row's followers, locked until the commit, so that concurrent calls wait for one another. */
const lockedTarget = ({ table, isPresent }: FollowedTable, { locationId, id }: FollowedRow) => sql`
  target as (
    select o.followers from ${table} o
    where ${allOf(sql`o.location_id = ${locationId}`, sql`o.id = ${id}`, isPresent)}
    for no key update)`

/** Sets the followers of the target and returns its row, with those added or removed as `moved`. */
const setFollowers = (
  { table, version }: FollowedTable,
  { locationId, id, now }: FollowedRow,
  { followers, moved, when }: { followers: Sql; moved: Sql; when: Sql },
) => sql`
  update ${table} o
  set followers = ${followers}, updated_at = ${now}, ${version} = o.${version} + 1
  from target
  where o.location_id = ${locationId} and o.id = ${id} and ${when}
  returning o.*, ${moved} as moved`

/** What keeps the index of followers, and the counts where there are any. */
function derivedChanges(
  { index, deltas }: FollowedTable,
  locationId: string,
  sign: 1 | -1,
): DerivedChanges {
  const moved = followerIndexRows(index, sql`changed`, sql`moved`)
  const { appends = [], after } = followerIndexChanges(
    index,
    locationId,
    sign === 1 ? { added: moved } : { removed: moved },
  )
  return { appends: deltas ? [deltas(sign), ...appends] : appends, after }
}

const noUsers = sql`array[]::text[]`

/** The row whose followers change, and when. */
export type FollowedRow = { locationId: string; id: string; now: Date }

export type FollowersAdded = {
  followers: string[]
  followersAdded: string[]
  /** Non-members of the location; if there are any, nobody was added. */
  strangers: string[]
  /** How many would follow; above the bound, nobody was added. */
  count: number
}

/** Adds followers once each, in order, all or none; undefined when there is no such row. */
export async function addFollowers(
  db: Database,
  table: FollowedTable,
  target: FollowedRow,
  userIds: readonly string[],
): Promise<FollowersAdded | undefined> {
  const { locationId, now } = target
  const newcomers = sql`array(select n.id from newcomers n order by n.place)`
  const nonMembers = sql`array(
    select n.id from newcomers n
    where n.id not in (select m.user_id from members m) order by n.place)`
  const count = sql`cardinality(target.followers) + (select count(*) from newcomers)`
  const [row] = await commitChange<FollowersAdded>(db, {
    locationId,
    now,
    version: sql`changed.${table.version}`,
    with: sql`${lockedTarget(table, target)}, ${membersPart(locationId, userIds)},
      newcomers as (
        select wanted.id, wanted.place from target,
          unnest(${userIds}::text[]) with ordinality wanted (id, place)
        where wanted.id <> all(target.followers))`,
    change: setFollowers(table, target, {
      followers: sql`target.followers || ${newcomers}`,
      moved: newcomers,
      when: sql`exists (select from newcomers) and ${nonMembers} = '{}'
        and ${count} <= ${table.followersMax}`,
    }),
    ...derivedChanges(table, locationId, 1),
    events: table.events({ added: sql`changed.moved`, removed: noUsers }),
    answer: sql`
      select coalesce(changed.followers, target.followers) as followers,
        coalesce(changed.moved, '{}') as "followersAdded", ${nonMembers} as strangers,
        ${count} as count
      from target left join changed on true`,
  })
  return row
}

export type FollowersRemoved = { followers: string[]; followersRemoved: string[] }

/** Removes these followers, or all; undefined when there is no such row. */
export async function removeFollowers(
  db: Database,
  table: FollowedTable,
  target: FollowedRow,
  userIds: readonly string[] | 'all',
): Promise<FollowersRemoved | undefined> {
  const removedIds = userIds === 'all' ? sql`target.followers` : sql`${userIds}::text[]`
  const followersWho = (condition: Sql) => sql`array(
    select f.id from unnest(target.followers) with ordinality f (id, place)
    where ${condition} order by f.place)`
  const [row] = await commitChange<FollowersRemoved>(db, {
    locationId: target.locationId,
    now: target.now,
    version: sql`changed.${table.version}`,
    with: lockedTarget(table, target),
    change: setFollowers(table, target, {
      followers: followersWho(sql`f.id <> all(${removedIds})`),
      moved: followersWho(sql`f.id = any(${removedIds})`),
      when: sql`target.followers && ${removedIds}`,
    }),
    ...derivedChanges(table, target.locationId, -1),
    events: table.events({ added: noUsers, removed: sql`changed.moved` }),
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
  table: FollowedTable,
  locationId: string,
  id: string,
  followers: readonly string[],
): Promise<Pick<FollowersAdded, 'followers' | 'followersAdded'>> {
  const added = await addFollowers(db, table, { locationId, id, now: now() }, [
    ...new Set(followers),
  ])
  if (!added) throw table.notFound()
  if (added.strangers.length > 0) throw table.usersNotFound(added.strangers)
  if (added.count > table.followersMax) throw table.tooMany()
  return { followers: added.followers, followersAdded: added.followersAdded }
}

/** Removes these followers, or all, or refuses to in the words of the family. */
export async function unfollow(
  { db, now }: AppContext,
  table: FollowedTable,
  locationId: string,
  id: string,
  userIds: readonly string[] | 'all' | undefined,
): Promise<FollowersRemoved> {
  if (!userIds) throw unprocessable(['followers must be an array'])
  const removed = await removeFollowers(db, table, { locationId, id, now: now() }, userIds)
  if (!removed) throw table.notFound()
  return removed
}

const followerIds = (examples: string[], description: string) =>
  Type.Array(Type.String(), { examples: [examples], description })

const exampleFollowers = ['sx6wyHhbFdRXh302Lunr', 'sx6wyHhbFdRXh302LLss']
const exampleUserIds = ['Mx6wyHhbFdRXh302Luer', 'Ka6wyHhbFdRXh302LLsAm']

export const FollowersBody = Strict({
  followers: followerIds(
    exampleUserIds,
    'Array of user IDs to add or remove as followers (max 10)',
  ),
})

const followersAfter = followerIds(
  exampleFollowers,
  'Current list of all follower user IDs after the operation',
)

export const FollowersAddedAnswer = Answer(
  {
    followers: followersAfter,
    followersAdded: followerIds(
      exampleUserIds,
      'User IDs that were successfully added as followers',
    ),
  },
  { description: 'Successful response' },
)

export const FollowersRemovedAnswer = Answer(
  {
    followers: followersAfter,
    followersRemoved: followerIds(
      exampleUserIds,
      'User IDs that were successfully removed as followers',
    ),
  },
  { description: 'Followers successfully removed.' },
)
