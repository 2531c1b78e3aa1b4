-- Every statement as it is sent; of the code 7c929debd5c49617

-- src/resource/resource.ts
insert into lost_reasons as r (location_id, id, created_at, updated_at , name, name_key)
values ($1, $2, $3, $4 , $5, $6)
returning r.id, r.location_id, r.created_at, r.updated_at, r.name;

-- src/resource/resource.ts
select count(*) as total from lost_reasons r where r.location_id = $1 and (r.deleted_at is not null) = $2;

-- src/resource/resource.ts
select r.id, r.location_id, r.created_at, r.updated_at, r.name from lost_reasons r where r.location_id = $1 and (r.deleted_at is not null) = $2 order by r.created_at, r.id limit $3 offset $4;

-- src/resource/resource.ts
update lost_reasons r set deleted_at = $1, updated_at = $2 where r.location_id = $3 and r.id = $4 and r.deleted_at is null returning r.id, r.location_id, r.created_at, r.updated_at, r.name;

-- src/resource/resource.ts
update lost_reasons r set updated_at = $1 , name = $2, name_key = $3
where r.location_id = $4 and r.id = $5 and r.deleted_at is null
returning r.id, r.location_id, r.created_at, r.updated_at, r.name;

-- src/resource/search/page.ts
select count(*)::int as total from (
    select
  from opportunities o
  where o.location_id = $1 and (case
    when jsonb_typeof(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $2::text))) = 'number' then case
      when (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $3::text)) #>> '{}')::numeric between -62135596800000 and 253402300799999
      then to_char(to_timestamp((jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $4::text)) #>> '{}')::float8 / 1000) at time zone 'UTC', 'YYYY-MM-DD') end
    when (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $5::text)) #>> '{}') ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then left((jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $6::text)) #>> '{}'), 10) end collate "C" <= $7::text)
    limit $8::bigint) found;

-- src/resource/search/page.ts
select count(*)::int as total from (
    select
  from opportunities o
  where o.location_id = $1 and (case when jsonb_typeof(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $2::text))) = 'number' or (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $3::text)) #>> '{}') ~ '^-?[0-9]{1,40}(\.[0-9]{1,40})?$'
    then (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $4::text)) #>> '{}')::numeric end >= $5::numeric and case when jsonb_typeof(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $6::text))) = 'number' or (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $7::text)) #>> '{}') ~ '^-?[0-9]{1,40}(\.[0-9]{1,40})?$'
    then (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $8::text)) #>> '{}')::numeric end < $9::numeric)
    limit $10::bigint) found;

-- src/resource/search/page.ts
select count(*)::int as total from (
    select
  from opportunities o
  where o.location_id = $1 and (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $2::text)) ?| $3::text[])
    limit $4::bigint) found;

-- src/resource/search/page.ts
select count(*)::int as total from (
    select
  from opportunities o
  where o.location_id = $1 and (lower(regexp_replace(normalize((jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $2::text)) ->> $3::text), nfd), '[\u0300-\u036f]', '', 'g')) like '%' || lower(regexp_replace(normalize($4::text, nfd), '[\u0300-\u036f]', '', 'g')) || '%' and coalesce(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $5::text)), 'null') not in ('null', '""', '[]', '{}'))
    limit $6::bigint) found;

-- src/resource/search/page.ts
select count(*)::int as total from (
    select
from (
select distinct f.created_at, f.contact_id, f.opportunity_id from opportunity_followers f where f.location_id = $1 and f.user_id = any($2::text[])
order by f.created_at desc, f.contact_id desc, f.opportunity_id desc) f
join opportunities o on o.location_id = $3
  and o.id = f.opportunity_id
where nullif(o.followers && $4::text[], false) is not null
  and true
    limit $5::bigint) found;

-- src/resource/search/page.ts
select count(*)::int as total from (
    select
from (select f.created_at, f.contact_id, f.opportunity_id from opportunity_followers f where f.location_id = $1 and f.user_id = $2) f
join opportunities o on o.location_id = $3
  and o.id = f.opportunity_id
where nullif(o.followers && $4::text[], false) is not null
  and (o.monetary_value = any($5::numeric[]))
    limit $6::bigint) found;

-- src/resource/search/page.ts
select count(*)::int as total from (
  select
from opportunities o
where o.location_id = $1 and (o.search_text like '%' || lower(regexp_replace(normalize($2::text, nfd), '[\u0300-\u036f]', '', 'g')) || '%' and (select upper(l.country) from locations l where l.location_id = $3) = $4)
  limit $5::bigint) found;

