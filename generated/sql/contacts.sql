-- Every statement as it is sent; of the code 6ed3715a78670d31

-- src/api/contacts/bulk/tags.ts
select from contacts c where c.location_id = $1 and c.id = $2;

-- src/api/contacts/reactions/follow-up.ts
select c.location_id as "locationId", c.id as "contactId" from contacts c
where c.unfinished <> '{}' order by c.location_id, c.id limit $1;

-- src/api/contacts/reactions/follow-up.ts
select c.unfinished, c.assigned_to as "assignedTo",
  not coalesce((l.crm_settings ->> 'deSyncOwners')::boolean, false) as "couplesOwners"
from contacts c join locations l on l.location_id = $1
where c.location_id = $2 and c.id = $3 for no key update of c;

-- src/api/contacts/reactions/follow-up.ts
update contacts set unfinished = '{}'
where location_id = $1 and id = $2;

-- src/api/contacts/reactions/user-left.ts
select from contacts o where
o.location_id = $1 and o.id in (
  select a.id from contacts a
  where a.location_id = $2 and a.assigned_to = $3
  union all
  select f.contact_id from contact_followers f
  where f.location_id = $4 and f.user_id = $5)
and (o.assigned_to = $6 or o.followers @> array[$7]::text[]) limit 1;

-- src/api/contacts/reactions/user-left.ts
with
      target as (
        select o.id from contacts o where
o.location_id = $1 and o.id in (
  select a.id from contacts a
  where a.location_id = $2 and a.assigned_to = $3
  union all
  select f.contact_id from contact_followers f
  where f.location_id = $4 and f.user_id = $5)
and (o.assigned_to = $6 or o.followers @> array[$7]::text[])
        order by o.id limit $8 for no key update), changed as (
      update contacts o
      set assigned_to = nullif(o.assigned_to, $9),
        followers = array_remove(o.followers, $10),
        updated_at = $11, index_version = o.index_version + 1
      from target
      where o.location_id = $12 and o.id = target.id
      returning o.*),
  unfollowed as (
    delete from contact_followers f
    using (select $13::text, o.created_at, o.id from changed o) w (user_id, created_at, id)
    where f.location_id = $14 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.id)
  select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array(changed.deleted_at is null),
    'payloads', json_build_array(case when changed.deleted_at is null then (jsonb_build_object(
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
  from jsonb_each(changed.custom_fields) f)))::text end)) order by changed.id),
  'appends', json_build_array()) as changed
  from changed having count(*) > 0;

-- src/api/contacts/store/matching.ts
select c.id, c.location_id as "locationId", c.type,
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
c.updated_at as "dateUpdated", c.index_version as version from contacts c
  where c.location_id = $1 and c.deleted_at is null
    and (c.email = $2 or (c.additional_emails <> '[]'
      and c.additional_emails @> $3::jsonb))
  order by (c.email = $4) desc nulls last, c.created_at, c.id limit 1;

-- src/api/contacts/store/matching.ts
select c.id, c.location_id as "locationId", c.type,
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
c.updated_at as "dateUpdated", c.index_version as version from contacts c
  where c.location_id = $1 and c.deleted_at is null
    and (c.phone = $2 or (c.additional_phones <> '[]'
      and c.additional_phones @> $3::jsonb))
  order by (c.phone = $4) desc nulls last, c.created_at, c.id limit 1;

-- src/api/contacts/store/matching.ts
select l.country, l.allow_duplicate_contact as "allowsDuplicate",
  l.contact_unique_identifiers as identifiers
from locations l where l.location_id = $1;

-- src/api/contacts/store/statements.ts
select c.id from contacts c
where c.location_id = $1 and c.id = any($2::text[]) and c.deleted_at is null;

-- src/api/contacts/store/statements.ts
select c.id, c.location_id as "locationId", c.type,
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
c.updated_at as "dateUpdated", c.index_version as version from contacts c
  where c.location_id = $1 and c.id = $2 and c.deleted_at is null
  for no key update;

-- src/api/contacts/store/statements.ts
select c.id, c.location_id as "locationId", c.type,
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
c.updated_at as "dateUpdated", c.index_version as version from contacts c
  where c.location_id = $1 and c.id = $2 and c.deleted_at is null;

