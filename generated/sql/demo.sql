-- Every statement as it is sent; of the code 7ed5e5503dd0d44f

-- src/demo/world.ts
insert into companies (id, name, email, website, created_at, updated_at)
values ($1, 'Groundlevel Demo Agency', 'hello@agency.example',
  'https://agency.example', $2, $3);

-- src/demo/world.ts
insert into contacts (location_id, id, first_name, last_name, first_name_key, last_name_key,
  name_key, email, phone, company_name, source, tags, search_text, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6,
  $7, $8, $9, $10, 'public api',
  $11::text[], lower(
regexp_replace(normalize($12::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default"), $13, $14);

-- src/demo/world.ts
insert into custom_fields (location_id, id, model, document_type, name, position, created_at,
  updated_at)
values ($1, $2, 'contact', 'folder', 'About the business', 50,
  $3, $4);

-- src/demo/world.ts
insert into custom_fields (location_id, id, model, name, field_key, data_type, options,
  parent_id, position, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6,
  $7, $8, $9,
  $10, $11);

-- src/demo/world.ts
insert into custom_values (location_id, id, name, field_key, value, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6,
  $7);

-- src/demo/world.ts
insert into location_users (location_id, user_id, created_at)
values ($1, $2, $3);

-- src/demo/world.ts
insert into locations (location_id, company_id, name, email, country, timezone,
  created_at, updated_at)
values ($1, $2, $3, $4, 'US', $5, $6, $7);

-- src/demo/world.ts
insert into lost_reasons (location_id, id, name, name_key, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6);

-- src/demo/world.ts
insert into opportunities (location_id, id, name, pipeline_id, pipeline_stage_id, contact_id,
    status, lost_reason_id, monetary_value, assigned_to, source, custom_fields, followers,
    attributions, internal_source, last_status_change_at, last_stage_change_at, created_at,
    updated_at, search_text)
  select f.location_id, $1, $2, $3, $4, f.id, $5,
    $6, $7::numeric, $8, 'form',
    $9::jsonb, $10::text[],
    $11::jsonb, $12::jsonb,
    $13::timestamptz, $14::timestamptz, $15::timestamptz,
    $16::timestamptz,
    ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', $17::text,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $18 and f.id = $19;

-- src/demo/world.ts
insert into pipeline_stages (location_id, id, pipeline_id, name, position,
  stage_win_probability)
values ($1, $2, $3, $4, $5, $6);

-- src/demo/world.ts
insert into pipelines (location_id, id, name, name_key, position, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7);

-- src/demo/world.ts
insert into users (id, company_id, first_name, last_name, email, type, role,
  created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7,
  $8, $9);

-- src/demo/world.ts
update users set password_hash = $1
where id = $2;
