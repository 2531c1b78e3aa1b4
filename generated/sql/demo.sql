-- Every statement as it is sent; of the code 7d76a8c93d1ca4d5

-- src/demo/world.ts
insert into companies (id, name, email, website, created_at, updated_at)
values ($1, 'Groundlevel Demo Agency', 'hello@agency.example',
  'https://agency.example', $2, $3);

-- src/demo/world.ts
insert into contacts (location_id, id, first_name, last_name, email, phone, company_name,
  source, tags, created_at, updated_at)
values ($1, $2, $3, $4,
  $5, $6, $7, 'public api',
  $8::text[], $9, $10);

-- src/demo/world.ts
insert into custom_fields (location_id, id, model, name, field_key, data_type, options,
  position, created_at, updated_at)
values ($1, $2, 'opportunity', $3, $4, $5,
  $6, $7, $8, $9);

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

-- src/demo/world.ts
with changed as (
    insert into opportunities (location_id, id, name, pipeline_id, pipeline_stage_id, contact_id,
      status, lost_reason_id, monetary_value, assigned_to, source, custom_fields, followers,
      attributions, last_status_change_at, last_stage_change_at, created_at, updated_at,
      search_text)
    values ($1, $2, $3, $4, $5, $6,
      $7, $8, $9, $10, 'form',
      $11, $12::text[],
      $13, $14, $15, $16,
      $17, (
select lower(regexp_replace(normalize(concat_ws(E'\n', $18::text, concat_ws(' ', f.first_name, f.last_name), f.email,
  f.phone, f.company_name), nfd), '[\u0300-\u036f]', '', 'g'))
from contacts f where f.location_id = $19 and f.id = $20))
    returning *),
  counted as (
    insert into opportunity_deltas (location_id, id, follower, pipeline_id,
pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
    select $21, $22 || '-' || row_number() over (), d.follower, d.pipeline_id,
      d.pipeline_stage_id, d.status, d.assigned_to, sum(d.sign), sum(d.sign * d.value), sum(d.sign * d.weighted), sum(d.sign * d.unweighted)
    from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $23::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
    group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to
    having (sum(d.sign), sum(d.sign * d.value), sum(d.sign * d.weighted), sum(d.sign * d.unweighted)) is distinct from (0, 0, 0, 0)),
  followed as (
    insert into opportunity_followers (location_id, user_id, created_at, contact_id, opportunity_id)
    select $24, n.* from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) n on conflict do nothing)
  select from changed;
