-- Every statement as it is sent; of the code 7168bc09c24f84f5

-- src/api/locations/statements.ts
insert into locations as l (location_id, company_id, name, phone, email, address, city, state,
  country, postal_code, website, timezone, first_name, last_name, social,
  allow_duplicate_contact, allow_duplicate_opportunity, allow_facebook_name_merge,
  disable_contact_timezone, contact_unique_identifiers, crm_settings, created_at, updated_at)
select $1, c.id, $2, $3, $4, $5,
  $6, $7, $8, $9,
  $10, coalesce($11, c.timezone), $12,
  $13, jsonb_strip_nulls($14::jsonb),
  coalesce($15, false),
  coalesce($16, false),
  coalesce($17, false),
  coalesce($18, false),
  coalesce($19::text[], '{email,phone}'),
  jsonb_strip_nulls($20::jsonb), $21, $22
from companies c where c.id = $23
returning l.location_id;

-- src/api/locations/statements.ts
select company_id as "companyId" from locations
where location_id = $1 and deleted_at is null;

-- src/api/locations/statements.ts
select l.location_id as id, l.company_id as "companyId", l.name, l.phone, l.email,
l.address, l.city, l.state, l.country, l.postal_code as "postalCode", l.website, l.timezone,
l.domain, l.logo_url as "logoUrl", l.first_name as "firstName", l.last_name as "lastName",
l.social, l.business, l.allow_duplicate_contact as "allowDuplicateContact",
l.allow_duplicate_opportunity as "allowDuplicateOpportunity",
l.allow_facebook_name_merge as "allowFacebookNameMerge",
l.disable_contact_timezone as "disableContactTimezone",
l.contact_unique_identifiers as "contactUniqueIdentifiers", l.crm_settings as "crmSettings" from locations l
  where l.company_id = $1 and l.deleted_at is null and l.location_id = $2
  order by l.created_at asc, l.location_id asc
  limit $3 offset $4;

-- src/api/locations/statements.ts
select l.location_id as id, l.company_id as "companyId", l.name, l.phone, l.email,
l.address, l.city, l.state, l.country, l.postal_code as "postalCode", l.website, l.timezone,
l.domain, l.logo_url as "logoUrl", l.first_name as "firstName", l.last_name as "lastName",
l.social, l.business, l.allow_duplicate_contact as "allowDuplicateContact",
l.allow_duplicate_opportunity as "allowDuplicateOpportunity",
l.allow_facebook_name_merge as "allowFacebookNameMerge",
l.disable_contact_timezone as "disableContactTimezone",
l.contact_unique_identifiers as "contactUniqueIdentifiers", l.crm_settings as "crmSettings" from locations l where
l.location_id = $1 and l.company_id = $2 and l.deleted_at is null;

-- src/api/locations/statements.ts
select l.permissions from locations l where
l.location_id = $1 and l.company_id = $2 and l.deleted_at is null;

-- src/api/locations/statements.ts
select location_id as id, company_id as "companyId", name, timezone from locations
where deleted_at is null order by created_at, location_id;

-- src/api/locations/statements.ts
update locations l set deleted_at = $1, updated_at = $2
  where
l.location_id = $3 and l.company_id = $4 and l.deleted_at is null
  returning l.location_id;

-- src/api/locations/statements.ts
with changed as (
    update locations l
    set name = coalesce($1, l.name), phone = coalesce($2, l.phone),
      email = coalesce($3, l.email),
      address = coalesce($4, l.address),
      city = coalesce($5, l.city), state = coalesce($6, l.state),
      country = coalesce($7, l.country),
      postal_code = coalesce($8, l.postal_code),
      website = coalesce($9, l.website),
      timezone = coalesce($10, l.timezone),
      first_name = coalesce($11, l.first_name),
      last_name = coalesce($12, l.last_name),
      social = l.social || jsonb_strip_nulls($13::jsonb),
      allow_duplicate_contact =
        coalesce($14, l.allow_duplicate_contact),
      allow_duplicate_opportunity =
        coalesce($15, l.allow_duplicate_opportunity),
      allow_facebook_name_merge =
        coalesce($16, l.allow_facebook_name_merge),
      disable_contact_timezone =
        coalesce($17, l.disable_contact_timezone),
      contact_unique_identifiers =
        coalesce($18::text[], l.contact_unique_identifiers),
      crm_settings = l.crm_settings || jsonb_strip_nulls($19::jsonb),
      updated_at = $20
    where
l.location_id = $21 and l.company_id = $22 and l.deleted_at is null
    returning l.*)
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', 0, 'told', json_build_array(true),
    'payloads', json_build_array((jsonb_build_object(
'id', changed.location_id,
'companyId', changed.company_id,
'name', changed.name,
'email', changed.email))::text)) ),
  'appends', json_build_array()) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (select l.location_id as id, l.company_id as "companyId", l.name, l.phone, l.email,
l.address, l.city, l.state, l.country, l.postal_code as "postalCode", l.website, l.timezone,
l.domain, l.logo_url as "logoUrl", l.first_name as "firstName", l.last_name as "lastName",
l.social, l.business, l.allow_duplicate_contact as "allowDuplicateContact",
l.allow_duplicate_opportunity as "allowDuplicateOpportunity",
l.allow_facebook_name_merge as "allowFacebookNameMerge",
l.disable_contact_timezone as "disableContactTimezone",
l.contact_unique_identifiers as "contactUniqueIdentifiers", l.crm_settings as "crmSettings" from changed l) said) answer on true;

-- src/api/locations/statements.ts
with changed as (
    update locations l set permissions = $1, updated_at = $2
    where
l.location_id = $3 and l.company_id = $4 and l.deleted_at is null
    returning l.*)
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', 0, 'told', json_build_array(true),
    'payloads', json_build_array((jsonb_build_object(
'id', changed.location_id,
'companyId', changed.company_id,
'name', changed.name,
'email', changed.email))::text)) ),
  'appends', json_build_array()) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (select location_id from changed) said) answer on true;

-- src/resource/resource.ts
delete from custom_values r where r.location_id = $1 and r.id = $2  returning r.id, r.location_id, r.created_at, r.updated_at, r.name, r.field_key, r.value;

-- src/resource/resource.ts
insert into custom_values as r (location_id, id, created_at, updated_at , name, value, field_key)
values ($1, $2, $3, $4 , $5, $6, $7)
returning r.id, r.location_id, r.created_at, r.updated_at, r.name, r.field_key, r.value;

-- src/resource/resource.ts
select r.id, r.location_id, r.created_at, r.updated_at, r.name, r.field_key, r.value from custom_values r where r.location_id = $1 and r.id = $2;

-- src/resource/resource.ts
select r.id, r.location_id, r.created_at, r.updated_at, r.name, r.field_key, r.value from custom_values r where r.location_id = $1 order by r.created_at, r.id limit $2 offset $3;

-- src/resource/resource.ts
update custom_values r set updated_at = $1 , name = coalesce($2, r.name), value = coalesce($3, r.value)
where r.location_id = $4 and r.id = $5
returning r.id, r.location_id, r.created_at, r.updated_at, r.name, r.field_key, r.value;