-- src/api/contacts/store/statements.ts
select from location_users u
where u.location_id = $1 and u.user_id = $2 and u.left_at is null;

-- src/api/contacts/store/statements.ts
select from opportunities o
where o.location_id = $1 and o.contact_id = $2 limit 1;

-- src/api/contacts/store/writes.ts
insert into contacts (location_id, id, first_name, last_name, first_name_key,
    last_name_key, name_key, email, phone, email_slot, phone_slot, company_name, address1,
    city, state, postal_code, country, timezone, website, gender, date_of_birth, source, tags,
    assigned_to, dnd, dnd_settings, inbound_dnd_settings, custom_fields, created_by,
    last_updated_by, search_text, last_session_activity_at, created_at, updated_at)
  values ($1, $2, $3, $4, $5,
    $6, $7, $8, $9,
    $10, $11, $12,
    $13, $14, $15, $16, $17, $18,
    $19, $20, $21, $22, $23::text[],
    $24, $25, $26,
    $27, $28,
    $29, $30, lower(
regexp_replace(normalize($31::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default"),
    $32, $33, $34)
  returning *;

-- src/api/contacts/store/writes.ts
with changed as (
    update contacts c set deleted_at = $1, unfinished = '{deletion}',
      index_version = c.index_version + 1
    where c.location_id = $2 and c.id = $3 and c.deleted_at is null
    returning c.*),
  unfollowed as (
    delete from contact_followers f
    using (
select f.user_id, o.created_at, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, id)
    where f.location_id = $4 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.id)
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
  from jsonb_each(changed.custom_fields) f)))::text)) order by changed.id),
  'appends', json_build_array()) as changed
  from changed having count(*) > 0;

-- src/api/contacts/store/writes.ts
with changed as (
    update contacts c set first_name = $1, last_name = $2,
      first_name_key = $3, last_name_key = $4,
      name_key = $5, email = $6, phone = $7,
      email_slot =
  case when $8::boolean then $9
    else c.email_slot end,
      phone_slot =
  case when $10::boolean then $11
    else c.phone_slot end, company_name = $12,
      address1 = $13, city = $14, state = $15,
      postal_code = $16, country = $17, timezone = $18,
      website = $19, date_of_birth = $20, source = $21,
      tags = $22::text[], assigned_to = $23, business_id = $24,
      dnd = $25, dnd_settings = $26,
      inbound_dnd_settings = $27,
      custom_fields = $28,
      last_updated_by = $29, search_text = lower(
  regexp_replace(normalize($30::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default"),
      unfinished = array(
        select distinct u.kind from unnest(c.unfinished || $31::text[]) u (kind)),
      updated_at = $32, index_version = c.index_version + 1
    where c.location_id = $33 and c.id = $34 and c.deleted_at is null
      and c.index_version = $35
    returning c.*)
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array($36::boolean, $37::boolean, $38::boolean),
    'payloads', json_build_array(case when $39::boolean then (jsonb_build_object(
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
  from jsonb_each(changed.custom_fields) f)))::text end, case when $40::boolean then (jsonb_build_object(
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
  from jsonb_each(changed.custom_fields) f)))::text end, case when $41::boolean then (jsonb_build_object(
  'locationId', changed.location_id,
  'id', changed.id,
  'email', changed.email,
  'phone', changed.phone,
  'dnd', coalesce(changed.dnd, false),
  'dndSettings', $42::jsonb || changed.dnd_settings))::text end)) ),
  'appends', json_build_array()) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (select from changed) said) answer on true;

-- src/events/appended-rows.ts
insert into contact_followers (location_id, user_id, created_at, contact_id)
values ($1, $2, $3, $4) on conflict do nothing;

-- src/resource/followers.ts
with
target as (
  select o.followers from contacts o
  where o.location_id = $1 and o.id = $2 and o.deleted_at is null
  for no key update),
