-- Every statement as it is sent; of the code c6361e542146c2ce

-- src/api/opportunities/bulk.ts
select c.id from contacts c
where c.location_id = $1 and c.id = any($2::text[])
order by c.id for no key update;

-- src/api/opportunities/bulk.ts
select o.id from opportunities o
where o.location_id = $1
  and (o.id = any($2::text[]) or o.contact_id = any($3::text[]))
order by o.id for update;

-- src/api/opportunities/pipelines/clearing.ts
delete from pipeline_stages s
where s.location_id = $1 and s.id = any($2::text[]);

-- src/api/opportunities/pipelines/clearing.ts
delete from pipelines p where p.location_id = $1 and p.id = $2;

-- src/api/opportunities/pipelines/clearing.ts
delete from unfinished_pipelines u
where u.location_id = $1 and u.pipeline_id = $2;

-- src/api/opportunities/pipelines/clearing.ts
insert into unfinished_pipelines (location_id, pipeline_id, created_at)
values ($1, $2, $3) on conflict do nothing;

-- src/api/opportunities/pipelines/clearing.ts
select s.id from pipeline_stages s
where s.location_id = $1 and s.pipeline_id = $2 and s.removed_at is null
order by s.position limit 1;

-- src/api/opportunities/pipelines/clearing.ts
select s.id from pipelines p
join pipeline_stages s on s.location_id = $1 and s.pipeline_id = p.id
where p.location_id = $2 and p.id = $3
  and (p.deleted_at is not null or s.removed_at is not null)
order by s.id for update of s;

-- src/api/opportunities/pipelines/clearing.ts
select u.location_id as "locationId", u.pipeline_id as "pipelineId"
from unfinished_pipelines u
order by u.location_id, u.pipeline_id limit $1;

-- src/api/opportunities/pipelines/delete.ts
update pipelines p set deleted_at = $1, updated_at = $2
where p.location_id = $3 and p.id = $4;

-- src/api/opportunities/pipelines/statements.ts
insert into pipeline_stages as s (location_id, pipeline_id, id, name, position, show_in_funnel,
  show_in_pie_chart, stage_win_probability, color)
select $1, $2, w.id, w.name, w.position, w.funnel, w.chart,
  w.probability, w.color
from unnest($3::text[], $4::text[], $5::int[],
  $6::boolean[], $7::boolean[],
  $8::numeric[], $9::text[])
  w (id, name, position, funnel, chart, probability, color)
on conflict (location_id, id) do update set
  name = excluded.name, position = excluded.position, show_in_funnel = excluded.show_in_funnel,
  show_in_pie_chart = excluded.show_in_pie_chart,
  stage_win_probability = excluded.stage_win_probability, color = excluded.color,
  removed_at = null;

-- src/api/opportunities/pipelines/statements.ts
insert into pipelines (location_id, id, name, name_key, position, show_in_funnel,
  show_in_pie_chart, use_opportunity_probability, color_render_mode, created_at,
  updated_at)
values ($1, $2, $3, $4, $5,
  $6, $7,
  $8,
  $9, $10, $11);

-- src/api/opportunities/pipelines/statements.ts
select count(*) filter (where p.deleted_at is null) as count, max(p.position) as last
from pipelines p where p.location_id = $1;

-- src/api/opportunities/pipelines/statements.ts
select from pipelines p where p.location_id = $1 order by p.id limit 1
for no key update;

-- src/api/opportunities/pipelines/statements.ts
select p.deleted_at is not null as "isDeleted" from pipelines p
where p.location_id = $1 and p.id = $2 for update;

-- src/api/opportunities/pipelines/statements.ts
select p.id, p.name, p.origin_id as "originId", stages.list as stages,
  p.show_in_funnel as "showInFunnel", p.show_in_pie_chart as "showInPieChart",
  p.location_id as "locationId", p.use_opportunity_probability as "useOpportunityProbability",
  p.color_render_mode as "colorRenderMode", p.position, p.created_at as "dateAdded",
  p.updated_at as "dateUpdated"
from pipelines p
left join lateral (
  select coalesce(json_agg(stage order by stage.position, stage.id), '[]') as list
  from (
    select s.id, s.name, s.origin_id as "originId", s.position,
      s.show_in_funnel as "showInFunnel", s.show_in_pie_chart as "showInPieChart",
      s.stage_win_probability as "stageWinProbability", s.color
    from pipeline_stages s
    where s.location_id = $1 and s.pipeline_id = p.id) stage) stages on true
where p.location_id = $2 and p.deleted_at is null and p.id = $3;

-- src/api/opportunities/pipelines/statements.ts
select p.id, p.name, p.origin_id as "originId", stages.list as stages,
  p.show_in_funnel as "showInFunnel", p.show_in_pie_chart as "showInPieChart",
  p.location_id as "locationId", p.use_opportunity_probability as "useOpportunityProbability",
  p.color_render_mode as "colorRenderMode", p.position, p.created_at as "dateAdded",
  p.updated_at as "dateUpdated"
from pipelines p
left join lateral (
  select coalesce(json_agg(stage order by stage.position, stage.id), '[]') as list
  from (
    select s.id, s.name, s.origin_id as "originId", s.position,
      s.show_in_funnel as "showInFunnel", s.show_in_pie_chart as "showInPieChart",
      s.stage_win_probability as "stageWinProbability", s.color
    from pipeline_stages s
    where s.location_id = $1 and s.pipeline_id = p.id) stage) stages on true
where p.location_id = $2 and p.deleted_at is null and true order by p.position, p.id limit $3;

-- src/api/opportunities/pipelines/statements.ts
select s.id, s.name, s.position, s.show_in_funnel as "showInFunnel",
  s.show_in_pie_chart as "showInPieChart",
  s.stage_win_probability as "stageWinProbability", s.color
from pipeline_stages s
where s.location_id = $1 and s.pipeline_id = $2;

-- src/api/opportunities/pipelines/statements.ts
update pipeline_stages s set removed_at = $1, position = $2
where s.location_id = $3 and s.pipeline_id = $4
  and s.id <> all($5::text[]);

-- src/api/opportunities/pipelines/statements.ts
update pipelines p
set name = coalesce($1, p.name),
  name_key = coalesce($2, p.name_key),
  show_in_funnel = coalesce($3, p.show_in_funnel),
  show_in_pie_chart = coalesce($4, p.show_in_pie_chart),
  use_opportunity_probability =
    coalesce($5, p.use_opportunity_probability),
  color_render_mode = coalesce($6, p.color_render_mode),
  updated_at = $7
where p.location_id = $8 and p.id = $9;

-- src/api/opportunities/reactions/delete-target.ts
with
target as (
  select o.* from opportunities o
  where o.location_id = $1 and o.contact_id = $2 and true
  order by o.id limit $3 for update), changed as (
    delete from opportunities o using target
    where o.location_id = $4 and o.id = target.id
    returning o.*),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $5 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id)
  select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version + 1, 'told', json_build_array(true, true),
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text)) order by changed.id),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $6 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $7::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r))) as changed
  from changed having count(*) > 0;

-- src/api/opportunities/reactions/delete-target.ts
with
target as (
  select o.* from opportunities o
  where o.location_id = $1 and o.pipeline_stage_id = any($2::text[])
    and o.id = any(array(
      select c.id from opportunities c
      where c.location_id = $3
        and c.pipeline_stage_id = any($4::text[])
      limit $5))
  order by o.id for update), changed as (
    delete from opportunities o using target
    where o.location_id = $6 and o.id = target.id
    returning o.*),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $7 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id)
  select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version + 1, 'told', json_build_array(true, true),
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text)) order by changed.id),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $8 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $9::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r))) as changed
  from changed having count(*) > 0;

-- src/api/opportunities/reactions/in-stages.ts
select from opportunities o
where o.location_id = $1 and o.pipeline_stage_id = any($2::text[])
limit 1;

-- src/api/opportunities/reactions/in-stages.ts
with
target as (
  select o.* from opportunities o
  where o.location_id = $1 and o.pipeline_stage_id = any($2::text[])
    and o.id = any(array(
      select c.id from opportunities c
      where c.location_id = $3
        and c.pipeline_stage_id = any($4::text[])
      limit $5))
  order by o.id for update), changed as (
    update opportunities o
    set pipeline_stage_id = $6, last_stage_change_at = $7, updated_at = $8,
      index_version = o.index_version + 1
    from target
    where o.location_id = $9 and o.id = target.id
    returning o.*)
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text)) order by changed.id),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $10 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $11::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $12::int as sign
  from target o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r))) as changed
  from changed having count(*) > 0;

