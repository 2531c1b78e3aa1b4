import type { Database, Queryable } from '../db/database.ts'
import { type Sql, sql } from '../db/sql.ts'
import { commitChange } from '../events/outbox.ts'
import { limits } from '../limits.ts'
import { commitCounted, countedAs } from './counts.ts'
import { followersUpdate, opportunityCreate, opportunityUpdate } from './events.ts'
import { searchTextOf } from './search-text.ts'

const contactName = sql`concat_ws(' ', c.first_name, c.last_name)`

const snippet = sql`json_build_object('id', c.id, 'name', ${contactName},
  'companyName', c.company_name, 'email', c.email, 'phone', c.phone, 'tags', c.tags,
  'score', json_build_array())`

const snippetOnCreation = sql`json_build_object('id', c.id, 'name', ${contactName},
  'email', c.email, 'phone', c.phone, 'tags', c.tags, 'followers', c.followers)`

/** An opportunity `o` with its stage `s` and contact `c`, as clients see it. */
const columns = sql`o.id, o.name, o.monetary_value as "monetaryValue",
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

const stageAndContact = (locationId: string) => sql`
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

/** What a new opportunity would stand on; null for what is not there. */
export type Place = {
  allowsDuplicate: boolean
  pipelineId: string | null
  /** The stage asked for, or the pipeline's first when there is no such one. */
  stageId: string | null
  contactId: string | null
  assigneeId: string | null
  /** An opportunity that the contact already has in the pipeline. */
  existingId: string | null
}

export type PlaceWanted = {
  pipelineId: string
  stageId: string | null
  contactId: string
  assigneeId: string | null
}

export async function findPlace(
  db: Queryable,
  locationId: string,
  wanted: PlaceWanted,
): Promise<Place | undefined> {
  const [place] = await db.query<Place>(sql`
    select l.allow_duplicate_opportunity as "allowsDuplicate", p.id as "pipelineId",
      (select s.id from pipeline_stages s
        where s.location_id = ${locationId} and s.pipeline_id = ${wanted.pipelineId}
          and s.removed_at is null
        order by coalesce(s.id = ${wanted.stageId}, false) desc, s.position limit 1) as "stageId",
      c.id as "contactId", u.user_id as "assigneeId",
      (select d.id from opportunities d
        where d.location_id = ${locationId} and d.contact_id = ${wanted.contactId}
          and d.pipeline_id = ${wanted.pipelineId} limit 1) as "existingId"
    from locations l
    left join pipelines p on p.location_id = ${locationId} and p.id = ${wanted.pipelineId}
      and p.deleted_at is null
    left join contacts c on c.location_id = ${locationId} and c.id = ${wanted.contactId}
    left join location_users u
      on u.location_id = ${locationId} and u.user_id = ${wanted.assigneeId}
        and u.left_at is null
    where l.location_id = ${locationId}`)
  return place
}

export type NewOpportunity = {
  id: string
  name: string
  pipelineId: string
  stageId: string
  contactId: string
  status: string
  monetaryValue: number
  assigneeId: string | null
  source: string | null
  customFields: { id: string; fieldValue: unknown }[]
  /** `YYYY-MM-DD` */
  expectedCloseDate: string | null
  probability: number | null
  internalSource: Record<string, unknown>
  /** Whether the contact may have others in the pipeline. */
  allowsDuplicate: boolean
}

export async function insertOpportunity<Row>(
  db: Database,
  locationId: string,
  o: NewOpportunity,
  now: Date,
): Promise<Row | undefined> {
  const [row] = await commitCounted<Row>(db, {
    locationId,
    now,
    version: sql`changed.index_version`,
    after: countedAs(locationId, { after: sql`changed` }),
    change: sql`
      insert into opportunities (location_id, id, name, pipeline_id, pipeline_stage_id,
        contact_id, status, monetary_value, assigned_to, source, custom_fields,
        forecast_expected_close_date, forecast_original_close_date, forecast_probability,
        duplicate_slot, internal_source, last_status_change_at, last_stage_change_at,
        last_action_at, created_at, updated_at, search_text)
      values (${locationId}, ${o.id}, ${o.name}, ${o.pipelineId}, ${o.stageId}, ${o.contactId},
        ${o.status}, ${o.monetaryValue}, ${o.assigneeId}, ${o.source},
        ${JSON.stringify(o.customFields)}, ${o.expectedCloseDate}, ${o.expectedCloseDate},
        ${o.probability}, ${o.allowsDuplicate ? o.id : ''}, ${JSON.stringify(o.internalSource)},
        ${now}, ${now}, ${now}, ${now}, ${now},
        (${searchTextOf(locationId, sql`${o.name}::text`, sql`${o.contactId}`)}))
      returning *`,
    events: [opportunityCreate, opportunityUpdate],
    answer: sql`
      select ${columns}, ${snippetOnCreation} as contact, false as "isAttribute",
        o.internal_source as "internalSource"
      from changed o ${stageAndContact(locationId)}`,
  })
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
  const [row] = await commitChange<FollowersAdded>(db, {
    locationId,
    now,
    version: sql`changed.index_version`,
    with: sql`${target(locationId, id)},
      members as (
        select u.user_id from location_users u
        where u.location_id = ${locationId} and u.user_id = any(${userIds}::text[])
          and u.left_at is null
        for key share),
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
  const [row] = await commitChange<FollowersRemoved>(db, {
    locationId,
    now,
    version: sql`changed.index_version`,
    with: target(locationId, id),
    change: setFollowers(locationId, id, now, {
      followers: those(sql`f.id <> all(${leaving})`),
      moved: those(sql`f.id = any(${leaving})`),
      when: sql`target.followers && ${leaving}`,
    }),
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