members as (
  select u.user_id from location_users u
  where u.location_id = $3 and u.user_id = any($4::text[])
    and u.left_at is null
  for key share),
    newcomers as (
      select wanted.id, wanted.place from target,
        unnest($5::text[]) with ordinality wanted (id, place)
      where wanted.id <> all(target.followers)), changed as (
update contacts o
set followers = target.followers || array(select n.id from newcomers n order by n.place), updated_at = $6, index_version = o.index_version + 1
from target
where o.location_id = $7 and o.id = $8 and exists (select from newcomers) and array(
  select n.id from newcomers n
  where n.id not in (select m.user_id from members m) order by n.place) = '{}'
      and cardinality(target.followers) + (select count(*) from newcomers) <= $9
returning o.*, array(select n.id from newcomers n order by n.place) as moved)
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
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.user_id) #>> '{}', to_jsonb(r.created_at) #>> '{}', to_jsonb(r.contact_id) #>> '{}')), '[]')
from (select * from (
select f.user_id, o.created_at, o.id
from changed o cross join lateral unnest(o.moved) f (user_id)) n (user_id, created_at, contact_id)) r))) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (
    select coalesce(changed.followers, target.followers) as followers,
      coalesce(changed.moved, '{}') as "followersAdded", array(
  select n.id from newcomers n
  where n.id not in (select m.user_id from members m) order by n.place) as strangers,
      cardinality(target.followers) + (select count(*) from newcomers) as count
    from target left join changed on true) said) answer on true;

-- src/resource/followers.ts
with
target as (
  select o.followers from contacts o
  where o.location_id = $1 and o.id = $2 and o.deleted_at is null
  for no key update), changed as (
update contacts o
set followers = array(
  select f.id from unnest(target.followers) with ordinality f (id, place)
  where f.id <> all($3::text[]) order by f.place), updated_at = $4, index_version = o.index_version + 1
from target
where o.location_id = $5 and o.id = $6 and target.followers && $7::text[]
returning o.*, array(
  select f.id from unnest(target.followers) with ordinality f (id, place)
  where f.id = any($8::text[]) order by f.place) as moved),
  unfollowed as (
    delete from contact_followers f
    using (
select f.user_id, o.created_at, o.id
from changed o cross join lateral unnest(o.moved) f (user_id)) w (user_id, created_at, id)
    where f.location_id = $9 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.id)
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
  left join (select true as "isAnswer", said.* from (
    select coalesce(changed.followers, target.followers) as followers,
      coalesce(changed.moved, '{}') as "followersRemoved"
    from target left join changed on true) said) answer on true;

-- src/resource/followers.ts
with
target as (
  select o.followers from opportunities o
  where o.location_id = $1 and o.id = $2
  for no key update),
members as (
  select u.user_id from location_users u
  where u.location_id = $3 and u.user_id = any($4::text[])
    and u.left_at is null
  for key share),
    newcomers as (
      select wanted.id, wanted.place from target,
        unnest($5::text[]) with ordinality wanted (id, place)
      where wanted.id <> all(target.followers)), changed as (
update opportunities o
set followers = target.followers || array(select n.id from newcomers n order by n.place), updated_at = $6, index_version = o.index_version + 1
from target
where o.location_id = $7 and o.id = $8 and exists (select from newcomers) and array(
  select n.id from newcomers n
  where n.id not in (select m.user_id from members m) order by n.place) = '{}'
      and cardinality(target.followers) + (select count(*) from newcomers) <= $9
returning o.*, array(select n.id from newcomers n order by n.place) as moved)
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array(true, true),
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) || jsonb_build_object(
  'followers', changed.followers,
  'followersAdded', changed.moved,
  'followersRemoved', array[]::text[]))::text)) ),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $10 || '-' || f.place as id, f.id as follower, d.pipeline_id,
      d.pipeline_stage_id, d.status, d.assigned_to, $11::int as count,
      $12::int * d.value as value, $13::int * d.weighted as weighted,
      $14::int * d.unweighted as unweighted
    from (select o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, o.moved from changed o) d,
      unnest(d.moved) with ordinality f (id, place)) r), (
select coalesce(json_agg(json_build_array(to_jsonb(r.user_id) #>> '{}', to_jsonb(r.created_at) #>> '{}', to_jsonb(r.contact_id) #>> '{}', to_jsonb(r.opportunity_id) #>> '{}')), '[]')
from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.moved) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r))) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (
    select coalesce(changed.followers, target.followers) as followers,
      coalesce(changed.moved, '{}') as "followersAdded", array(
  select n.id from newcomers n
  where n.id not in (select m.user_id from members m) order by n.place) as strangers,
      cardinality(target.followers) + (select count(*) from newcomers) as count
    from target left join changed on true) said) answer on true;

