import type { Database } from '../../../db/database.ts'
import { join, type Sql, sql } from '../../../db/sql.ts'
import { commitChange, type EventOfChange } from '../../../events/outbox.ts'
import { membersPart } from '../../../resource/followers.ts'
import type { CustomFieldValue } from '../../custom-fields/values.ts'
import { followersUpdate } from '../events.ts'
import { opportunityLimits } from '../limits.ts'
import { deltasOf } from './counts.ts'
import { indexChanges } from './indexed.ts'
import { stageOrFirst } from './places.ts'
import { type OpportunityRow, opportunityColumns, stageAndContactJoins } from './row.ts'
import { contactOf, searchText } from './search-text.ts'

export type NewOpportunity = {
  id: string
  name: string
  pipelineId: string
  stageId: string
  contactId: string
  status: string
  lostReasonId: string | null
  monetaryValue: number
  assigneeId: string | null
  followers: readonly string[]
  source: string | null
  customFields: readonly CustomFieldValue[]
  /** `YYYY-MM-DD` */
  expectedCloseDate: string | null
  probability: number | null
  internalSource: Record<string, unknown>
  /** Whether the contact may have more opportunities in the pipeline. */
  allowsDuplicate: boolean
}

/** Followers of a new opportunity emit the event of followers that are added later. */
const followersOnCreation = {
  ...followersUpdate({ added: sql`changed.followers`, removed: sql`array[]::text[]` }),
  when: sql`cardinality(changed.followers) > 0`,
}

/**
 * Writes a new opportunity; a unique violation says that the contact has one there already.
 * Undefined when there is no such contact.
 */
export async function insertOpportunity(
  db: Database,
  locationId: string,
  o: NewOpportunity,
  now: Date,
  events: readonly EventOfChange[],
): Promise<OpportunityRow | undefined> {
  const [row] = await commitChange<OpportunityRow>(db, {
    locationId,
    now,
    version: sql`changed.index_version`,
    ...indexChanges(locationId, { after: sql`changed` }),
    change: sql`
      insert into opportunities as o (location_id, id, name, pipeline_id, pipeline_stage_id,
        contact_id, status, lost_reason_id, monetary_value, assigned_to, followers, source,
        custom_fields, forecast_expected_close_date, forecast_original_close_date,
        forecast_probability, duplicate_slot, internal_source, last_status_change_at,
        last_stage_change_at, last_action_at, created_at, updated_at, search_text)
      select f.location_id, ${o.id}, ${o.name}, ${o.pipelineId}, ${o.stageId}, f.id,
        ${o.status}, ${o.lostReasonId}, ${o.monetaryValue}::numeric, ${o.assigneeId},
        ${o.followers}::text[], ${o.source}, ${JSON.stringify(o.customFields)}::jsonb,
        ${o.expectedCloseDate}::date, ${o.expectedCloseDate}::date, ${o.probability}::numeric,
        ${o.allowsDuplicate ? o.id : ''}, ${JSON.stringify(o.internalSource)}::jsonb,
        ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz,
        ${now}::timestamptz, ${searchText(sql`${o.name}::text`)}
      ${contactOf(locationId, sql`${o.contactId}`)}
      returning o.*`,
    inserted: sql`
      select o.* from opportunities o where o.location_id = ${locationId} and o.id = ${o.id}`,
    events: [...events, followersOnCreation],
    answer: sql`select ${opportunityColumns} from changed o ${stageAndContactJoins(locationId)}`,
  })
  return row
}

/** What is to change of an opportunity; what is left out or null stays as it is. */
export type OpportunityChange = {
  /** Only compared: the contact of an opportunity does not change. */
  contactId?: string | null | undefined
  name?: string | null | undefined
  pipelineId?: string | null | undefined
  stageId?: string | null | undefined
  status?: string | null | undefined
  /** `''` removes it. */
  lostReasonId?: string | null | undefined
  monetaryValue?: number | null | undefined
  /** `''` assigns to nobody. */
  assigneeId?: string | null | undefined
  source?: string | null | undefined
  /** The fields named change, all other fields stay. */
  customFields?: readonly CustomFieldValue[] | undefined
  /** `YYYY-MM-DD`; `''` removes it. */
  expectedCloseDate?: string | null | undefined
  probability?: number | null | undefined
  followers?: FollowersChange | undefined
}

