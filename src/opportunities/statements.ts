import type { Database, Queryable } from '../db/database.ts'
import { type Sql, sql } from '../db/sql.ts'
import { limits } from '../limits.ts'
import { commitCounted, followersCounted } from './counts.ts'
import { followersUpdate, opportunityUpdate } from './events.ts'
import { followedAs, following } from './followed.ts'

export const contactName = sql`concat_ws(' ', c.first_name, c.last_name)`

/** The contact `c` as an opportunity shows it. */
export const snippet = sql`json_build_object('id', c.id, 'name', ${contactName},
  'companyName', c.company_name, 'email', c.email, 'phone', c.phone, 'tags', c.tags,
  'score', json_build_array())`

export const snippetOnCreation = sql`json_build_object('id', c.id, 'name', ${contactName},
  'email', c.email, 'phone', c.phone, 'tags', c.tags, 'followers', c.followers)`

/** An opportunity `o` with its stage `s` and contact `c`, as clients see it. */
export const columns = sql`o.id, o.name, o.monetary_value as "monetaryValue",
  o.pipeline_id as "pipelineId", o.pipeline_stage_id as "pipelineStageId",
  o.pipeline_stage_id as "pipelineStageUId", o.assigned_to as "assignedTo", o.status, o.source,
  o.last_status_change_at as "lastStatusChangeAt", o.last_stage_change_at as "lastStageChangeAt",
  o.last_action_at as "lastActionDate", o.index_version as "indexVersion",
  o.created_at as "createdAt", o.updated_at as "updatedAt",
  o.forecast_expected_close_date as "forecastExpectedCloseDate",
  o.forecast_original_close_date as "forecastOriginalCloseDate",
  o.forecast_slippage_count as "forecastSlippageCount",
  o.forecast_days_slipped as "forecastDaysSlipped",
  o.forecast_last_slipped_at as "forecastLastSlippedAt",
  o.forecast_probability as "forecastProbability",
  coalesce(o.forecast_probability, s.stage_win_probability) as "effectiveProbability",
  o.contact_id as "contactId", o.location_id as "locationId", o.custom_fields as "customFields",
  o.lost_reason_id as "lostReasonId", o.followers, o.attributions,
  json_build_array(json_build_object(
    'associationId', 'OPPORTUNITIES_CONTACTS_ASSOCIATION', 'relationId', o.id, 'primary', true,
    'objectKey', 'contact', 'recordId', c.id, 'fullName', ${contactName},
    'contactName', ${contactName}, 'companyName', c.company_name, 'email', c.email,
    'phone', c.phone, 'tags', c.tags, 'attributed', null)) as relations`

export const stageAndContact = (locationId: string) => sql`
  join pipeline_stages s on s.location_id = ${locationId} and s.id = o.pipeline_stage_id
  join contacts c on c.location_id = ${locationId} and c.id = o.contact_id`

export async function findOpportunity<Row>(
  db: Queryable,
  locationId: string,
  id: string,
): Promise<Row | undefined> {
  const [row] = await db.query<Row>(sql`
    select ${columns}, ${snippet} as contact
    from opportunities o ${stageAndContact(locationId)}
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