-- src/resource/followers.ts
with
target as (
  select o.followers from opportunities o
  where o.location_id = $1 and o.id = $2
  for no key update),
members as (
  select u.user_id from location_users u
  where u.location_id = $3 and u.user_id = any($4::text[])
    and u.left_at is null
  for key share),
    newcomers as (
      select wanted.id, wanted.place from target,
        unnest($5::text[]) with ordinality wanted (id, place)
      where wanted.id <> all(target.followers)), changed as (
update opportunities o
set followers = target.followers || array(select n.id from newcomers n order by n.place), updated_at = $6, index_version = o.index_version + 1
from target
where o.location_id = $7 and o.id = $8 and exists (select from newcomers) and array(
  select n.id from newcomers n
  where n.id not in (select m.user_id from members m) order by n.place) = '{}'
      and cardinality(target.followers) + (select count(*) from newcomers) <= $9
returning o.*, array(select n.id from newcomers n order by n.place) as moved),
counted as (
  insert into opportunity_deltas (location_id, id, follower, pipeline_id, pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
  select $10, r.id, r.follower, r.pipeline_id, r.pipeline_stage_id, r.status, r.assigned_to, r.count, r.value, r.weighted, r.unweighted
  from (
    select $11 || '-' || f.place as id, f.id as follower, d.pipeline_id,
      d.pipeline_stage_id, d.status, d.assigned_to, $12::int as count,
      $13::int * d.value as value, $14::int * d.weighted as weighted,
      $15::int * d.unweighted as unweighted
    from (select o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, o.moved from changed o) d,
      unnest(d.moved) with ordinality f (id, place)) r ),
followed as (
  insert into opportunity_followers (location_id, user_id, created_at, contact_id, opportunity_id)
  select $16, r.user_id, r.created_at, r.contact_id, r.opportunity_id
  from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.moved) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r on conflict do nothing),
  appended as (
    insert into outbox (location_id, id, type, version, payload, created_at)
    select $17, event.id, event.type, event.version, event.payload, $18
    from (select $19::text, $20::text, changed.index_version, jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) from changed
        where true union all select $21::text, $22::text, changed.index_version, jsonb_build_object(
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
  'followersAdded', changed.moved,
  'followersRemoved', array[]::text[]) from changed
        where true) event (id, type, version, payload))
    select coalesce(changed.followers, target.followers) as followers,
      coalesce(changed.moved, '{}') as "followersAdded", array(
  select n.id from newcomers n
  where n.id not in (select m.user_id from members m) order by n.place) as strangers,
      cardinality(target.followers) + (select count(*) from newcomers) as count
    from target left join changed on true;

-- src/resource/followers.ts
with
target as (
  select o.followers from opportunities o
  where o.location_id = $1 and o.id = $2
  for no key update), changed as (
update opportunities o
set followers = array(
  select f.id from unnest(target.followers) with ordinality f (id, place)
  where f.id <> all($3::text[]) order by f.place), updated_at = $4, index_version = o.index_version + 1
from target
where o.location_id = $5 and o.id = $6 and target.followers && $7::text[]
returning o.*, array(
  select f.id from unnest(target.followers) with ordinality f (id, place)
  where f.id = any($8::text[]) order by f.place) as moved),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.moved) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $9 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id)
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array(true, true),
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) || jsonb_build_object(
  'followers', changed.followers,
  'followersAdded', array[]::text[],
  'followersRemoved', changed.moved))::text)) ),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $10 || '-' || f.place as id, f.id as follower, d.pipeline_id,
      d.pipeline_stage_id, d.status, d.assigned_to, $11::int as count,
      $12::int * d.value as value, $13::int * d.weighted as weighted,
      $14::int * d.unweighted as unweighted
    from (select o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, o.moved from changed o) d,
      unnest(d.moved) with ordinality f (id, place)) r))) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (
    select coalesce(changed.followers, target.followers) as followers,
      coalesce(changed.moved, '{}') as "followersRemoved"
    from target left join changed on true) said) answer on true;