export type FollowersChange = {
  /** Removes all followers before the action. */
  removesAll: boolean
  action: 'add' | 'remove'
  userIds: readonly string[]
}

/** Why an opportunity was left as it was. */
export type Verdict = {
  refusal:
    | 'contact'
    | 'pipeline'
    | 'stage'
    | 'not-lost'
    | 'lost-reason'
    | 'duplicate'
    | 'custom-fields'
    | 'users'
    | 'followers'
    | null
  /** The opportunity that the change would duplicate. */
  existingId: string | null
  /** Users who are no members of the location. */
  strangers: string[]
}

/** The parts of a change before the row is written, in the order in which they build. */
function verdictParts(locationId: string, id: string, change: OpportunityChange): Sql {
  const { assigneeId, customFields, followers } = change
  const userIds = [...(assigneeId ? [assigneeId] : []), ...(followers?.userIds ?? [])]
  return sql`
    target as (
      select o.* from opportunities o
      where o.location_id = ${locationId} and o.id = ${id} for no key update),
    given as (
      select ${change.contactId}::text as contact_id, ${change.name}::text as name,
        ${change.pipelineId}::text as pipeline_id, ${change.stageId}::text as stage_id,
        ${change.status}::text as status, ${change.lostReasonId}::text as lost_reason_id,
        ${change.monetaryValue}::numeric as monetary_value,
        ${assigneeId}::text as assigned_to, ${change.source}::text as source,
        ${change.expectedCloseDate}::text as close_date,
        ${change.probability}::numeric as probability),
    ${membersPart(locationId, userIds)},
    wanted as (
      select coalesce(g.name, t.name) as name,
        coalesce(g.pipeline_id, t.pipeline_id) as pipeline_id,
        coalesce(g.pipeline_id <> t.pipeline_id, false) as is_moved,
        case when g.pipeline_id <> t.pipeline_id
          then (${stageOrFirst(locationId, sql`g.pipeline_id`, sql`g.stage_id`)})
          when g.stage_id <> t.pipeline_stage_id then (
            select s.id from pipeline_stages s
            where s.location_id = ${locationId} and s.pipeline_id = t.pipeline_id
              and s.id = g.stage_id)
          else t.pipeline_stage_id
        end as stage_id,
        coalesce(g.status, t.status) as status,
        case when coalesce(g.status, t.status) = 'lost'
          then nullif(coalesce(g.lost_reason_id, t.lost_reason_id), '') end as lost_reason_id,
        coalesce(g.monetary_value, t.monetary_value) as monetary_value,
        nullif(coalesce(g.assigned_to, t.assigned_to), '') as assigned_to,
        coalesce(g.source, t.source) as source,
        case when g.close_date is null then t.forecast_expected_close_date
          else nullif(g.close_date, '')::date end as close_date,
        coalesce(g.probability, t.forecast_probability) as probability,
        case when coalesce(g.name, t.name) = t.name then t.search_text else (
          select ${searchText(sql`g.name`)} ${contactOf(locationId, sql`t.contact_id`)}
        ) end as search_text,
        ${customFields ? mergedFields(customFields) : sql`t.custom_fields`} as custom_fields,
        ${followers ? followersAfter(followers) : sql`t.followers`} as followers,
        case when g.assigned_to <> '' and g.assigned_to is distinct from t.assigned_to
            and g.assigned_to not in (select m.user_id from members m)
          then array[g.assigned_to] else '{}' end
          || ${followers ? nonMembersIn(followers) : sql`array[]::text[]`} as strangers
      from target t, given g),
    others as (
      select d.id from opportunities d, target t, wanted w, locations l
      where w.is_moved and d.location_id = ${locationId} and d.contact_id = t.contact_id
        and d.pipeline_id = w.pipeline_id and l.location_id = ${locationId}
        and not l.allow_duplicate_opportunity
      limit 1),
    verdict as (
      select ${refusalSql(locationId, customFields !== undefined)} as refusal
      from target t, given g, wanted w)`
}