-- src/api/opportunities/reactions/of-contact.ts
with
target as (
  select o.* from opportunities o
  where o.location_id = $1 and o.contact_id = $2 and o.assigned_to is distinct from $3::text
  order by o.id limit $4 for update), changed as (
      update opportunities o
      set assigned_to = $5, updated_at = $6, index_version = o.index_version + 1
      from target
      where o.location_id = $7 and o.id = target.id
      returning o.*),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from target o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $8 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id)
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text)) order by changed.id),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $9 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $10::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $11::int as sign
  from target o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r), (
select coalesce(json_agg(json_build_array(to_jsonb(r.user_id) #>> '{}', to_jsonb(r.created_at) #>> '{}', to_jsonb(r.contact_id) #>> '{}', to_jsonb(r.opportunity_id) #>> '{}')), '[]')
from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from target o cross join lateral unnest(o.followers) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r))) as changed
  from changed having count(*) > 0;

-- src/api/opportunities/reactions/of-contact.ts
with target as (
    select o.id, ' ' || btrim(regexp_replace(lower(
regexp_replace(normalize(concat_ws(E'\u001f ', o.name,
concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g')) as search_text
    from opportunities o
    join contacts f on f.location_id = $1 and f.id = $2
    where o.location_id = $3 and o.contact_id = $4
      and o.search_text <> ' ' || btrim(regexp_replace(lower(
regexp_replace(normalize(concat_ws(E'\u001f ', o.name,
concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
    order by o.id limit $5 for update of o)
  update opportunities o set search_text = target.search_text
  from target
  where o.location_id = $6 and o.id = target.id
  returning o.id;

-- src/api/opportunities/reactions/user-left.ts
select from opportunities o where
o.location_id = $1 and o.id in (
  select a.id from opportunities a
  where a.location_id = $2 and a.assigned_to = $3
  union all
  select f.opportunity_id from opportunity_followers f
  where f.location_id = $4 and f.user_id = $5)
and (o.assigned_to = $6 or o.followers @> array[$7]::text[]) limit 1;

-- src/api/opportunities/reactions/user-left.ts
with
    target as (
      select o.*, coalesce(o.assigned_to = $1, false) as was_assigned,
        o.followers @> array[$2]::text[] as did_follow
      from opportunities o
      where
o.location_id = $3 and o.id in (
  select a.id from opportunities a
  where a.location_id = $4 and a.assigned_to = $5
  union all
  select f.opportunity_id from opportunity_followers f
  where f.location_id = $6 and f.user_id = $7)
and (o.assigned_to = $8 or o.followers @> array[$9]::text[])
      order by o.id limit $10 for no key update), changed as (
    update opportunities o
    set assigned_to = nullif(o.assigned_to, $11),
      followers = array_remove(o.followers, $12),
      updated_at = $13, index_version = o.index_version + 1
    from target
    where o.location_id = $14 and o.id = target.id
    returning o.*, target.was_assigned, target.did_follow),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from target o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $15 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id)
  select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array(true, changed.was_assigned, changed.did_follow),
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text, case when changed.was_assigned then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.did_follow then (jsonb_build_object(
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
  'followersRemoved', array[$16]::text[]))::text end)) order by changed.id),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $17 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $18::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $19::int as sign
  from target o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r), (
select coalesce(json_agg(json_build_array(to_jsonb(r.user_id) #>> '{}', to_jsonb(r.created_at) #>> '{}', to_jsonb(r.contact_id) #>> '{}', to_jsonb(r.opportunity_id) #>> '{}')), '[]')
from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from target o cross join lateral unnest(o.followers) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r))) as changed
  from changed having count(*) > 0;

-- src/api/opportunities/search/statements.ts
select o.id, o.name, o.monetary_value as "monetaryValue", o.contact_id as "contactId",
    o.created_at as "createdAt", o.updated_at as "updatedAt",
    o.last_status_change_at as "lastStatusChangeAt",
    o.last_stage_change_at as "lastStageChangeAt"
  from opportunities o
  join contacts c on c.location_id = $1 and c.id = o.contact_id
  where o.location_id = $2
    and (o.id = $3 or (o.contact_id = $4 and (true)))
  order by o.id = $5 desc, lower(
regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") collate "C" asc, o.contact_id asc, o.id asc limit 1;

-- src/api/opportunities/store/counts.ts
select coalesce(sum(n.count), 0)::int as total
from (
select c.follower, c.pipeline_id, c.pipeline_stage_id, c.status, c.assigned_to, c.count, c.value,
  c.weighted, c.unweighted
from opportunity_counts c
where c.location_id = $1 and c.assigned_to = '*'
union all
select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to, d.count, d.value,
  d.weighted, d.unweighted
from opportunity_deltas d where d.location_id = $2) n where n.follower = $3 and (n.pipeline_id = $4);

-- src/api/opportunities/store/counts.ts
select coalesce(sum(n.count), 0)::int as total
from (
select c.follower, c.pipeline_id, c.pipeline_stage_id, c.status, c.assigned_to, c.count, c.value,
  c.weighted, c.unweighted
from opportunity_counts c
where c.location_id = $1 and c.assigned_to = '*'
union all
select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to, d.count, d.value,
  d.weighted, d.unweighted
from opportunity_deltas d where d.location_id = $2) n where n.follower = $3 and (true);

-- src/api/opportunities/store/counts.ts
select s.id as "pipelineStageId", sum(n.count)::bigint as "totalCount",
greatest(least(coalesce(sum(n.value) filter (where true), 0), $1::numeric),
  $2::numeric) as "totalValue",
greatest(least(coalesce(sum(n.weighted + n.unweighted * s.stage_win_probability / 100) filter (where true), 0), $3::numeric),
  $4::numeric) as "weightedValue",
greatest(least(coalesce(sum(n.value) filter (where n.status = 'open'), 0), $5::numeric),
  $6::numeric) as "openValue",
greatest(least(coalesce(sum(n.weighted + n.unweighted * s.stage_win_probability / 100) filter (where n.status = 'open'), 0), $7::numeric),
  $8::numeric) as "openWeightedValue",
greatest(least(coalesce(sum(n.value) filter (where n.status = 'won'), 0), $9::numeric),
  $10::numeric) as "wonValue"
  from (
select c.follower, c.pipeline_id, c.pipeline_stage_id, c.status, c.assigned_to, c.count, c.value,
  c.weighted, c.unweighted
from opportunity_counts c
where c.location_id = $11 and c.assigned_to = '*'
union all
select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to, d.count, d.value,
  d.weighted, d.unweighted
from opportunity_deltas d where d.location_id = $12) n
  join pipeline_stages s on s.location_id = $13 and s.id = n.pipeline_stage_id
  where n.follower = $14 and (n.pipeline_id = $15)
  group by s.id, s.pipeline_id, s.position
  having sum(n.count) > 0
  order by s.pipeline_id, s.position, s.id limit $16;

-- src/api/opportunities/store/counts.ts
select s.id as "pipelineStageId", sum(n.count)::bigint as "totalCount",
greatest(least(coalesce(sum(n.value) filter (where true), 0), $1::numeric),
  $2::numeric) as "totalValue",
greatest(least(coalesce(sum(n.weighted + n.unweighted * s.stage_win_probability / 100) filter (where true), 0), $3::numeric),
  $4::numeric) as "weightedValue",
greatest(least(coalesce(sum(n.value) filter (where n.status = 'open'), 0), $5::numeric),
  $6::numeric) as "openValue",
greatest(least(coalesce(sum(n.weighted + n.unweighted * s.stage_win_probability / 100) filter (where n.status = 'open'), 0), $7::numeric),
  $8::numeric) as "openWeightedValue",
greatest(least(coalesce(sum(n.value) filter (where n.status = 'won'), 0), $9::numeric),
  $10::numeric) as "wonValue"
  from (select o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, 1 as count
    from opportunities o join contacts c on c.location_id = $11 and c.id = o.contact_id
    where o.location_id = $12 and ((lower(
  regexp_replace(normalize(c.email, nfd), '[\u0300-\u036f]', '', 'g') collate "default") like '%' || lower(
  regexp_replace(normalize($13::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") || '%') is not true and o.pipeline_id = $14 and lower(
  regexp_replace(normalize(o.name, nfd), '[\u0300-\u036f]', '', 'g') collate "default") = any(array(
      select lower(
  regexp_replace(normalize(v.value, nfd), '[\u0300-\u036f]', '', 'g') collate "default") from unnest($15::text[]) v (value))))) n
  join pipeline_stages s on s.location_id = $16 and s.id = n.pipeline_stage_id
  where true
  group by s.id, s.pipeline_id, s.position
  having sum(n.count) > 0
  order by s.pipeline_id, s.position, s.id limit $17;

-- src/api/opportunities/store/folding.ts
select d.location_id as id from opportunity_deltas d
where d.location_id > $1
group by d.location_id having count(*) >= $2
order by d.location_id limit $3;

-- src/api/opportunities/store/folding.ts
with gone as (
    delete from opportunity_deltas d
    where d.location_id = $1 and d.id = any(array(
      select w.id from opportunity_deltas w where w.location_id = $2
      order by w.id limit $3 for update skip locked))
    returning d.*)
  select (select count(*)::int from gone) as count, (
select coalesce(json_agg(json_build_array(to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
  select g.follower, g.pipeline_id, g.pipeline_stage_id, g.status, a.assigned_to,
    sum(g.count) as count, sum(g.value) as value, sum(g.weighted) as weighted,
    sum(g.unweighted) as unweighted
  from gone g cross join lateral unnest(array[g.assigned_to, '*']) a (assigned_to)
  group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5) r) as rows;

-- src/api/opportunities/store/places.ts
select l.allow_duplicate_opportunity as "allowsDuplicate", p.id as "pipelineId",
    (
select s.id from pipeline_stages s
join pipelines p on p.location_id = $1 and p.id = s.pipeline_id
  and p.deleted_at is null
where s.location_id = $2 and s.pipeline_id = $3 and s.removed_at is null
order by coalesce(s.id = $4, false) desc, s.position limit 1) as "stageId", c.id as "contactId",
    coalesce(nullif(trim(concat_ws(' ', c.first_name, c.last_name)), ''), nullif(c.email, ''),
      nullif(c.phone, ''), c.id) as "contactName",
    r.id as "lostReasonId",
    array(
      select n.id from unnest($5::text[]) with ordinality n (id, place)
      where not exists (
        select from location_users u
        where u.location_id = $6 and u.user_id = n.id and u.left_at is null)
      order by n.place) as strangers,
    (select d.id from opportunities d
      where d.location_id = $7 and d.contact_id = $8
        and d.pipeline_id = $9
      order by (d.status = 'open') desc, d.created_at desc, d.id desc limit 1) as "existingId"
  from locations l
  left join pipelines p on p.location_id = $10 and p.id = $11
  left join contacts c
    on c.location_id = $12 and c.id = $13 and c.deleted_at is null
  left join lost_reasons r on r.location_id = $14
    and r.id = $15 and r.deleted_at is null
  where l.location_id = $16;

-- src/api/opportunities/store/recount.ts
select (
select coalesce(json_agg(json_build_array(to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
select n.follower, n.pipeline_id, n.pipeline_stage_id, n.status, n.assigned_to,
  sum(n.count)::bigint as count, sum(n.value) as value, sum(n.weighted) as weighted,
  sum(n.unweighted) as unweighted
from (
  select o.follower, o.pipeline_id, o.pipeline_stage_id, o.status, a.assigned_to, o.count,
    o.value, o.weighted, o.unweighted
  from (
select n.follower, n.pipeline_id, n.pipeline_stage_id, n.status, n.assigned_to,
  sum(n.count) as count, sum(n.value) as value, sum(n.weighted) as weighted,
  sum(n.unweighted) as unweighted
from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, 1 as count
  from opportunities o cross join lateral unnest(array_prepend('', o.followers)) f (id)
  where o.location_id = $1
  union all
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to, -d.value,
    -d.weighted, -d.unweighted, -d.count
  from opportunity_deltas d where d.location_id = $2) n
group by 1, 2, 3, 4, 5) o
  cross join lateral unnest(array[o.assigned_to, '*']) a (assigned_to)
  union all
  select c.follower, c.pipeline_id, c.pipeline_stage_id, c.status, c.assigned_to, -c.count,
    -c.value, -c.weighted, -c.unweighted
  from opportunity_counts c where c.location_id = $3) n
group by 1, 2, 3, 4, 5
having (sum(n.count), sum(n.value), sum(n.weighted), sum(n.unweighted))
  is distinct from (0, 0, 0, 0)
order by 1, 2, 3, 4, 5) r) as counts, (
select coalesce(json_agg(json_build_array(to_jsonb(r.user_id) #>> '{}', to_jsonb(r.created_at) #>> '{}', to_jsonb(r.contact_id) #>> '{}', to_jsonb(r.opportunity_id) #>> '{}')), '[]')
from (
select f.user_id, o.created_at, o.contact_id, o.id as opportunity_id
from opportunities o cross join lateral unnest(o.followers) f (user_id)
where o.location_id = $4
except
select f.user_id, f.created_at, f.contact_id, f.opportunity_id
from opportunity_followers f where f.location_id = $5) r) as followers;

-- src/api/opportunities/store/recount.ts
select (select count(*) from opportunities o where o.location_id = $1) <>
(select coalesce(sum(c.count), 0) from opportunity_counts c
  where c.location_id = $2 and c.follower = '' and c.assigned_to = '*') +
(select coalesce(sum(d.count), 0) from opportunity_deltas d
  where d.location_id = $3 and d.follower = '') as "isWrong";

-- src/api/opportunities/store/recount.ts
select l.location_id as id from locations l order by l.location_id;

-- src/api/opportunities/store/statements.ts
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
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource" from opportunities o
join pipeline_stages s on s.location_id = $1 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $2 and c.id = o.contact_id
  where o.location_id = $3 and o.id = $4;

-- src/api/opportunities/store/writes.ts
insert into opportunities as o (location_id, id, name, pipeline_id, pipeline_stage_id,
      contact_id, status, lost_reason_id, monetary_value, assigned_to, followers, source,
      custom_fields, forecast_expected_close_date, forecast_original_close_date,
      forecast_probability, duplicate_slot, internal_source, last_status_change_at,
      last_stage_change_at, last_action_at, created_at, updated_at, search_text)
    select f.location_id, $1, $2, $3, $4, f.id,
      $5, $6, $7::numeric, $8,
      $9::text[], $10, $11::jsonb,
      $12::date, $13::date, $14::numeric,
      $15, $16::jsonb,
      $17::timestamptz, $18::timestamptz, $19::timestamptz, $20::timestamptz,
      $21::timestamptz, ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', $22::text,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $23 and f.id = $24
    returning o.*;

-- src/api/opportunities/store/writes.ts
with
  target as (
    select o.* from opportunities o
    where o.location_id = $1 and o.id = $2 for no key update),
  given as (
    select $3::text as contact_id, $4::text as name,
      $5::text as pipeline_id, $6::text as stage_id,
      $7::text as status, $8::text as lost_reason_id,
      $9::numeric as monetary_value,
      $10::text as assigned_to, $11::text as source,
      $12::text as close_date,
      $13::numeric as probability),
members as (
  select u.user_id from location_users u
  where u.location_id = $14 and u.user_id = any($15::text[])
    and u.left_at is null
  for key share),
  wanted as (
    select coalesce(g.name, t.name) as name,
      coalesce(g.pipeline_id, t.pipeline_id) as pipeline_id,
      coalesce(g.pipeline_id <> t.pipeline_id, false) as is_moved,
      case when g.pipeline_id <> t.pipeline_id
        then (
select s.id from pipeline_stages s
join pipelines p on p.location_id = $16 and p.id = s.pipeline_id
  and p.deleted_at is null
where s.location_id = $17 and s.pipeline_id = g.pipeline_id and s.removed_at is null
order by coalesce(s.id = g.stage_id, false) desc, s.position limit 1)
        when g.stage_id <> t.pipeline_stage_id then (
          select s.id from pipeline_stages s
          where s.location_id = $18 and s.pipeline_id = t.pipeline_id
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
        select ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', g.name,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $19 and f.id = t.contact_id
      ) end as search_text,
      (
select coalesce(
  jsonb_agg(f.field order by f.place) filter (where f.field -> 'fieldValue' <> 'null'), '[]')
from (
  select (array_agg(e.field order by e.place desc))[1] as field, min(e.place) as place
  from jsonb_array_elements(t.custom_fields || $20::jsonb)
    with ordinality e (field, place)
  group by e.field ->> 'id') f) as custom_fields,
      t.followers as followers,
      case when g.assigned_to <> '' and g.assigned_to is distinct from t.assigned_to
          and g.assigned_to not in (select m.user_id from members m)
        then array[g.assigned_to] else '{}' end
        || array[]::text[] as strangers
    from target t, given g),
  others as (
    select d.id from opportunities d, target t, wanted w, locations l
    where w.is_moved and d.location_id = $21 and d.contact_id = t.contact_id
      and d.pipeline_id = w.pipeline_id and l.location_id = $22
      and not l.allow_duplicate_opportunity
    limit 1),
  verdict as (
    select
case
  when g.contact_id <> t.contact_id then 'contact'
  when w.stage_id is null and w.is_moved then 'pipeline'
  when w.stage_id is null then 'stage'
  when g.lost_reason_id <> '' and w.status <> 'lost' then 'not-lost'
  when w.lost_reason_id is distinct from t.lost_reason_id and w.lost_reason_id is not null
    and not exists (
      select from lost_reasons r
      where r.location_id = $23 and r.id = w.lost_reason_id and r.deleted_at is null)
    then 'lost-reason'
  when exists (select from others) then 'duplicate'
when w.custom_fields is distinct from t.custom_fields
  and length(w.custom_fields::text) > $24 then 'custom-fields'
  when w.strangers <> '{}' then 'users'
  when cardinality(w.followers) > $25 then 'followers'
end as refusal
    from target t, given g, wanted w), changed as (
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
    case when slip.days is null then t.forecast_last_slipped_at else $26 end,
  forecast_probability = w.probability,
  duplicate_slot = case when not w.is_moved then t.duplicate_slot
    when l.allow_duplicate_opportunity then t.id else '' end,
  search_text = w.search_text,
  last_stage_change_at =
    case when w.stage_id = t.pipeline_stage_id then t.last_stage_change_at else $27 end,
  last_status_change_at =
    case when w.status = t.status then t.last_status_change_at else $28 end,
  updated_at = $29, index_version = t.index_version + 1
from target t, wanted w, verdict v, locations l,
  lateral (
    select case when w.close_date > t.forecast_expected_close_date
      then w.close_date - t.forecast_expected_close_date end as days) slip
where o.location_id = $30 and o.id = $31 and l.location_id = $32
  and v.refusal is null
  and (w.name, w.stage_id, w.status, w.lost_reason_id, w.monetary_value, w.assigned_to,
      w.source, w.custom_fields, w.followers, w.close_date, w.probability)
    is distinct from (t.name, t.pipeline_stage_id, t.status, t.lost_reason_id,
      t.monetary_value, t.assigned_to, t.source, t.custom_fields, t.followers,
      t.forecast_expected_close_date, t.forecast_probability)
returning o.*), replaced as (select t.* from target t where exists (select from changed))
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array(true, changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t), changed.status <> (select t.status from target t), changed.monetary_value <> (select t.monetary_value from target t), changed.assigned_to is distinct from (select t.assigned_to from target t)),
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text, case when changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.status <> (select t.status from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.monetary_value <> (select t.monetary_value from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.assigned_to is distinct from (select t.assigned_to from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end)) ),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $33 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $34::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $35::int as sign
  from replaced o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r))) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (
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
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource", json_build_object('refusal', v.refusal,
      'existingId', (select d.id from others d), 'strangers', w.strangers) as verdict
    from verdict v, wanted w, (
      select * from changed
      union all select * from target where not exists (select from changed)) o
join pipeline_stages s on s.location_id = $36 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $37 and c.id = o.contact_id) said) answer on true;

-- src/api/opportunities/store/writes.ts
with
  target as (
    select o.* from opportunities o
    where o.location_id = $1 and o.id = $2 for no key update),
  given as (
    select $3::text as contact_id, $4::text as name,
      $5::text as pipeline_id, $6::text as stage_id,
      $7::text as status, $8::text as lost_reason_id,
      $9::numeric as monetary_value,
      $10::text as assigned_to, $11::text as source,
      $12::text as close_date,
      $13::numeric as probability),
members as (
  select u.user_id from location_users u
  where u.location_id = $14 and u.user_id = any($15::text[])
    and u.left_at is null
  for key share),
  wanted as (
    select coalesce(g.name, t.name) as name,
      coalesce(g.pipeline_id, t.pipeline_id) as pipeline_id,
      coalesce(g.pipeline_id <> t.pipeline_id, false) as is_moved,
      case when g.pipeline_id <> t.pipeline_id
        then (
select s.id from pipeline_stages s
join pipelines p on p.location_id = $16 and p.id = s.pipeline_id
  and p.deleted_at is null
where s.location_id = $17 and s.pipeline_id = g.pipeline_id and s.removed_at is null
order by coalesce(s.id = g.stage_id, false) desc, s.position limit 1)
        when g.stage_id <> t.pipeline_stage_id then (
          select s.id from pipeline_stages s
          where s.location_id = $18 and s.pipeline_id = t.pipeline_id
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
        select ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', g.name,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $19 and f.id = t.contact_id
      ) end as search_text,
      (
select coalesce(
  jsonb_agg(f.field order by f.place) filter (where f.field -> 'fieldValue' <> 'null'), '[]')
from (
  select (array_agg(e.field order by e.place desc))[1] as field, min(e.place) as place
  from jsonb_array_elements(t.custom_fields || $20::jsonb)
    with ordinality e (field, place)
  group by e.field ->> 'id') f) as custom_fields,
      t.followers as followers,
      case when g.assigned_to <> '' and g.assigned_to is distinct from t.assigned_to
          and g.assigned_to not in (select m.user_id from members m)
        then array[g.assigned_to] else '{}' end
        || array[]::text[] as strangers
    from target t, given g),
  others as (
    select d.id from opportunities d, target t, wanted w, locations l
    where w.is_moved and d.location_id = $21 and d.contact_id = t.contact_id
      and d.pipeline_id = w.pipeline_id and l.location_id = $22
      and not l.allow_duplicate_opportunity
    limit 1),
  verdict as (
    select
case
  when g.contact_id <> t.contact_id then 'contact'
  when w.stage_id is null and w.is_moved then 'pipeline'
  when w.stage_id is null then 'stage'
  when g.lost_reason_id <> '' and w.status <> 'lost' then 'not-lost'
  when w.lost_reason_id is distinct from t.lost_reason_id and w.lost_reason_id is not null
    and not exists (
      select from lost_reasons r
      where r.location_id = $23 and r.id = w.lost_reason_id and r.deleted_at is null)
    then 'lost-reason'
  when exists (select from others) then 'duplicate'
when w.custom_fields is distinct from t.custom_fields
  and length(w.custom_fields::text) > $24 then 'custom-fields'
  when w.strangers <> '{}' then 'users'
  when cardinality(w.followers) > $25 then 'followers'
end as refusal
    from target t, given g, wanted w), changed as (
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
    case when slip.days is null then t.forecast_last_slipped_at else $26 end,
  forecast_probability = w.probability,
  duplicate_slot = case when not w.is_moved then t.duplicate_slot
    when l.allow_duplicate_opportunity then t.id else '' end,
  search_text = w.search_text,
  last_stage_change_at =
    case when w.stage_id = t.pipeline_stage_id then t.last_stage_change_at else $27 end,
  last_status_change_at =
    case when w.status = t.status then t.last_status_change_at else $28 end,
  updated_at = $29, index_version = t.index_version + 1
from target t, wanted w, verdict v, locations l,
  lateral (
    select case when w.close_date > t.forecast_expected_close_date
      then w.close_date - t.forecast_expected_close_date end as days) slip
where o.location_id = $30 and o.id = $31 and l.location_id = $32
  and v.refusal is null
  and (w.name, w.stage_id, w.status, w.lost_reason_id, w.monetary_value, w.assigned_to,
      w.source, w.custom_fields, w.followers, w.close_date, w.probability)
    is distinct from (t.name, t.pipeline_stage_id, t.status, t.lost_reason_id,
      t.monetary_value, t.assigned_to, t.source, t.custom_fields, t.followers,
      t.forecast_expected_close_date, t.forecast_probability)
returning o.*), replaced as (select t.* from target t where exists (select from changed)),
counted as (
  insert into opportunity_deltas (location_id, id, follower, pipeline_id, pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
  select $33, r.id, r.follower, r.pipeline_id, r.pipeline_stage_id, r.status, r.assigned_to, r.count, r.value, r.weighted, r.unweighted
  from (
    select $34 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $35::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $36::int as sign
  from replaced o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r ),
  appended as (
    insert into outbox (location_id, id, type, version, payload, created_at)
    select $37, event.id, event.type, event.version, event.payload, $38
    from (select $39::text, $40::text, changed.index_version, jsonb_build_object(
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
        where true union all select $41::text, $42::text, changed.index_version, jsonb_build_object(
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
        where changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t) union all select $43::text, $44::text, changed.index_version, jsonb_build_object(
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
        where changed.status <> (select t.status from target t) union all select $45::text, $46::text, changed.index_version, jsonb_build_object(
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
        where changed.monetary_value <> (select t.monetary_value from target t) union all select $47::text, $48::text, changed.index_version, jsonb_build_object(
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
        where changed.assigned_to is distinct from (select t.assigned_to from target t)) event (id, type, version, payload))
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
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource", json_build_object('refusal', v.refusal,
      'existingId', (select d.id from others d), 'strangers', w.strangers) as verdict
    from verdict v, wanted w, (
      select * from changed
      union all select * from target where not exists (select from changed)) o
join pipeline_stages s on s.location_id = $49 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $50 and c.id = o.contact_id;

-- src/api/opportunities/store/writes.ts
with
  target as (
    select o.* from opportunities o
    where o.location_id = $1 and o.id = $2 for no key update),
  given as (
    select $3::text as contact_id, $4::text as name,
      $5::text as pipeline_id, $6::text as stage_id,
      $7::text as status, $8::text as lost_reason_id,
      $9::numeric as monetary_value,
      $10::text as assigned_to, $11::text as source,
      $12::text as close_date,
      $13::numeric as probability),
members as (
  select u.user_id from location_users u
  where u.location_id = $14 and u.user_id = any($15::text[])
    and u.left_at is null
  for key share),
  wanted as (
    select coalesce(g.name, t.name) as name,
      coalesce(g.pipeline_id, t.pipeline_id) as pipeline_id,
      coalesce(g.pipeline_id <> t.pipeline_id, false) as is_moved,
      case when g.pipeline_id <> t.pipeline_id
        then (
select s.id from pipeline_stages s
join pipelines p on p.location_id = $16 and p.id = s.pipeline_id
  and p.deleted_at is null
where s.location_id = $17 and s.pipeline_id = g.pipeline_id and s.removed_at is null
order by coalesce(s.id = g.stage_id, false) desc, s.position limit 1)
        when g.stage_id <> t.pipeline_stage_id then (
          select s.id from pipeline_stages s
          where s.location_id = $18 and s.pipeline_id = t.pipeline_id
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
        select ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', g.name,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $19 and f.id = t.contact_id
      ) end as search_text,
      t.custom_fields as custom_fields,
      array(
    select f.id from unnest(t.followers) with ordinality f (id, place)
    where f.id <> all($20::text[]) order by f.place) as followers,
      case when g.assigned_to <> '' and g.assigned_to is distinct from t.assigned_to
          and g.assigned_to not in (select m.user_id from members m)
        then array[g.assigned_to] else '{}' end
        || array[]::text[] as strangers
    from target t, given g),
  others as (
    select d.id from opportunities d, target t, wanted w, locations l
    where w.is_moved and d.location_id = $21 and d.contact_id = t.contact_id
      and d.pipeline_id = w.pipeline_id and l.location_id = $22
      and not l.allow_duplicate_opportunity
    limit 1),
  verdict as (
    select
case
  when g.contact_id <> t.contact_id then 'contact'
  when w.stage_id is null and w.is_moved then 'pipeline'
  when w.stage_id is null then 'stage'
  when g.lost_reason_id <> '' and w.status <> 'lost' then 'not-lost'
  when w.lost_reason_id is distinct from t.lost_reason_id and w.lost_reason_id is not null
    and not exists (
      select from lost_reasons r
      where r.location_id = $23 and r.id = w.lost_reason_id and r.deleted_at is null)
    then 'lost-reason'
  when exists (select from others) then 'duplicate'
  when w.strangers <> '{}' then 'users'
  when cardinality(w.followers) > $24 then 'followers'
end as refusal
    from target t, given g, wanted w), changed as (
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
    case when slip.days is null then t.forecast_last_slipped_at else $25 end,
  forecast_probability = w.probability,
  duplicate_slot = case when not w.is_moved then t.duplicate_slot
    when l.allow_duplicate_opportunity then t.id else '' end,
  search_text = w.search_text,
  last_stage_change_at =
    case when w.stage_id = t.pipeline_stage_id then t.last_stage_change_at else $26 end,
  last_status_change_at =
    case when w.status = t.status then t.last_status_change_at else $27 end,
  updated_at = $28, index_version = t.index_version + 1
from target t, wanted w, verdict v, locations l,
  lateral (
    select case when w.close_date > t.forecast_expected_close_date
      then w.close_date - t.forecast_expected_close_date end as days) slip
where o.location_id = $29 and o.id = $30 and l.location_id = $31
  and v.refusal is null
  and (w.name, w.stage_id, w.status, w.lost_reason_id, w.monetary_value, w.assigned_to,
      w.source, w.custom_fields, w.followers, w.close_date, w.probability)
    is distinct from (t.name, t.pipeline_stage_id, t.status, t.lost_reason_id,
      t.monetary_value, t.assigned_to, t.source, t.custom_fields, t.followers,
      t.forecast_expected_close_date, t.forecast_probability)
returning o.*), replaced as (select t.* from target t where exists (select from changed)),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from replaced o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $32 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id)
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array(true, changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t), changed.status <> (select t.status from target t), changed.monetary_value <> (select t.monetary_value from target t), changed.assigned_to is distinct from (select t.assigned_to from target t), array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place) <> '{}' or array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place) <> '{}'),
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text, case when changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.status <> (select t.status from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.monetary_value <> (select t.monetary_value from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.assigned_to is distinct from (select t.assigned_to from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place) <> '{}' or array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place) <> '{}' then (jsonb_build_object(
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
  'followersAdded', array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place),
  'followersRemoved', array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place)))::text end)) ),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $33 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $34::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $35::int as sign
  from replaced o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r), (
select coalesce(json_agg(json_build_array(to_jsonb(r.user_id) #>> '{}', to_jsonb(r.created_at) #>> '{}', to_jsonb(r.contact_id) #>> '{}', to_jsonb(r.opportunity_id) #>> '{}')), '[]')
from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from replaced o cross join lateral unnest(o.followers) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r))) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (
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
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource", json_build_object('refusal', v.refusal,
      'existingId', (select d.id from others d), 'strangers', w.strangers) as verdict
    from verdict v, wanted w, (
      select * from changed
      union all select * from target where not exists (select from changed)) o
join pipeline_stages s on s.location_id = $36 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $37 and c.id = o.contact_id) said) answer on true;

-- src/api/opportunities/store/writes.ts
with
  target as (
    select o.* from opportunities o
    where o.location_id = $1 and o.id = $2 for no key update),
  given as (
    select $3::text as contact_id, $4::text as name,
      $5::text as pipeline_id, $6::text as stage_id,
      $7::text as status, $8::text as lost_reason_id,
      $9::numeric as monetary_value,
      $10::text as assigned_to, $11::text as source,
      $12::text as close_date,
      $13::numeric as probability),
members as (
  select u.user_id from location_users u
  where u.location_id = $14 and u.user_id = any($15::text[])
    and u.left_at is null
  for key share),
  wanted as (
    select coalesce(g.name, t.name) as name,
      coalesce(g.pipeline_id, t.pipeline_id) as pipeline_id,
      coalesce(g.pipeline_id <> t.pipeline_id, false) as is_moved,
      case when g.pipeline_id <> t.pipeline_id
        then (
select s.id from pipeline_stages s
join pipelines p on p.location_id = $16 and p.id = s.pipeline_id
  and p.deleted_at is null
where s.location_id = $17 and s.pipeline_id = g.pipeline_id and s.removed_at is null
order by coalesce(s.id = g.stage_id, false) desc, s.position limit 1)
        when g.stage_id <> t.pipeline_stage_id then (
          select s.id from pipeline_stages s
          where s.location_id = $18 and s.pipeline_id = t.pipeline_id
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
        select ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', g.name,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $19 and f.id = t.contact_id
      ) end as search_text,
      t.custom_fields as custom_fields,
      array(
    select f.id from unnest(t.followers) with ordinality f (id, place)
    where f.id <> all($20::text[]) order by f.place) as followers,
      case when g.assigned_to <> '' and g.assigned_to is distinct from t.assigned_to
          and g.assigned_to not in (select m.user_id from members m)
        then array[g.assigned_to] else '{}' end
        || array[]::text[] as strangers
    from target t, given g),
  others as (
    select d.id from opportunities d, target t, wanted w, locations l
    where w.is_moved and d.location_id = $21 and d.contact_id = t.contact_id
      and d.pipeline_id = w.pipeline_id and l.location_id = $22
      and not l.allow_duplicate_opportunity
    limit 1),
  verdict as (
    select
case
  when g.contact_id <> t.contact_id then 'contact'
  when w.stage_id is null and w.is_moved then 'pipeline'
  when w.stage_id is null then 'stage'
  when g.lost_reason_id <> '' and w.status <> 'lost' then 'not-lost'
  when w.lost_reason_id is distinct from t.lost_reason_id and w.lost_reason_id is not null
    and not exists (
      select from lost_reasons r
      where r.location_id = $23 and r.id = w.lost_reason_id and r.deleted_at is null)
    then 'lost-reason'
  when exists (select from others) then 'duplicate'
  when w.strangers <> '{}' then 'users'
  when cardinality(w.followers) > $24 then 'followers'
end as refusal
    from target t, given g, wanted w), changed as (
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
    case when slip.days is null then t.forecast_last_slipped_at else $25 end,
  forecast_probability = w.probability,
  duplicate_slot = case when not w.is_moved then t.duplicate_slot
    when l.allow_duplicate_opportunity then t.id else '' end,
  search_text = w.search_text,
  last_stage_change_at =
    case when w.stage_id = t.pipeline_stage_id then t.last_stage_change_at else $26 end,
  last_status_change_at =
    case when w.status = t.status then t.last_status_change_at else $27 end,
  updated_at = $28, index_version = t.index_version + 1
from target t, wanted w, verdict v, locations l,
  lateral (
    select case when w.close_date > t.forecast_expected_close_date
      then w.close_date - t.forecast_expected_close_date end as days) slip
where o.location_id = $29 and o.id = $30 and l.location_id = $31
  and v.refusal is null
  and (w.name, w.stage_id, w.status, w.lost_reason_id, w.monetary_value, w.assigned_to,
      w.source, w.custom_fields, w.followers, w.close_date, w.probability)
    is distinct from (t.name, t.pipeline_stage_id, t.status, t.lost_reason_id,
      t.monetary_value, t.assigned_to, t.source, t.custom_fields, t.followers,
      t.forecast_expected_close_date, t.forecast_probability)
returning o.*), replaced as (select t.* from target t where exists (select from changed)),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from replaced o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $32 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id),
counted as (
  insert into opportunity_deltas (location_id, id, follower, pipeline_id, pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
  select $33, r.id, r.follower, r.pipeline_id, r.pipeline_stage_id, r.status, r.assigned_to, r.count, r.value, r.weighted, r.unweighted
  from (
    select $34 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $35::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $36::int as sign
  from replaced o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r ),
followed as (
  insert into opportunity_followers (location_id, user_id, created_at, contact_id, opportunity_id)
  select $37, r.user_id, r.created_at, r.contact_id, r.opportunity_id
  from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from replaced o cross join lateral unnest(o.followers) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r on conflict do nothing),
  appended as (
    insert into outbox (location_id, id, type, version, payload, created_at)
    select $38, event.id, event.type, event.version, event.payload, $39
    from (select $40::text, $41::text, changed.index_version, jsonb_build_object(
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
        where true union all select $42::text, $43::text, changed.index_version, jsonb_build_object(
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
        where changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t) union all select $44::text, $45::text, changed.index_version, jsonb_build_object(
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
        where changed.status <> (select t.status from target t) union all select $46::text, $47::text, changed.index_version, jsonb_build_object(
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
        where changed.monetary_value <> (select t.monetary_value from target t) union all select $48::text, $49::text, changed.index_version, jsonb_build_object(
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
        where changed.assigned_to is distinct from (select t.assigned_to from target t) union all select $50::text, $51::text, changed.index_version, jsonb_build_object(
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
  'followersAdded', array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place),
  'followersRemoved', array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place)) from changed
        where array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place) <> '{}' or array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place) <> '{}') event (id, type, version, payload))
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
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource", json_build_object('refusal', v.refusal,
      'existingId', (select d.id from others d), 'strangers', w.strangers) as verdict
    from verdict v, wanted w, (
      select * from changed
      union all select * from target where not exists (select from changed)) o
join pipeline_stages s on s.location_id = $52 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $53 and c.id = o.contact_id;

-- src/api/opportunities/store/writes.ts
with
  target as (
    select o.* from opportunities o
    where o.location_id = $1 and o.id = $2 for no key update),
  given as (
    select $3::text as contact_id, $4::text as name,
      $5::text as pipeline_id, $6::text as stage_id,
      $7::text as status, $8::text as lost_reason_id,
      $9::numeric as monetary_value,
      $10::text as assigned_to, $11::text as source,
      $12::text as close_date,
      $13::numeric as probability),
members as (
  select u.user_id from location_users u
  where u.location_id = $14 and u.user_id = any($15::text[])
    and u.left_at is null
  for key share),
  wanted as (
    select coalesce(g.name, t.name) as name,
      coalesce(g.pipeline_id, t.pipeline_id) as pipeline_id,
      coalesce(g.pipeline_id <> t.pipeline_id, false) as is_moved,
      case when g.pipeline_id <> t.pipeline_id
        then (
select s.id from pipeline_stages s
join pipelines p on p.location_id = $16 and p.id = s.pipeline_id
  and p.deleted_at is null
where s.location_id = $17 and s.pipeline_id = g.pipeline_id and s.removed_at is null
order by coalesce(s.id = g.stage_id, false) desc, s.position limit 1)
        when g.stage_id <> t.pipeline_stage_id then (
          select s.id from pipeline_stages s
          where s.location_id = $18 and s.pipeline_id = t.pipeline_id
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
        select ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', g.name,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $19 and f.id = t.contact_id
      ) end as search_text,
      t.custom_fields as custom_fields,
      array[]::text[] || array(
  select n.id from unnest($20::text[]) with ordinality n (id, place)
  where n.id <> all(array[]::text[]) order by n.place) as followers,
      case when g.assigned_to <> '' and g.assigned_to is distinct from t.assigned_to
          and g.assigned_to not in (select m.user_id from members m)
        then array[g.assigned_to] else '{}' end
        || array(
  select n.id from unnest($21::text[]) with ordinality n (id, place)
  where n.id <> all(t.followers) and n.id not in (select m.user_id from members m)
  order by n.place) as strangers
    from target t, given g),
  others as (
    select d.id from opportunities d, target t, wanted w, locations l
    where w.is_moved and d.location_id = $22 and d.contact_id = t.contact_id
      and d.pipeline_id = w.pipeline_id and l.location_id = $23
      and not l.allow_duplicate_opportunity
    limit 1),
  verdict as (
    select
case
  when g.contact_id <> t.contact_id then 'contact'
  when w.stage_id is null and w.is_moved then 'pipeline'
  when w.stage_id is null then 'stage'
  when g.lost_reason_id <> '' and w.status <> 'lost' then 'not-lost'
  when w.lost_reason_id is distinct from t.lost_reason_id and w.lost_reason_id is not null
    and not exists (
      select from lost_reasons r
      where r.location_id = $24 and r.id = w.lost_reason_id and r.deleted_at is null)
    then 'lost-reason'
  when exists (select from others) then 'duplicate'
  when w.strangers <> '{}' then 'users'
  when cardinality(w.followers) > $25 then 'followers'
end as refusal
    from target t, given g, wanted w), changed as (
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
    case when slip.days is null then t.forecast_last_slipped_at else $26 end,
  forecast_probability = w.probability,
  duplicate_slot = case when not w.is_moved then t.duplicate_slot
    when l.allow_duplicate_opportunity then t.id else '' end,
  search_text = w.search_text,
  last_stage_change_at =
    case when w.stage_id = t.pipeline_stage_id then t.last_stage_change_at else $27 end,
  last_status_change_at =
    case when w.status = t.status then t.last_status_change_at else $28 end,
  updated_at = $29, index_version = t.index_version + 1
from target t, wanted w, verdict v, locations l,
  lateral (
    select case when w.close_date > t.forecast_expected_close_date
      then w.close_date - t.forecast_expected_close_date end as days) slip
where o.location_id = $30 and o.id = $31 and l.location_id = $32
  and v.refusal is null
  and (w.name, w.stage_id, w.status, w.lost_reason_id, w.monetary_value, w.assigned_to,
      w.source, w.custom_fields, w.followers, w.close_date, w.probability)
    is distinct from (t.name, t.pipeline_stage_id, t.status, t.lost_reason_id,
      t.monetary_value, t.assigned_to, t.source, t.custom_fields, t.followers,
      t.forecast_expected_close_date, t.forecast_probability)
returning o.*), replaced as (select t.* from target t where exists (select from changed)),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from replaced o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $33 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id)
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array(true, changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t), changed.status <> (select t.status from target t), changed.monetary_value <> (select t.monetary_value from target t), changed.assigned_to is distinct from (select t.assigned_to from target t), array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place) <> '{}' or array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place) <> '{}'),
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text, case when changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.status <> (select t.status from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.monetary_value <> (select t.monetary_value from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.assigned_to is distinct from (select t.assigned_to from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place) <> '{}' or array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place) <> '{}' then (jsonb_build_object(
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
  'followersAdded', array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place),
  'followersRemoved', array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place)))::text end)) ),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $34 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $35::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $36::int as sign
  from replaced o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r), (
select coalesce(json_agg(json_build_array(to_jsonb(r.user_id) #>> '{}', to_jsonb(r.created_at) #>> '{}', to_jsonb(r.contact_id) #>> '{}', to_jsonb(r.opportunity_id) #>> '{}')), '[]')
from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from replaced o cross join lateral unnest(o.followers) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r))) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (
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
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource", json_build_object('refusal', v.refusal,
      'existingId', (select d.id from others d), 'strangers', w.strangers) as verdict
    from verdict v, wanted w, (
      select * from changed
      union all select * from target where not exists (select from changed)) o
join pipeline_stages s on s.location_id = $37 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $38 and c.id = o.contact_id) said) answer on true;