-- src/resource/followers.ts
with
target as (
  select o.followers from opportunities o
  where o.location_id = $1 and o.id = $2
  for no key update), changed as (
update opportunities o
set followers = array(
  select f.id from unnest(target.followers) with ordinality f (id, place)
  where f.id <> all($3::text[]) order by f.place), updated_at = $4, index_version = o.index_version + 1
from target
where o.location_id = $5 and o.id = $6 and target.followers && $7::text[]
returning o.*, array(
  select f.id from unnest(target.followers) with ordinality f (id, place)
  where f.id = any($8::text[]) order by f.place) as moved),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.moved) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $9 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id),
counted as (
  insert into opportunity_deltas (location_id, id, follower, pipeline_id, pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
  select $10, r.id, r.follower, r.pipeline_id, r.pipeline_stage_id, r.status, r.assigned_to, r.count, r.value, r.weighted, r.unweighted
  from (
    select $11 || '-' || f.place as id, f.id as follower, d.pipeline_id,
      d.pipeline_stage_id, d.status, d.assigned_to, $12::int as count,
      $13::int * d.value as value, $14::int * d.weighted as weighted,
      $15::int * d.unweighted as unweighted
    from (select o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, o.moved from changed o) d,
      unnest(d.moved) with ordinality f (id, place)) r ),
  appended as (
    insert into outbox (location_id, id, type, version, payload, created_at)
    select $16, event.id, event.type, event.version, event.payload, $17
    from (select $18::text, $19::text, changed.index_version, jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) from changed
        where true union all select $20::text, $21::text, changed.index_version, jsonb_build_object(
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
  'followersAdded', array[]::text[],
  'followersRemoved', changed.moved) from changed
        where true) event (id, type, version, payload))
    select coalesce(changed.followers, target.followers) as followers,
      coalesce(changed.moved, '{}') as "followersRemoved"
    from target left join changed on true;

-- src/resource/followers.ts
with
target as (
  select o.followers from opportunities o
  where o.location_id = $1 and o.id = $2
  for no key update), changed as (
update opportunities o
set followers = array(
  select f.id from unnest(target.followers) with ordinality f (id, place)
  where f.id <> all(target.followers) order by f.place), updated_at = $3, index_version = o.index_version + 1
from target
where o.location_id = $4 and o.id = $5 and target.followers && target.followers
returning o.*, array(
  select f.id from unnest(target.followers) with ordinality f (id, place)
  where f.id = any(target.followers) order by f.place) as moved),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.moved) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $6 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id)
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array(true, true),
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) || jsonb_build_object(
  'followers', changed.followers,
  'followersAdded', array[]::text[],
  'followersRemoved', changed.moved))::text)) ),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $7 || '-' || f.place as id, f.id as follower, d.pipeline_id,
      d.pipeline_stage_id, d.status, d.assigned_to, $8::int as count,
      $9::int * d.value as value, $10::int * d.weighted as weighted,
      $11::int * d.unweighted as unweighted
    from (select o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, o.moved from changed o) d,
      unnest(d.moved) with ordinality f (id, place)) r))) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (
    select coalesce(changed.followers, target.followers) as followers,
      coalesce(changed.moved, '{}') as "followersRemoved"
    from target left join changed on true) said) answer on true;

-- src/resource/followers.ts
with
target as (
  select o.followers from opportunities o
  where o.location_id = $1 and o.id = $2
  for no key update), changed as (
update opportunities o
set followers = array(
  select f.id from unnest(target.followers) with ordinality f (id, place)
  where f.id <> all(target.followers) order by f.place), updated_at = $3, index_version = o.index_version + 1
from target
where o.location_id = $4 and o.id = $5 and target.followers && target.followers
returning o.*, array(
  select f.id from unnest(target.followers) with ordinality f (id, place)
  where f.id = any(target.followers) order by f.place) as moved),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.moved) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $6 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id),