-- src/resource/search/page.ts
select count(*)::int as total from (
  select
from opportunities o join contacts c on c.location_id = $1 and c.id = o.contact_id
where o.location_id = $2 and ((lower(regexp_replace(normalize(c.email, nfd), '[\u0300-\u036f]', '', 'g')) like '%' || lower(regexp_replace(normalize($3::text, nfd), '[\u0300-\u036f]', '', 'g')) || '%') is not true and o.pipeline_id = $4 and lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) = any(array(
  select lower(regexp_replace(normalize(v.value, nfd), '[\u0300-\u036f]', '', 'g')) from unnest($5::text[]) v (value))))
  limit $6::bigint) found;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (case
      when jsonb_typeof(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $2::text))) = 'number' then case
        when (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $3::text)) #>> '{}')::numeric between -62135596800000 and 253402300799999
        then to_char(to_timestamp((jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $4::text)) #>> '{}')::float8 / 1000) at time zone 'UTC', 'YYYY-MM-DD') end
      when (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $5::text)) #>> '{}') ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then left((jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $6::text)) #>> '{}'), 10) end collate "C" <= $7::text)
  order by o.created_at desc, o.contact_id desc, o.id desc limit $8 offset $9)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $10 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $11 and c.id = o.contact_id
  order by o.created_at desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (case
      when jsonb_typeof(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $2::text))) = 'number' then case
        when (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $3::text)) #>> '{}')::numeric between -62135596800000 and 253402300799999
        then to_char(to_timestamp((jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $4::text)) #>> '{}')::float8 / 1000) at time zone 'UTC', 'YYYY-MM-DD') end
      when (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $5::text)) #>> '{}') ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then left((jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $6::text)) #>> '{}'), 10) end collate "C" <= $7::text) and (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" > lower(regexp_replace(normalize($8::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" or (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" = lower(regexp_replace(normalize($9::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" and (o.monetary_value < $10::numeric or (o.monetary_value = $11::numeric and (o.contact_id < $12::text or (o.contact_id = $13::text and (o.id < $14::text or (o.id = $15::text and false))))))))
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $16 offset $17)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $18 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $19 and c.id = o.contact_id
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (case when jsonb_typeof(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $2::text))) = 'number' or (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $3::text)) #>> '{}') ~ '^-?[0-9]{1,40}(\.[0-9]{1,40})?$'
      then (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $4::text)) #>> '{}')::numeric end >= $5::numeric and case when jsonb_typeof(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $6::text))) = 'number' or (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $7::text)) #>> '{}') ~ '^-?[0-9]{1,40}(\.[0-9]{1,40})?$'
      then (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $8::text)) #>> '{}')::numeric end < $9::numeric)
  order by o.created_at desc, o.contact_id desc, o.id desc limit $10 offset $11)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $12 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $13 and c.id = o.contact_id
  order by o.created_at desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (case when jsonb_typeof(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $2::text))) = 'number' or (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $3::text)) #>> '{}') ~ '^-?[0-9]{1,40}(\.[0-9]{1,40})?$'
      then (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $4::text)) #>> '{}')::numeric end >= $5::numeric and case when jsonb_typeof(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $6::text))) = 'number' or (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $7::text)) #>> '{}') ~ '^-?[0-9]{1,40}(\.[0-9]{1,40})?$'
      then (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $8::text)) #>> '{}')::numeric end < $9::numeric) and (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" > lower(regexp_replace(normalize($10::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" or (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" = lower(regexp_replace(normalize($11::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" and (o.monetary_value < $12::numeric or (o.monetary_value = $13::numeric and (o.contact_id < $14::text or (o.contact_id = $15::text and (o.id < $16::text or (o.id = $17::text and false))))))))
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $18 offset $19)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $20 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $21 and c.id = o.contact_id
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $2::text)) ?| $3::text[])
  order by o.created_at desc, o.contact_id desc, o.id desc limit $4 offset $5)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $6 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $7 and c.id = o.contact_id
  order by o.created_at desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $2::text)) ?| $3::text[]) and (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" > lower(regexp_replace(normalize($4::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" or (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" = lower(regexp_replace(normalize($5::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" and (o.monetary_value < $6::numeric or (o.monetary_value = $7::numeric and (o.contact_id < $8::text or (o.contact_id = $9::text and (o.id < $10::text or (o.id = $11::text and false))))))))
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $12 offset $13)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $14 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $15 and c.id = o.contact_id
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (lower(regexp_replace(normalize((jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $2::text)) ->> $3::text), nfd), '[\u0300-\u036f]', '', 'g')) like '%' || lower(regexp_replace(normalize($4::text, nfd), '[\u0300-\u036f]', '', 'g')) || '%' and coalesce(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $5::text)), 'null') not in ('null', '""', '[]', '{}'))
  order by o.created_at desc, o.contact_id desc, o.id desc limit $6 offset $7)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $8 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $9 and c.id = o.contact_id
  order by o.created_at desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (lower(regexp_replace(normalize((jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $2::text)) ->> $3::text), nfd), '[\u0300-\u036f]', '', 'g')) like '%' || lower(regexp_replace(normalize($4::text, nfd), '[\u0300-\u036f]', '', 'g')) || '%' and coalesce(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $5::text)), 'null') not in ('null', '""', '[]', '{}')) and (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" > lower(regexp_replace(normalize($6::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" or (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" = lower(regexp_replace(normalize($7::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" and (o.monetary_value < $8::numeric or (o.monetary_value = $9::numeric and (o.contact_id < $10::text or (o.contact_id = $11::text and (o.id < $12::text or (o.id = $13::text and false))))))))
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $14 offset $15)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $16 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $17 and c.id = o.contact_id
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (o.pipeline_id = $2)
  order by o.created_at desc, o.contact_id desc, o.id desc limit $3 offset $4)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $5 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $6 and c.id = o.contact_id
  order by o.created_at desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (o.pipeline_id = $2) and (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" > lower(regexp_replace(normalize($3::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" or (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" = lower(regexp_replace(normalize($4::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" and (o.monetary_value < $5::numeric or (o.monetary_value = $6::numeric and (o.contact_id < $7::text or (o.contact_id = $8::text and (o.id < $9::text or (o.id = $10::text and false))))))))
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $11 offset $12)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $13 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $14 and c.id = o.contact_id
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (o.search_text like '%' || lower(regexp_replace(normalize($2::text, nfd), '[\u0300-\u036f]', '', 'g')) || '%' and (select upper(l.country) from locations l where l.location_id = $3) = $4)
  order by o.created_at desc, o.contact_id desc, o.id desc limit $5 offset $6)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $7 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $8 and c.id = o.contact_id
  order by o.created_at desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and true
  order by o.created_at asc, o.contact_id asc, o.id asc limit $2 offset $3)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $4 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $5 and c.id = o.contact_id
  order by o.created_at asc, o.contact_id asc, o.id asc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and true and (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C", o.contact_id, o.id) <
    (lower(regexp_replace(normalize($2::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C", $3, $4)
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" desc, o.contact_id desc, o.id desc limit $5 offset $6)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $7 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $8 and c.id = o.contact_id
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and true and (o.created_at, o.contact_id, o.id) >
    ($2::timestamptz, coalesce((
  select r.contact_id from opportunities r where r.location_id = $3 and r.id = $4),
  $5), coalesce((
  select r.id from opportunities r where r.location_id = $6 and r.id = $7),
  $8))
  order by o.created_at asc, o.contact_id asc, o.id asc limit $9 offset $10)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $11 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $12 and c.id = o.contact_id
  order by o.created_at asc, o.contact_id asc, o.id asc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o join contacts c on c.location_id = $1 and c.id = o.contact_id
    where o.location_id = $2 and ((lower(regexp_replace(normalize(c.email, nfd), '[\u0300-\u036f]', '', 'g')) like '%' || lower(regexp_replace(normalize($3::text, nfd), '[\u0300-\u036f]', '', 'g')) || '%') is not true and o.pipeline_id = $4 and lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) = any(array(
      select lower(regexp_replace(normalize(v.value, nfd), '[\u0300-\u036f]', '', 'g')) from unnest($5::text[]) v (value))))
  order by o.created_at desc, o.contact_id desc, o.id desc limit $6 offset $7)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $8 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $9 and c.id = o.contact_id
  order by o.created_at desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o join contacts c on c.location_id = $1 and c.id = o.contact_id
    where o.location_id = $2 and ((lower(regexp_replace(normalize(c.email, nfd), '[\u0300-\u036f]', '', 'g')) like '%' || lower(regexp_replace(normalize($3::text, nfd), '[\u0300-\u036f]', '', 'g')) || '%') is not true and o.pipeline_id = $4 and lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) = any(array(
      select lower(regexp_replace(normalize(v.value, nfd), '[\u0300-\u036f]', '', 'g')) from unnest($5::text[]) v (value)))) and (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" > lower(regexp_replace(normalize($6::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" or (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" = lower(regexp_replace(normalize($7::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" and (o.monetary_value < $8::numeric or (o.monetary_value = $9::numeric and (o.contact_id < $10::text or (o.contact_id = $11::text and (o.id < $12::text or (o.id = $13::text and false))))))))
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $14 offset $15)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $16 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $17 and c.id = o.contact_id
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
  from (
  select distinct f.created_at, f.contact_id, f.opportunity_id from opportunity_followers f where f.location_id = $1 and f.user_id = any($2::text[])
  order by f.created_at desc, f.contact_id desc, f.opportunity_id desc) f
  join opportunities o on o.location_id = $3
    and o.id = f.opportunity_id
  where nullif(o.followers && $4::text[], false) is not null
    and true
  order by f.created_at desc, f.contact_id desc, f.opportunity_id desc limit $5 offset $6)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $7 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $8 and c.id = o.contact_id
  order by o.created_at desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
  from (
  select distinct f.created_at, f.contact_id, f.opportunity_id from opportunity_followers f where f.location_id = $1 and f.user_id = any($2::text[])
  order by f.created_at desc, f.contact_id desc, f.opportunity_id desc) f
  join opportunities o on o.location_id = $3
    and o.id = f.opportunity_id
  where nullif(o.followers && $4::text[], false) is not null
    and true and (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" > lower(regexp_replace(normalize($5::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" or (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" = lower(regexp_replace(normalize($6::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" and (o.monetary_value < $7::numeric or (o.monetary_value = $8::numeric and (o.contact_id < $9::text or (o.contact_id = $10::text and (o.id < $11::text or (o.id = $12::text and false))))))))
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $13 offset $14)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $15 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $16 and c.id = o.contact_id
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
  from (select f.created_at, f.contact_id, f.opportunity_id from opportunity_followers f where f.location_id = $1 and f.user_id = $2) f
  join opportunities o on o.location_id = $3
    and o.id = f.opportunity_id
  where nullif(o.followers && $4::text[], false) is not null
    and (o.monetary_value = any($5::numeric[]))
  order by f.created_at desc, f.contact_id desc, f.opportunity_id desc limit $6 offset $7)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $8 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $9 and c.id = o.contact_id
  order by o.created_at desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
  from (select f.created_at, f.contact_id, f.opportunity_id from opportunity_followers f where f.location_id = $1 and f.user_id = $2) f
  join opportunities o on o.location_id = $3
    and o.id = f.opportunity_id
  where nullif(o.followers && $4::text[], false) is not null
    and (o.monetary_value = any($5::numeric[])) and (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" > lower(regexp_replace(normalize($6::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" or (lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" = lower(regexp_replace(normalize($7::text, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" and (o.monetary_value < $8::numeric or (o.monetary_value = $9::numeric and (o.contact_id < $10::text or (o.contact_id = $11::text and (o.id < $12::text or (o.id = $13::text and false))))))))
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $14 offset $15)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $16 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $17 and c.id = o.contact_id
  order by lower(regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g')) collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (select o.* from (
  select o.*
    from opportunities o
    where o.location_id = $1 and true
  order by o.created_at desc, o.contact_id desc, o.id desc limit 21) o limit $2 offset $3)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $4 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $5 and c.id = o.contact_id
  order by o.created_at desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (select o.* from (
  select o.*
    from opportunities o
    where o.location_id = $1 and true and (o.created_at, o.contact_id, o.id) <
    ($2::timestamptz, coalesce((
  select r.contact_id from opportunities r where r.location_id = $3 and r.id = $4),
  $5), coalesce((
  select r.id from opportunities r where r.location_id = $6 and r.id = $7),
  $8))
  order by o.created_at desc, o.contact_id desc, o.id desc limit 21) o limit $9 offset $10)
  select o.id, o.name, o.monetary_value as "monetaryValue",
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
c.phone as "contactPhone", c.tags as "contactTags" from page o
join pipeline_stages s on s.location_id = $11 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $12 and c.id = o.contact_id
  order by o.created_at desc, o.contact_id desc, o.id desc;