-- src/api/opportunities/store/writes.ts
with
  target as (
    select o.* from opportunities o
    where o.location_id = $1 and o.id = $2 for no key update),
  given as (
    select $3::text as contact_id, $4::text as name,
      $5::text as pipeline_id, $6::text as stage_id,
      $7::text as status, $8::text as lost_reason_id,
      $9::numeric as monetary_value,
      $10::text as assigned_to, $11::text as source,
      $12::text as close_date,
      $13::numeric as probability),
members as (
  select u.user_id from location_users u
  where u.location_id = $14 and u.user_id = any($15::text[])
    and u.left_at is null
  for key share),
  wanted as (
    select coalesce(g.name, t.name) as name,
      coalesce(g.pipeline_id, t.pipeline_id) as pipeline_id,
      coalesce(g.pipeline_id <> t.pipeline_id, false) as is_moved,
      case when g.pipeline_id <> t.pipeline_id
        then (
select s.id from pipeline_stages s
join pipelines p on p.location_id = $16 and p.id = s.pipeline_id
  and p.deleted_at is null
where s.location_id = $17 and s.pipeline_id = g.pipeline_id and s.removed_at is null
order by coalesce(s.id = g.stage_id, false) desc, s.position limit 1)
        when g.stage_id <> t.pipeline_stage_id then (
          select s.id from pipeline_stages s
          where s.location_id = $18 and s.pipeline_id = t.pipeline_id
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
        select ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', g.name,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $19 and f.id = t.contact_id
      ) end as search_text,
      t.custom_fields as custom_fields,
      array[]::text[] || array(
  select n.id from unnest($20::text[]) with ordinality n (id, place)
  where n.id <> all(array[]::text[]) order by n.place) as followers,
      case when g.assigned_to <> '' and g.assigned_to is distinct from t.assigned_to
          and g.assigned_to not in (select m.user_id from members m)
        then array[g.assigned_to] else '{}' end
        || array(
  select n.id from unnest($21::text[]) with ordinality n (id, place)
  where n.id <> all(t.followers) and n.id not in (select m.user_id from members m)
  order by n.place) as strangers
    from target t, given g),
  others as (
    select d.id from opportunities d, target t, wanted w, locations l
    where w.is_moved and d.location_id = $22 and d.contact_id = t.contact_id
      and d.pipeline_id = w.pipeline_id and l.location_id = $23
      and not l.allow_duplicate_opportunity
    limit 1),
  verdict as (
    select
case
  when g.contact_id <> t.contact_id then 'contact'
  when w.stage_id is null and w.is_moved then 'pipeline'
  when w.stage_id is null then 'stage'
  when g.lost_reason_id <> '' and w.status <> 'lost' then 'not-lost'
  when w.lost_reason_id is distinct from t.lost_reason_id and w.lost_reason_id is not null
    and not exists (
      select from lost_reasons r
      where r.location_id = $24 and r.id = w.lost_reason_id and r.deleted_at is null)
    then 'lost-reason'
  when exists (select from others) then 'duplicate'
  when w.strangers <> '{}' then 'users'
  when cardinality(w.followers) > $25 then 'followers'
end as refusal
    from target t, given g, wanted w), changed as (
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
    case when slip.days is null then t.forecast_last_slipped_at else $26 end,
  forecast_probability = w.probability,
  duplicate_slot = case when not w.is_moved then t.duplicate_slot
    when l.allow_duplicate_opportunity then t.id else '' end,
  search_text = w.search_text,
  last_stage_change_at =
    case when w.stage_id = t.pipeline_stage_id then t.last_stage_change_at else $27 end,
  last_status_change_at =
    case when w.status = t.status then t.last_status_change_at else $28 end,
  updated_at = $29, index_version = t.index_version + 1
from target t, wanted w, verdict v, locations l,
  lateral (
    select case when w.close_date > t.forecast_expected_close_date
      then w.close_date - t.forecast_expected_close_date end as days) slip
where o.location_id = $30 and o.id = $31 and l.location_id = $32
  and v.refusal is null
  and (w.name, w.stage_id, w.status, w.lost_reason_id, w.monetary_value, w.assigned_to,
      w.source, w.custom_fields, w.followers, w.close_date, w.probability)
    is distinct from (t.name, t.pipeline_stage_id, t.status, t.lost_reason_id,
      t.monetary_value, t.assigned_to, t.source, t.custom_fields, t.followers,
      t.forecast_expected_close_date, t.forecast_probability)
returning o.*), replaced as (select t.* from target t where exists (select from changed)),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from replaced o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $33 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id),
counted as (
  insert into opportunity_deltas (location_id, id, follower, pipeline_id, pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
  select $34, r.id, r.follower, r.pipeline_id, r.pipeline_stage_id, r.status, r.assigned_to, r.count, r.value, r.weighted, r.unweighted
  from (
    select $35 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $36::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $37::int as sign
  from replaced o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r ),
followed as (
  insert into opportunity_followers (location_id, user_id, created_at, contact_id, opportunity_id)
  select $38, r.user_id, r.created_at, r.contact_id, r.opportunity_id
  from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from replaced o cross join lateral unnest(o.followers) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r on conflict do nothing),
  appended as (
    insert into outbox (location_id, id, type, version, payload, created_at)
    select $39, event.id, event.type, event.version, event.payload, $40
    from (select $41::text, $42::text, changed.index_version, jsonb_build_object(
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
        where true union all select $43::text, $44::text, changed.index_version, jsonb_build_object(
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
        where changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t) union all select $45::text, $46::text, changed.index_version, jsonb_build_object(
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
        where changed.status <> (select t.status from target t) union all select $47::text, $48::text, changed.index_version, jsonb_build_object(
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
        where changed.monetary_value <> (select t.monetary_value from target t) union all select $49::text, $50::text, changed.index_version, jsonb_build_object(
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
        where changed.assigned_to is distinct from (select t.assigned_to from target t) union all select $51::text, $52::text, changed.index_version, jsonb_build_object(
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
  'followersAdded', array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place),
  'followersRemoved', array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place)) from changed
        where array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place) <> '{}' or array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place) <> '{}') event (id, type, version, payload))
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
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource", json_build_object('refusal', v.refusal,
      'existingId', (select d.id from others d), 'strangers', w.strangers) as verdict
    from verdict v, wanted w, (
      select * from changed
      union all select * from target where not exists (select from changed)) o
join pipeline_stages s on s.location_id = $53 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $54 and c.id = o.contact_id;

-- src/api/opportunities/store/writes.ts
with
  target as (
    select o.* from opportunities o
    where o.location_id = $1 and o.id = $2 for no key update),
  given as (
    select $3::text as contact_id, $4::text as name,
      $5::text as pipeline_id, $6::text as stage_id,
      $7::text as status, $8::text as lost_reason_id,
      $9::numeric as monetary_value,
      $10::text as assigned_to, $11::text as source,
      $12::text as close_date,
      $13::numeric as probability),
members as (
  select u.user_id from location_users u
  where u.location_id = $14 and u.user_id = any($15::text[])
    and u.left_at is null
  for key share),
  wanted as (
    select coalesce(g.name, t.name) as name,
      coalesce(g.pipeline_id, t.pipeline_id) as pipeline_id,
      coalesce(g.pipeline_id <> t.pipeline_id, false) as is_moved,
      case when g.pipeline_id <> t.pipeline_id
        then (
select s.id from pipeline_stages s
join pipelines p on p.location_id = $16 and p.id = s.pipeline_id
  and p.deleted_at is null
where s.location_id = $17 and s.pipeline_id = g.pipeline_id and s.removed_at is null
order by coalesce(s.id = g.stage_id, false) desc, s.position limit 1)
        when g.stage_id <> t.pipeline_stage_id then (
          select s.id from pipeline_stages s
          where s.location_id = $18 and s.pipeline_id = t.pipeline_id
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
        select ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', g.name,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $19 and f.id = t.contact_id
      ) end as search_text,
      t.custom_fields as custom_fields,
      t.followers as followers,
      case when g.assigned_to <> '' and g.assigned_to is distinct from t.assigned_to
          and g.assigned_to not in (select m.user_id from members m)
        then array[g.assigned_to] else '{}' end
        || array[]::text[] as strangers
    from target t, given g),
  others as (
    select d.id from opportunities d, target t, wanted w, locations l
    where w.is_moved and d.location_id = $20 and d.contact_id = t.contact_id
      and d.pipeline_id = w.pipeline_id and l.location_id = $21
      and not l.allow_duplicate_opportunity
    limit 1),
  verdict as (
    select
case
  when g.contact_id <> t.contact_id then 'contact'
  when w.stage_id is null and w.is_moved then 'pipeline'
  when w.stage_id is null then 'stage'
  when g.lost_reason_id <> '' and w.status <> 'lost' then 'not-lost'
  when w.lost_reason_id is distinct from t.lost_reason_id and w.lost_reason_id is not null
    and not exists (
      select from lost_reasons r
      where r.location_id = $22 and r.id = w.lost_reason_id and r.deleted_at is null)
    then 'lost-reason'
  when exists (select from others) then 'duplicate'
  when w.strangers <> '{}' then 'users'
  when cardinality(w.followers) > $23 then 'followers'
end as refusal
    from target t, given g, wanted w), changed as (
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
    case when slip.days is null then t.forecast_last_slipped_at else $24 end,
  forecast_probability = w.probability,
  duplicate_slot = case when not w.is_moved then t.duplicate_slot
    when l.allow_duplicate_opportunity then t.id else '' end,
  search_text = w.search_text,
  last_stage_change_at =
    case when w.stage_id = t.pipeline_stage_id then t.last_stage_change_at else $25 end,
  last_status_change_at =
    case when w.status = t.status then t.last_status_change_at else $26 end,
  updated_at = $27, index_version = t.index_version + 1
from target t, wanted w, verdict v, locations l,
  lateral (
    select case when w.close_date > t.forecast_expected_close_date
      then w.close_date - t.forecast_expected_close_date end as days) slip
where o.location_id = $28 and o.id = $29 and l.location_id = $30
  and v.refusal is null
  and (w.name, w.stage_id, w.status, w.lost_reason_id, w.monetary_value, w.assigned_to,
      w.source, w.custom_fields, w.followers, w.close_date, w.probability)
    is distinct from (t.name, t.pipeline_stage_id, t.status, t.lost_reason_id,
      t.monetary_value, t.assigned_to, t.source, t.custom_fields, t.followers,
      t.forecast_expected_close_date, t.forecast_probability)
returning o.*), replaced as (select t.* from target t where exists (select from changed))
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array(true, changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t), changed.status <> (select t.status from target t), changed.monetary_value <> (select t.monetary_value from target t), changed.assigned_to is distinct from (select t.assigned_to from target t)),
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text, case when changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.status <> (select t.status from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.monetary_value <> (select t.monetary_value from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.assigned_to is distinct from (select t.assigned_to from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end)) ),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $31 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $32::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $33::int as sign
  from replaced o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r))) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (
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
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource", json_build_object('refusal', v.refusal,
      'existingId', (select d.id from others d), 'strangers', w.strangers) as verdict
    from verdict v, wanted w, (
      select * from changed
      union all select * from target where not exists (select from changed)) o