/** The first reason not to do what is wanted. */
const refusalSql = (locationId: string, hasCustomFields: boolean) => sql`
  case
    when g.contact_id <> t.contact_id then 'contact'
    when w.stage_id is null and w.is_moved then 'pipeline'
    when w.stage_id is null then 'stage'
    when g.lost_reason_id <> '' and w.status <> 'lost' then 'not-lost'
    when w.lost_reason_id is distinct from t.lost_reason_id and w.lost_reason_id is not null
      and not exists (
        select from lost_reasons r
        where r.location_id = ${locationId} and r.id = w.lost_reason_id and r.deleted_at is null)
      then 'lost-reason'
    when exists (select from others) then 'duplicate'
    ${hasCustomFields ? customFieldsTooLongSql : sql``}
    when w.strangers <> '{}' then 'users'
    when cardinality(w.followers) > ${opportunityLimits.followersMax} then 'followers'
  end`

/** Measured after merging; custom fields that were too long before may stay unchanged. */
const customFieldsTooLongSql = sql`
  when w.custom_fields is distinct from t.custom_fields
    and length(w.custom_fields::text) > ${opportunityLimits.customFieldsCharsMax} then 'custom-fields'`

/** The custom fields in the order in which they were first set, each with its last value, if any. */
const mergedFields = (values: readonly CustomFieldValue[]) => sql`(
  select coalesce(
    jsonb_agg(f.field order by f.place) filter (where f.field -> 'fieldValue' <> 'null'), '[]')
  from (
    select (array_agg(e.field order by e.place desc))[1] as field, min(e.place) as place
    from jsonb_array_elements(t.custom_fields || ${JSON.stringify(values)}::jsonb)
      with ordinality e (field, place)
    group by e.field ->> 'id') f)`

const keptFollowersOf = ({ removesAll }: FollowersChange) =>
  removesAll ? sql`array[]::text[]` : sql`t.followers`

function followersAfter(change: FollowersChange): Sql {
  const keptFollowers = keptFollowersOf(change)
  if (change.action === 'remove') {
    return sql`array(
      select f.id from unnest(${keptFollowers}) with ordinality f (id, place)
      where f.id <> all(${change.userIds}::text[]) order by f.place)`
  }
  return sql`${keptFollowers} || array(
    select n.id from unnest(${change.userIds}::text[]) with ordinality n (id, place)
    where n.id <> all(${keptFollowers}) order by n.place)`
}

function nonMembersIn({ action, userIds }: FollowersChange): Sql {
  if (action === 'remove') return sql`array[]::text[]`
  return sql`array(
    select n.id from unnest(${userIds}::text[]) with ordinality n (id, place)
    where n.id <> all(t.followers) and n.id not in (select m.user_id from members m)
    order by n.place)`
}

