-- Every statement as it is sent; of the code cd3799c317952396

-- src/api/contacts/input/custom-fields.ts
select f.id, f.field_key as key from custom_fields f
where f.location_id = $1 and f.model = 'contact' and f.document_type = 'field'
  and (f.id = any($2::text[])
    or f.field_key = any($3::text[]));

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