join pipeline_stages s on s.location_id = $34 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $35 and c.id = o.contact_id) said) answer on true;

-- src/api/opportunities/store/writes.ts
with
  target as (
    select o.* from opportunities o
    where o.location_id = $1 and o.id = $2 for no key update),
  given as (
    select $3::text as contact_id, $4::text as name,
      $5::text as pipeline_id, $6::text as stage_id,
      $7::text as status, $8::text as lost_reason_id,
      $9::numeric as monetary_value,
      $10::text as assigned_to, $11::text as source,
      $12::text as close_date,
      $13::numeric as probability),
members as (
  select u.user_id from location_users u
  where u.location_id = $14 and u.user_id = any($15::text[])
    and u.left_at is null
  for key share),
  wanted as (
    select coalesce(g.name, t.name) as name,
      coalesce(g.pipeline_id, t.pipeline_id) as pipeline_id,
      coalesce(g.pipeline_id <> t.pipeline_id, false) as is_moved,
      case when g.pipeline_id <> t.pipeline_id
        then (
select s.id from pipeline_stages s
join pipelines p on p.location_id = $16 and p.id = s.pipeline_id
  and p.deleted_at is null
where s.location_id = $17 and s.pipeline_id = g.pipeline_id and s.removed_at is null
order by coalesce(s.id = g.stage_id, false) desc, s.position limit 1)
        when g.stage_id <> t.pipeline_stage_id then (
          select s.id from pipeline_stages s
          where s.location_id = $18 and s.pipeline_id = t.pipeline_id
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
        select ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', g.name,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $19 and f.id = t.contact_id
      ) end as search_text,
      t.custom_fields as custom_fields,
      t.followers as followers,
      case when g.assigned_to <> '' and g.assigned_to is distinct from t.assigned_to
          and g.assigned_to not in (select m.user_id from members m)
        then array[g.assigned_to] else '{}' end
        || array[]::text[] as strangers
    from target t, given g),
  others as (
    select d.id from opportunities d, target t, wanted w, locations l
    where w.is_moved and d.location_id = $20 and d.contact_id = t.contact_id
      and d.pipeline_id = w.pipeline_id and l.location_id = $21
      and not l.allow_duplicate_opportunity
    limit 1),
  verdict as (
    select
case
  when g.contact_id <> t.contact_id then 'contact'
  when w.stage_id is null and w.is_moved then 'pipeline'
  when w.stage_id is null then 'stage'
  when g.lost_reason_id <> '' and w.status <> 'lost' then 'not-lost'
  when w.lost_reason_id is distinct from t.lost_reason_id and w.lost_reason_id is not null
    and not exists (
      select from lost_reasons r
      where r.location_id = $22 and r.id = w.lost_reason_id and r.deleted_at is null)
    then 'lost-reason'
  when exists (select from others) then 'duplicate'
  when w.strangers <> '{}' then 'users'
  when cardinality(w.followers) > $23 then 'followers'
end as refusal
    from target t, given g, wanted w), changed as (
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
    case when slip.days is null then t.forecast_last_slipped_at else $24 end,
  forecast_probability = w.probability,
  duplicate_slot = case when not w.is_moved then t.duplicate_slot
    when l.allow_duplicate_opportunity then t.id else '' end,
  search_text = w.search_text,
  last_stage_change_at =
    case when w.stage_id = t.pipeline_stage_id then t.last_stage_change_at else $25 end,
  last_status_change_at =
    case when w.status = t.status then t.last_status_change_at else $26 end,
  updated_at = $27, index_version = t.index_version + 1
from target t, wanted w, verdict v, locations l,
  lateral (
    select case when w.close_date > t.forecast_expected_close_date
      then w.close_date - t.forecast_expected_close_date end as days) slip
where o.location_id = $28 and o.id = $29 and l.location_id = $30
  and v.refusal is null
  and (w.name, w.stage_id, w.status, w.lost_reason_id, w.monetary_value, w.assigned_to,
      w.source, w.custom_fields, w.followers, w.close_date, w.probability)
    is distinct from (t.name, t.pipeline_stage_id, t.status, t.lost_reason_id,
      t.monetary_value, t.assigned_to, t.source, t.custom_fields, t.followers,
      t.forecast_expected_close_date, t.forecast_probability)
returning o.*), replaced as (select t.* from target t where exists (select from changed)),
counted as (
  insert into opportunity_deltas (location_id, id, follower, pipeline_id, pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
  select $31, r.id, r.follower, r.pipeline_id, r.pipeline_stage_id, r.status, r.assigned_to, r.count, r.value, r.weighted, r.unweighted
  from (
    select $32 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $33::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $34::int as sign
  from replaced o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r ),
  appended as (
    insert into outbox (location_id, id, type, version, payload, created_at)
    select $35, event.id, event.type, event.version, event.payload, $36
    from (select $37::text, $38::text, changed.index_version, jsonb_build_object(
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
        where true union all select $39::text, $40::text, changed.index_version, jsonb_build_object(
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
        where changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t) union all select $41::text, $42::text, changed.index_version, jsonb_build_object(
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
        where changed.status <> (select t.status from target t) union all select $43::text, $44::text, changed.index_version, jsonb_build_object(
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
        where changed.monetary_value <> (select t.monetary_value from target t) union all select $45::text, $46::text, changed.index_version, jsonb_build_object(
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
        where changed.assigned_to is distinct from (select t.assigned_to from target t)) event (id, type, version, payload))
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
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource", json_build_object('refusal', v.refusal,
      'existingId', (select d.id from others d), 'strangers', w.strangers) as verdict
    from verdict v, wanted w, (
      select * from changed
      union all select * from target where not exists (select from changed)) o
join pipeline_stages s on s.location_id = $47 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $48 and c.id = o.contact_id;

-- src/api/opportunities/store/writes.ts
with
  target as (
    select o.* from opportunities o
    where o.location_id = $1 and o.id = $2 for no key update),
  given as (
    select $3::text as contact_id, $4::text as name,
      $5::text as pipeline_id, $6::text as stage_id,
      $7::text as status, $8::text as lost_reason_id,
      $9::numeric as monetary_value,
      $10::text as assigned_to, $11::text as source,
      $12::text as close_date,
      $13::numeric as probability),
members as (
  select u.user_id from location_users u
  where u.location_id = $14 and u.user_id = any($15::text[])
    and u.left_at is null
  for key share),
  wanted as (
    select coalesce(g.name, t.name) as name,
      coalesce(g.pipeline_id, t.pipeline_id) as pipeline_id,
      coalesce(g.pipeline_id <> t.pipeline_id, false) as is_moved,
      case when g.pipeline_id <> t.pipeline_id
        then (
select s.id from pipeline_stages s
join pipelines p on p.location_id = $16 and p.id = s.pipeline_id
  and p.deleted_at is null
where s.location_id = $17 and s.pipeline_id = g.pipeline_id and s.removed_at is null
order by coalesce(s.id = g.stage_id, false) desc, s.position limit 1)
        when g.stage_id <> t.pipeline_stage_id then (
          select s.id from pipeline_stages s
          where s.location_id = $18 and s.pipeline_id = t.pipeline_id
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
        select ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', g.name,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $19 and f.id = t.contact_id
      ) end as search_text,
      t.custom_fields as custom_fields,
      t.followers || array(
  select n.id from unnest($20::text[]) with ordinality n (id, place)
  where n.id <> all(t.followers) order by n.place) as followers,
      case when g.assigned_to <> '' and g.assigned_to is distinct from t.assigned_to
          and g.assigned_to not in (select m.user_id from members m)
        then array[g.assigned_to] else '{}' end
        || array(
  select n.id from unnest($21::text[]) with ordinality n (id, place)
  where n.id <> all(t.followers) and n.id not in (select m.user_id from members m)
  order by n.place) as strangers
    from target t, given g),
  others as (
    select d.id from opportunities d, target t, wanted w, locations l
    where w.is_moved and d.location_id = $22 and d.contact_id = t.contact_id
      and d.pipeline_id = w.pipeline_id and l.location_id = $23
      and not l.allow_duplicate_opportunity
    limit 1),
  verdict as (
    select
case
  when g.contact_id <> t.contact_id then 'contact'
  when w.stage_id is null and w.is_moved then 'pipeline'
  when w.stage_id is null then 'stage'
  when g.lost_reason_id <> '' and w.status <> 'lost' then 'not-lost'
  when w.lost_reason_id is distinct from t.lost_reason_id and w.lost_reason_id is not null
    and not exists (
      select from lost_reasons r
      where r.location_id = $24 and r.id = w.lost_reason_id and r.deleted_at is null)
    then 'lost-reason'
  when exists (select from others) then 'duplicate'
  when w.strangers <> '{}' then 'users'
  when cardinality(w.followers) > $25 then 'followers'
end as refusal
    from target t, given g, wanted w), changed as (
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
    case when slip.days is null then t.forecast_last_slipped_at else $26 end,
  forecast_probability = w.probability,
  duplicate_slot = case when not w.is_moved then t.duplicate_slot
    when l.allow_duplicate_opportunity then t.id else '' end,
  search_text = w.search_text,
  last_stage_change_at =
    case when w.stage_id = t.pipeline_stage_id then t.last_stage_change_at else $27 end,
  last_status_change_at =
    case when w.status = t.status then t.last_status_change_at else $28 end,
  updated_at = $29, index_version = t.index_version + 1
from target t, wanted w, verdict v, locations l,
  lateral (
    select case when w.close_date > t.forecast_expected_close_date
      then w.close_date - t.forecast_expected_close_date end as days) slip
where o.location_id = $30 and o.id = $31 and l.location_id = $32
  and v.refusal is null
  and (w.name, w.stage_id, w.status, w.lost_reason_id, w.monetary_value, w.assigned_to,
      w.source, w.custom_fields, w.followers, w.close_date, w.probability)
    is distinct from (t.name, t.pipeline_stage_id, t.status, t.lost_reason_id,
      t.monetary_value, t.assigned_to, t.source, t.custom_fields, t.followers,
      t.forecast_expected_close_date, t.forecast_probability)
returning o.*), replaced as (select t.* from target t where exists (select from changed)),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from replaced o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $33 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id)
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version, 'told', json_build_array(true, changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t), changed.status <> (select t.status from target t), changed.monetary_value <> (select t.monetary_value from target t), changed.assigned_to is distinct from (select t.assigned_to from target t), array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place) <> '{}' or array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place) <> '{}'),
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text, case when changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.status <> (select t.status from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.monetary_value <> (select t.monetary_value from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when changed.assigned_to is distinct from (select t.assigned_to from target t) then (jsonb_build_object(
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text end, case when array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place) <> '{}' or array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place) <> '{}' then (jsonb_build_object(
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
  'followersAdded', array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place),
  'followersRemoved', array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place)))::text end)) ),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $34 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $35::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $36::int as sign
  from replaced o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r), (
select coalesce(json_agg(json_build_array(to_jsonb(r.user_id) #>> '{}', to_jsonb(r.created_at) #>> '{}', to_jsonb(r.contact_id) #>> '{}', to_jsonb(r.opportunity_id) #>> '{}')), '[]')
from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from replaced o cross join lateral unnest(o.followers) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r))) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (
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
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource", json_build_object('refusal', v.refusal,
      'existingId', (select d.id from others d), 'strangers', w.strangers) as verdict
    from verdict v, wanted w, (
      select * from changed
      union all select * from target where not exists (select from changed)) o
join pipeline_stages s on s.location_id = $37 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $38 and c.id = o.contact_id) said) answer on true;