counted as (
  insert into opportunity_deltas (location_id, id, follower, pipeline_id, pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
  select $7, r.id, r.follower, r.pipeline_id, r.pipeline_stage_id, r.status, r.assigned_to, r.count, r.value, r.weighted, r.unweighted
  from (
    select $8 || '-' || f.place as id, f.id as follower, d.pipeline_id,
      d.pipeline_stage_id, d.status, d.assigned_to, $9::int as count,
      $10::int * d.value as value, $11::int * d.weighted as weighted,
      $12::int * d.unweighted as unweighted
    from (select o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, o.moved from changed o) d,
      unnest(d.moved) with ordinality f (id, place)) r ),
  appended as (
    insert into outbox (location_id, id, type, version, payload, created_at)
    select $13, event.id, event.type, event.version, event.payload, $14
    from (select $15::text, $16::text, changed.index_version, jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) from changed
        where true union all select $17::text, $18::text, changed.index_version, jsonb_build_object(
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
  'followersAdded', array[]::text[],
  'followersRemoved', changed.moved) from changed
        where true) event (id, type, version, payload))
    select coalesce(changed.followers, target.followers) as followers,
      coalesce(changed.moved, '{}') as "followersRemoved"
    from target left join changed on true;

-- src/resource/search/page.ts
select count(*)::int as total from (
    select
  from opportunities o join contacts c on c.location_id = $1 and c.id = o.contact_id
  where o.location_id = $2 and ((lower(
regexp_replace(normalize(c.email, nfd), '[\u0300-\u036f]', '', 'g') collate "default") like '%' || lower(
regexp_replace(normalize($3::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") || '%') is not true and o.pipeline_id = $4 and lower(
regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") = any(array(
    select lower(
regexp_replace(normalize(v.value, nfd), '[\u0300-\u036f]', '', 'g') collate "default") from unnest($5::text[]) v (value))))
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
  jsonb_build_object('id', $6::text)) #>> '{}'), 10) end collate "C" <= $7::text) and (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" > lower(
  regexp_replace(normalize($8::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" or (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" = lower(
  regexp_replace(normalize($9::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" and (o.monetary_value < $10::numeric or (o.monetary_value = $11::numeric and (o.contact_id < $12::text or (o.contact_id = $13::text and (o.id < $14::text or (o.id = $15::text and false))))))))
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $16 offset $17)
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
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

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
  jsonb_build_object('id', $8::text)) #>> '{}')::numeric end < $9::numeric) and (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" > lower(
  regexp_replace(normalize($10::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" or (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" = lower(
  regexp_replace(normalize($11::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" and (o.monetary_value < $12::numeric or (o.monetary_value = $13::numeric and (o.contact_id < $14::text or (o.contact_id = $15::text and (o.id < $16::text or (o.id = $17::text and false))))))))
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $18 offset $19)
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
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

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
  jsonb_build_object('id', $2::text)) ?| $3::text[]) and (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" > lower(
  regexp_replace(normalize($4::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" or (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" = lower(
  regexp_replace(normalize($5::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" and (o.monetary_value < $6::numeric or (o.monetary_value = $7::numeric and (o.contact_id < $8::text or (o.contact_id = $9::text and (o.id < $10::text or (o.id = $11::text and false))))))))
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $12 offset $13)
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
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (lower(
  regexp_replace(normalize((jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $2::text)) ->> $3::text), nfd), '[\u0300-\u036f]', '', 'g') collate "default") like '%' || lower(
  regexp_replace(normalize($4::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") || '%' and coalesce(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
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
    where o.location_id = $1 and (lower(
  regexp_replace(normalize((jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $2::text)) ->> $3::text), nfd), '[\u0300-\u036f]', '', 'g') collate "default") like '%' || lower(
  regexp_replace(normalize($4::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") || '%' and coalesce(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
  jsonb_build_object('id', $5::text)), 'null') not in ('null', '""', '[]', '{}')) and (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" > lower(
  regexp_replace(normalize($6::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" or (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" = lower(
  regexp_replace(normalize($7::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" and (o.monetary_value < $8::numeric or (o.monetary_value = $9::numeric and (o.contact_id < $10::text or (o.contact_id = $11::text and (o.id < $12::text or (o.id = $13::text and false))))))))
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $14 offset $15)
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
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

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
    where o.location_id = $1 and (o.pipeline_id = $2) and (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" > lower(
  regexp_replace(normalize($3::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" or (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" = lower(
  regexp_replace(normalize($4::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" and (o.monetary_value < $5::numeric or (o.monetary_value = $6::numeric and (o.contact_id < $7::text or (o.contact_id = $8::text and (o.id < $9::text or (o.id = $10::text and false))))))))
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $11 offset $12)
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
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (o.search_text like '%' || nullif(' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize($2::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g')), ' ') || '%' and (select upper(l.country) from locations l where l.location_id = $3) = $4)
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
    where o.location_id = $1 and (true)
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
    where o.location_id = $1 and (true) and (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C", o.contact_id, o.id) <
    (lower(
  regexp_replace(normalize($2::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C", $3, $4)
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" desc, o.contact_id desc, o.id desc limit $5 offset $6)
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
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
    from opportunities o
    where o.location_id = $1 and (true) and (o.created_at, o.contact_id, o.id) >
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
    where o.location_id = $2 and ((lower(
  regexp_replace(normalize(c.email, nfd), '[\u0300-\u036f]', '', 'g') collate "default") like '%' || lower(
  regexp_replace(normalize($3::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") || '%') is not true and o.pipeline_id = $4 and lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") = any(array(
      select lower(
  regexp_replace(normalize(v.value, nfd), '[\u0300-\u036f]', '', 'g') collate "default") from unnest($5::text[]) v (value))))
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
    where o.location_id = $2 and ((lower(
  regexp_replace(normalize(c.email, nfd), '[\u0300-\u036f]', '', 'g') collate "default") like '%' || lower(
  regexp_replace(normalize($3::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") || '%') is not true and o.pipeline_id = $4 and lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") = any(array(
      select lower(
  regexp_replace(normalize(v.value, nfd), '[\u0300-\u036f]', '', 'g') collate "default") from unnest($5::text[]) v (value)))) and (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" > lower(
  regexp_replace(normalize($6::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" or (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" = lower(
  regexp_replace(normalize($7::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" and (o.monetary_value < $8::numeric or (o.monetary_value = $9::numeric and (o.contact_id < $10::text or (o.contact_id = $11::text and (o.id < $12::text or (o.id = $13::text and false))))))))
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $14 offset $15)
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
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (
  select o.*
  from (
  select distinct f.created_at, f.contact_id, f.opportunity_id from opportunity_followers f where f.location_id = $1 and f.user_id = any($2::text[])
  order by f.created_at desc, f.contact_id desc, f.opportunity_id desc) f
  join opportunities o on o.location_id = $3
    and o.id = f.opportunity_id
  where nullif(o.followers && $4::text[], false) is not null
    and (true)
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
    and (true) and (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" > lower(
  regexp_replace(normalize($5::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" or (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" = lower(
  regexp_replace(normalize($6::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" and (o.monetary_value < $7::numeric or (o.monetary_value = $8::numeric and (o.contact_id < $9::text or (o.contact_id = $10::text and (o.id < $11::text or (o.id = $12::text and false))))))))
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $13 offset $14)
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
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

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
    and (o.monetary_value = any($5::numeric[])) and (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" > lower(
  regexp_replace(normalize($6::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" or (lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" = lower(
  regexp_replace(normalize($7::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" and (o.monetary_value < $8::numeric or (o.monetary_value = $9::numeric and (o.contact_id < $10::text or (o.contact_id = $11::text and (o.id < $12::text or (o.id = $13::text and false))))))))
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc limit $14 offset $15)
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
  order by lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.monetary_value desc, o.contact_id desc, o.id desc;

-- src/resource/search/page.ts
with page as (select o.* from (
  select o.*
    from opportunities o
    where o.location_id = $1 and (true)
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
    where o.location_id = $1 and (true) and (o.created_at, o.contact_id, o.id) <
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