/** Updates the target, unless the verdict refuses it or nothing would change. */
const updateStatement = (locationId: string, id: string, now: Date) => sql`
  update opportunities o set name = w.name, pipeline_id = w.pipeline_id,
    pipeline_stage_id = w.stage_id, status = w.status, lost_reason_id = w.lost_reason_id,
    monetary_value = w.monetary_value, assigned_to = w.assigned_to, source = w.source,
    custom_fields = w.custom_fields, followers = w.followers,
    forecast_expected_close_date = w.close_date,
    forecast_original_close_date = coalesce(t.forecast_original_close_date, w.close_date),
    forecast_slippage_count = t.forecast_slippage_count + coalesce(slip.days, 0)::bool::int,
    forecast_days_slipped =
      least(t.forecast_days_slipped::bigint + coalesce(slip.days, 0), 2147483647),
    forecast_last_slipped_at =
      case when slip.days is null then t.forecast_last_slipped_at else ${now} end,
    forecast_probability = w.probability,
    duplicate_slot = case when not w.is_moved then t.duplicate_slot
      when l.allow_duplicate_opportunity then t.id else '' end,
    search_text = w.search_text,
    last_stage_change_at =
      case when w.stage_id = t.pipeline_stage_id then t.last_stage_change_at else ${now} end,
    last_status_change_at =
      case when w.status = t.status then t.last_status_change_at else ${now} end,
    updated_at = ${now}, index_version = t.index_version + 1
  from target t, wanted w, verdict v, locations l,
    lateral (
      select case when w.close_date > t.forecast_expected_close_date
        then w.close_date - t.forecast_expected_close_date end as days) slip
  where o.location_id = ${locationId} and o.id = ${id} and l.location_id = ${locationId}
    and v.refusal is null
    and (w.name, w.stage_id, w.status, w.lost_reason_id, w.monetary_value, w.assigned_to,
        w.source, w.custom_fields, w.followers, w.close_date, w.probability)
      is distinct from (t.name, t.pipeline_stage_id, t.status, t.lost_reason_id,
        t.monetary_value, t.assigned_to, t.source, t.custom_fields, t.followers,
        t.forecast_expected_close_date, t.forecast_probability)
  returning o.*`

/** The followers of one list who are not in the other. */
const followersWithout = (list: Sql, exceptList: Sql) => sql`array(
  select f.id from unnest(${list}) with ordinality f (id, place)
  where f.id <> all(${exceptList}) order by f.place)`

const followersBefore = sql`(select t.followers from target t)::text[]`
const addedFollowers = followersWithout(sql`changed.followers`, followersBefore)
const removedFollowers = followersWithout(followersBefore, sql`changed.followers`)

const followersChanged = {
  ...followersUpdate({ added: addedFollowers, removed: removedFollowers }),
  when: sql`${addedFollowers} <> '{}' or ${removedFollowers} <> '{}'`,
}

/**
 * Changes an opportunity, and returns its row afterwards with the verdict that says why it was not
 * changed; undefined when there is no such opportunity. An empty change writes nothing.
 */
export async function rewriteOpportunity(
  db: Database,
  locationId: string,
  id: string,
  change: OpportunityChange,
  now: Date,
  events: readonly EventOfChange[],
): Promise<(OpportunityRow & { verdict: Verdict }) | undefined> {
  const rows = { before: sql`replaced`, after: sql`changed` }
  const replaced = sql`replaced as (select t.* from target t where exists (select from changed))`
  const { appends, after } = change.followers
    ? indexChanges(locationId, rows)
    : { appends: [deltasOf(rows)] }
  const [row] = await commitChange<OpportunityRow & { verdict: Verdict }>(db, {
    locationId,
    now,
    version: sql`changed.index_version`,
    with: verdictParts(locationId, id, change),
    change: updateStatement(locationId, id, now),
    appends,
    after: after ? join([replaced, after], sql`, `) : replaced,
    events: change.followers ? [...events, followersChanged] : events,
    answer: sql`
      select ${opportunityColumns}, json_build_object('refusal', v.refusal,
        'existingId', (select d.id from others d), 'strangers', w.strangers) as verdict
      from verdict v, wanted w, (
        select * from changed
        union all select * from target where not exists (select from changed)) o
      ${stageAndContactJoins(locationId)}`,
  })
  return row
}

/** Deletes an opportunity; false when there is no such one. */
export async function removeOpportunity(
  db: Database,
  locationId: string,
  id: string,
  now: Date,
  events: readonly EventOfChange[],
): Promise<boolean> {
  const deleted = await commitChange(db, {
    locationId,
    now,
    version: sql`changed.index_version + 1`,
    change: sql`
      delete from opportunities o where o.location_id = ${locationId} and o.id = ${id}
      returning o.*`,
    ...indexChanges(locationId, { before: sql`changed` }),
    events,
    answer: sql`select from changed`,
  })
  return deleted.length > 0
}