-- src/api/opportunities/store/writes.ts
with
  target as (
    select o.* from opportunities o
    where o.location_id = $1 and o.id = $2 for no key update),
  given as (
    select $3::text as contact_id, $4::text as name,
      $5::text as pipeline_id, $6::text as stage_id,
      $7::text as status, $8::text as lost_reason_id,
      $9::numeric as monetary_value,
      $10::text as assigned_to, $11::text as source,
      $12::text as close_date,
      $13::numeric as probability),
members as (
  select u.user_id from location_users u
  where u.location_id = $14 and u.user_id = any($15::text[])
    and u.left_at is null
  for key share),
  wanted as (
    select coalesce(g.name, t.name) as name,
      coalesce(g.pipeline_id, t.pipeline_id) as pipeline_id,
      coalesce(g.pipeline_id <> t.pipeline_id, false) as is_moved,
      case when g.pipeline_id <> t.pipeline_id
        then (
select s.id from pipeline_stages s
join pipelines p on p.location_id = $16 and p.id = s.pipeline_id
  and p.deleted_at is null
where s.location_id = $17 and s.pipeline_id = g.pipeline_id and s.removed_at is null
order by coalesce(s.id = g.stage_id, false) desc, s.position limit 1)
        when g.stage_id <> t.pipeline_stage_id then (
          select s.id from pipeline_stages s
          where s.location_id = $18 and s.pipeline_id = t.pipeline_id
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
        select ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', g.name,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $19 and f.id = t.contact_id
      ) end as search_text,
      t.custom_fields as custom_fields,
      t.followers || array(
  select n.id from unnest($20::text[]) with ordinality n (id, place)
  where n.id <> all(t.followers) order by n.place) as followers,
      case when g.assigned_to <> '' and g.assigned_to is distinct from t.assigned_to
          and g.assigned_to not in (select m.user_id from members m)
        then array[g.assigned_to] else '{}' end
        || array(
  select n.id from unnest($21::text[]) with ordinality n (id, place)
  where n.id <> all(t.followers) and n.id not in (select m.user_id from members m)
  order by n.place) as strangers
    from target t, given g),
  others as (
    select d.id from opportunities d, target t, wanted w, locations l
    where w.is_moved and d.location_id = $22 and d.contact_id = t.contact_id
      and d.pipeline_id = w.pipeline_id and l.location_id = $23
      and not l.allow_duplicate_opportunity
    limit 1),
  verdict as (
    select
case
  when g.contact_id <> t.contact_id then 'contact'
  when w.stage_id is null and w.is_moved then 'pipeline'
  when w.stage_id is null then 'stage'
  when g.lost_reason_id <> '' and w.status <> 'lost' then 'not-lost'
  when w.lost_reason_id is distinct from t.lost_reason_id and w.lost_reason_id is not null
    and not exists (
      select from lost_reasons r
      where r.location_id = $24 and r.id = w.lost_reason_id and r.deleted_at is null)
    then 'lost-reason'
  when exists (select from others) then 'duplicate'
  when w.strangers <> '{}' then 'users'
  when cardinality(w.followers) > $25 then 'followers'
end as refusal
    from target t, given g, wanted w), changed as (
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
    case when slip.days is null then t.forecast_last_slipped_at else $26 end,
  forecast_probability = w.probability,
  duplicate_slot = case when not w.is_moved then t.duplicate_slot
    when l.allow_duplicate_opportunity then t.id else '' end,
  search_text = w.search_text,
  last_stage_change_at =
    case when w.stage_id = t.pipeline_stage_id then t.last_stage_change_at else $27 end,
  last_status_change_at =
    case when w.status = t.status then t.last_status_change_at else $28 end,
  updated_at = $29, index_version = t.index_version + 1
from target t, wanted w, verdict v, locations l,
  lateral (
    select case when w.close_date > t.forecast_expected_close_date
      then w.close_date - t.forecast_expected_close_date end as days) slip
where o.location_id = $30 and o.id = $31 and l.location_id = $32
  and v.refusal is null
  and (w.name, w.stage_id, w.status, w.lost_reason_id, w.monetary_value, w.assigned_to,
      w.source, w.custom_fields, w.followers, w.close_date, w.probability)
    is distinct from (t.name, t.pipeline_stage_id, t.status, t.lost_reason_id,
      t.monetary_value, t.assigned_to, t.source, t.custom_fields, t.followers,
      t.forecast_expected_close_date, t.forecast_probability)
returning o.*), replaced as (select t.* from target t where exists (select from changed)),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from replaced o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $33 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id),
counted as (
  insert into opportunity_deltas (location_id, id, follower, pipeline_id, pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
  select $34, r.id, r.follower, r.pipeline_id, r.pipeline_stage_id, r.status, r.assigned_to, r.count, r.value, r.weighted, r.unweighted
  from (
    select $35 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $36::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id) union all
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $37::int as sign
  from replaced o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r ),
followed as (
  insert into opportunity_followers (location_id, user_id, created_at, contact_id, opportunity_id)
  select $38, r.user_id, r.created_at, r.contact_id, r.opportunity_id
  from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id) except
select f.user_id, o.created_at, o.contact_id, o.id
from replaced o cross join lateral unnest(o.followers) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r on conflict do nothing),
  appended as (
    insert into outbox (location_id, id, type, version, payload, created_at)
    select $39, event.id, event.type, event.version, event.payload, $40
    from (select $41::text, $42::text, changed.index_version, jsonb_build_object(
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
        where true union all select $43::text, $44::text, changed.index_version, jsonb_build_object(
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
        where changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t) union all select $45::text, $46::text, changed.index_version, jsonb_build_object(
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
        where changed.status <> (select t.status from target t) union all select $47::text, $48::text, changed.index_version, jsonb_build_object(
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
        where changed.monetary_value <> (select t.monetary_value from target t) union all select $49::text, $50::text, changed.index_version, jsonb_build_object(
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
        where changed.assigned_to is distinct from (select t.assigned_to from target t) union all select $51::text, $52::text, changed.index_version, jsonb_build_object(
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
  'followersAdded', array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place),
  'followersRemoved', array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place)) from changed
        where array(
select f.id from unnest(changed.followers) with ordinality f (id, place)
where f.id <> all((select t.followers from target t)::text[]) order by f.place) <> '{}' or array(
select f.id from unnest((select t.followers from target t)::text[]) with ordinality f (id, place)
where f.id <> all(changed.followers) order by f.place) <> '{}') event (id, type, version, payload))
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
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource", json_build_object('refusal', v.refusal,
      'existingId', (select d.id from others d), 'strangers', w.strangers) as verdict
    from verdict v, wanted w, (
      select * from changed
      union all select * from target where not exists (select from changed)) o
join pipeline_stages s on s.location_id = $53 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $54 and c.id = o.contact_id;

-- src/api/opportunities/store/writes.ts
with changed as (
    delete from opportunities o where o.location_id = $1 and o.id = $2
    returning o.*),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $3 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id)
  select answer.*, told.changed
  from (select) one
  left join (
    select json_build_object(
  'emitted', json_agg(json_build_object('version', changed.index_version + 1, 'told', json_build_array(true, true),
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
'dateAdded', to_char(changed.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text)) ),
  'appends', json_build_array((
select coalesce(json_agg(json_build_array(to_jsonb(r.id) #>> '{}', to_jsonb(r.follower) #>> '{}', to_jsonb(r.pipeline_id) #>> '{}', to_jsonb(r.pipeline_stage_id) #>> '{}', to_jsonb(r.status) #>> '{}', to_jsonb(r.assigned_to) #>> '{}', to_jsonb(r.count) #>> '{}', to_jsonb(r.value) #>> '{}', to_jsonb(r.weighted) #>> '{}', to_jsonb(r.unweighted) #>> '{}')), '[]')
from (
    select $4 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $5::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r))) as changed from changed having count(*) > 0) told on true
  left join (select true as "isAnswer", said.* from (select from changed) said) answer on true;

-- src/api/opportunities/store/writes.ts
with changed as (
    delete from opportunities o where o.location_id = $1 and o.id = $2
    returning o.*),
  unfollowed as (
    delete from opportunity_followers f
    using (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) w (user_id, created_at, contact_id, id)
    where f.location_id = $3 and f.user_id = w.user_id and f.created_at = w.created_at and f.contact_id = w.contact_id and f.opportunity_id = w.id),
counted as (
  insert into opportunity_deltas (location_id, id, follower, pipeline_id, pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
  select $4, r.id, r.follower, r.pipeline_id, r.pipeline_stage_id, r.status, r.assigned_to, r.count, r.value, r.weighted, r.unweighted
  from (
    select $5 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $6::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r ),
  appended as (
    insert into outbox (location_id, id, type, version, payload, created_at)
    select $7, event.id, event.type, event.version, event.payload, $8
    from (select $9::text, $10::text, changed.index_version + 1, jsonb_build_object(
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
        where true union all select $11::text, $12::text, changed.index_version + 1, jsonb_build_object(
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
        where true) event (id, type, version, payload))
  select from changed;

-- src/api/opportunities/store/writes.ts
with changed as (
    insert into opportunities as o (location_id, id, name, pipeline_id, pipeline_stage_id,
      contact_id, status, lost_reason_id, monetary_value, assigned_to, followers, source,
      custom_fields, forecast_expected_close_date, forecast_original_close_date,
      forecast_probability, duplicate_slot, internal_source, last_status_change_at,
      last_stage_change_at, last_action_at, created_at, updated_at, search_text)
    select f.location_id, $1, $2, $3, $4, f.id,
      $5, $6, $7::numeric, $8,
      $9::text[], $10, $11::jsonb,
      $12::date, $13::date, $14::numeric,
      $15, $16::jsonb,
      $17::timestamptz, $18::timestamptz, $19::timestamptz, $20::timestamptz,
      $21::timestamptz, ' ' || btrim(regexp_replace(lower(
  regexp_replace(normalize(concat_ws(E'\u001f ', $22::text,
  concat_ws(' ', f.first_name, f.last_name), f.email, f.phone,
  right(regexp_replace(f.phone, '\D', '', 'g'), 10), f.company_name,
  array_to_string(f.tags, ' ')), nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g'))
from contacts f where f.location_id = $23 and f.id = $24
    returning o.*),
counted as (
  insert into opportunity_deltas (location_id, id, follower, pipeline_id, pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
  select $25, r.id, r.follower, r.pipeline_id, r.pipeline_stage_id, r.status, r.assigned_to, r.count, r.value, r.weighted, r.unweighted
  from (
    select $26 || '-' || row_number() over () as id, s.* from (
  select d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to,
    sum(d.sign) as count, sum(d.sign * d.value) as value, sum(d.sign * d.weighted) as weighted,
    sum(d.sign * d.unweighted) as unweighted
  from (
  select f.id as follower, o.pipeline_id, o.pipeline_stage_id, o.status,
coalesce(o.assigned_to, '') as assigned_to, o.monetary_value as value,
coalesce(o.monetary_value * o.forecast_probability / 100, 0) as weighted,
case when o.forecast_probability is null then o.monetary_value else 0 end as unweighted, $27::int as sign
  from changed o cross join lateral unnest(array_prepend('', o.followers)) f (id)) d
  group by d.follower, d.pipeline_id, d.pipeline_stage_id, d.status, d.assigned_to) s
    where (s.count, s.value, s.weighted, s.unweighted) is distinct from (0, 0, 0, 0)) r ),
followed as (
  insert into opportunity_followers (location_id, user_id, created_at, contact_id, opportunity_id)
  select $28, r.user_id, r.created_at, r.contact_id, r.opportunity_id
  from (select * from (
select f.user_id, o.created_at, o.contact_id, o.id
from changed o cross join lateral unnest(o.followers) f (user_id)) n (user_id, created_at, contact_id, opportunity_id)) r on conflict do nothing),
  appended as (
    insert into outbox (location_id, id, type, version, payload, created_at)
    select $29, event.id, event.type, event.version, event.payload, $30
    from (select $31::text, $32::text, changed.index_version, jsonb_build_object(
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
        where true union all select $33::text, $34::text, changed.index_version, jsonb_build_object(
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
        where true union all select $35::text, $36::text, changed.index_version, jsonb_build_object(
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
  'followersRemoved', array[]::text[]) from changed
        where cardinality(changed.followers) > 0) event (id, type, version, payload))
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
c.phone as "contactPhone", c.tags as "contactTags", c.followers as "contactFollowers",
c.assigned_to as "contactAssignee", o.internal_source as "internalSource" from changed o
join pipeline_stages s on s.location_id = $37 and s.id = o.pipeline_stage_id
join contacts c on c.location_id = $38 and c.id = o.contact_id;

-- src/events/appended-rows.ts
insert into opportunity_counts as c (location_id, follower, pipeline_id, pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (location_id, follower, pipeline_id, pipeline_stage_id, status, assigned_to) do update set count = c.count + excluded.count, value = c.value + excluded.value, weighted = c.weighted + excluded.weighted, unweighted = c.unweighted + excluded.unweighted;

-- src/events/appended-rows.ts
insert into opportunity_deltas (location_id, id, follower, pipeline_id, pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- src/events/appended-rows.ts
insert into opportunity_followers (location_id, user_id, created_at, contact_id, opportunity_id)
values ($1, $2, $3, $4, $5) on conflict do nothing;

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
update lost_reasons r set updated_at = $1 , name = coalesce($2, r.name), name_key = coalesce($3, r.name_key)
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
  where o.location_id = $1 and (lower(
regexp_replace(normalize((jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $2::text)) ->> $3::text), nfd), '[\u0300-\u036f]', '', 'g') collate "default") like '%' || lower(
regexp_replace(normalize($4::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default") || '%' and coalesce(jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
jsonb_build_object('id', $5::text)), 'null') not in ('null', '""', '[]', '{}'))
    limit $6::bigint) found;

-- src/resource/search/page.ts
select count(*)::int as total from (
    select
  from opportunities o
  where o.location_id = $1 and (o.search_text like '%' || nullif(' ' || btrim(regexp_replace(lower(
regexp_replace(normalize($2::text, nfd), '[\u0300-\u036f]', '', 'g') collate "default"), '[\s\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e\u00a0\u2000-\u206f\u3000-\u303f]+', ' ', 'g')), ' ') || '%' and (select upper(l.country) from locations l where l.location_id = $3) = $4)
    limit $5::bigint) found;

-- src/resource/search/page.ts
select count(*)::int as total from (
    select
from (
select distinct f.created_at, f.contact_id, f.opportunity_id from opportunity_followers f where f.location_id = $1 and f.user_id = any($2::text[])
order by f.created_at desc, f.contact_id desc, f.opportunity_id desc) f
join opportunities o on o.location_id = $3
  and o.id = f.opportunity_id
where nullif(o.followers && $4::text[], false) is not null
  and (true)
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
