-- Every statement as it is sent; of the code dc58125639729569

-- src/events/appended-rows.ts
insert into outbox (location_id, id, type, version, payload, created_at)
values ($1, $2, $3, $4, $5, $6);

-- src/events/clock.ts
select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms;

-- src/events/outbox.ts
with changed as (
    select * from contacts where location_id = $1 and id = $2)
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array(true),
    'payloads', json_build_array((jsonb_build_object(
'locationId', changed.location_id,
'id', changed.id,
'address1', changed.address1,
'city', changed.city,
'state', changed.state,
'companyName', changed.company_name,
'country', changed.country,
'source', changed.source,
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
'dateOfBirth', to_char(changed.date_of_birth, 'YYYY-MM-DD"T00:00:00.000Z"'),
'dnd', coalesce(changed.dnd, false),
'email', changed.email,
'name', nullif(concat_ws(' ', changed.first_name, changed.last_name), ''),
'firstName', changed.first_name,
'lastName', changed.last_name,
'phone', changed.phone,
'postalCode', changed.postal_code,
'tags', changed.tags,
'website', changed.website,
'attachments', '[]'::jsonb,
'assignedTo', changed.assigned_to,
'customFields', (
  select coalesce(jsonb_agg(jsonb_build_object('id', f.key, 'value', f.value)), '[]')
  from jsonb_each(changed.custom_fields) f)))::text)) ),
  'appends', json_build_array()) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (select c.id, c.location_id as "locationId", c.type,
c.first_name as "firstName", c.last_name as "lastName", c.email, c.phone,
c.phone_label as "phoneLabel", c.additional_emails as "additionalEmails",
c.additional_phones as "additionalPhones", c.company_name as "companyName",
c.business_id as "businessId", c.address1, c.city, c.state, c.postal_code as "postalCode",
c.country, c.timezone, c.website, c.gender, c.date_of_birth as "dateOfBirth", c.source, c.tags,
c.assigned_to as "assignedTo", c.followers, c.dnd, c.dnd_settings as "dndSettings",
c.inbound_dnd_settings as "inboundDndSettings", c.custom_fields as "customFields",
c.attribution_source as "attributionSource",
c.last_attribution_source as "lastAttributionSource", c.created_by as "createdBy",
c.last_updated_by as "lastUpdatedBy", c.valid_email as "validEmail",
c.valid_email_date as "validEmailDate", c.bounce_email as "bounceEmail",
c.unsubscribe_email as "unsubscribeEmail",
c.last_session_activity_at as "lastSessionActivityAt", c.created_at as "dateAdded",
c.updated_at as "dateUpdated", c.index_version as version from changed c) said) answer on true;

-- src/events/outbox.ts
with changed as (
    select l.*, l.location_id as id from locations l where l.location_id = $1)
  select json_build_object(
  'emitted', json_agg(json_build_object('version', 0, 'told', json_build_array(true),
    'payloads', json_build_array((jsonb_build_object(
'id', changed.location_id,
'companyId', changed.company_id,
'name', changed.name,
'email', changed.email))::text)) order by changed.id),
  'appends', json_build_array()) as changed
  from changed having count(*) > 0;

-- src/events/outbox.ts
with changed as (
    select o.* from opportunities o where o.location_id = $1 and o.id = $2)
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array(true, true, cardinality(changed.followers) > 0),
    'payloads', json_build_array((jsonb_build_object(
'locationId', changed.location_id,
'id', changed.id,
'assignedTo', changed.assigned_to,
'contactId', changed.contact_id,
'monetaryValue', changed.monetary_value,
'name', changed.name,
'pipelineId', changed.pipeline_id,
'pipelineStageId', changed.pipeline_stage_id,
'source', changed.source,
'status', changed.status,
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text, (jsonb_build_object(
'locationId', changed.location_id,
'id', changed.id,
'assignedTo', changed.assigned_to,
'contactId', changed.contact_id,
'monetaryValue', changed.monetary_value,
'name', changed.name,
'pipelineId', changed.pipeline_id,
'pipelineStageId', changed.pipeline_stage_id,
'source', changed.source,
'status', changed.status,
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text, case when cardinality(changed.followers) > 0 then (jsonb_build_object(
'locationId', changed.location_id,
'id', changed.id,
'assignedTo', changed.assigned_to,
'contactId', changed.contact_id,
'monetaryValue', changed.monetary_value,
'name', changed.name,
'pipelineId', changed.pipeline_id,
'pipelineStageId', changed.pipeline_stage_id,
'source', changed.source,
'status', changed.status,
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) || jsonb_build_object(
  'followers', changed.followers,
  'followersAdded', changed.followers,
  'followersRemoved', array[]::text[]))::text end)) ),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $3 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $4::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r), (
select coalesce(json_agg(json_build_array(to_jsonb(r.user_id) #>> '{}', to_jsonb(r.created_at) #>> '{}', to_jsonb(r.contact_id) #>> '{}', to_jsonb(r.opportunity_id) #>> '{}')), '[]')
from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r))) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (select o.id, o.name, o.monetary_value as "monetaryValue",
o.pipeline_id as "pipelineId", o.pipeline_stage_id as "pipelineStageId",
o.assigned_to as "assignedTo", o.status, o.source,
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
concat_ws(' ', c.first_name, c.last_name) as "contactName", c.company_name as "contactCompany", c.email as "contactEmail",
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource" from changed o
join pipeline_stages s on s.location_id = $5 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $6 and c.id = o.contact_id) said) answer on true;

-- src/events/outbox.ts
with changed as (
    select o.* from opportunities o where o.location_id = $1 and o.id = $2)
  select json_build_object(
  'emitted', json_agg(json_build_object('version', 0, 'told', json_build_array(),
    'payloads', json_build_array()) order by changed.id),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $3 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $4::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r), (
select coalesce(json_agg(json_build_array(to_jsonb(r.user_id) #>> '{}', to_jsonb(r.created_at) #>> '{}', to_jsonb(r.contact_id) #>> '{}', to_jsonb(r.opportunity_id) #>> '{}')), '[]')
from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r))) as changed
  from changed having count(*) > 0;

-- src/events/outbox.ts
with changed as (
  select o.* from opportunities o
  where o.location_id = $1 and o.id = any($2::text[]))
  select json_build_object(
  'emitted', json_agg(json_build_object('version', 0, 'told', json_build_array(),
    'payloads', json_build_array()) order by changed.id),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $3 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $4::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r), (
select coalesce(json_agg(json_build_array(to_jsonb(r.user_id) #>> '{}', to_jsonb(r.created_at) #>> '{}', to_jsonb(r.contact_id) #>> '{}', to_jsonb(r.opportunity_id) #>> '{}')), '[]')
from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r))) as changed
  from changed having count(*) > 0;

-- src/events/trace.ts
select e.type, e.location_id as "locationId", e.id from outbox e
where e.location_id = any($1::text[]) and e.id = any($2::text[])
order by e.location_id, e.id;
