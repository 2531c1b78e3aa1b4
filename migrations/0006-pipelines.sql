-- Pipelines that are made, changed and deleted through the API, and names that are given once.
--
-- One more global table: unfinished_pipelines. It is nearly always empty, and asked for as a whole.

alter table pipelines
  -- The name as it is compared, without case. Null: it is not, as another had it before.
  add column name_key text collate "C",
  -- Set while what a deleted pipeline holds is still taken away; then the row goes.
  add column deleted_at timestamptz(3);
update pipelines p set name_key = lower(p.name)
where not exists (
  select from pipelines earlier
  where earlier.location_id = p.location_id and lower(earlier.name) = lower(p.name)
    and (earlier.created_at, earlier.id) < (p.created_at, p.id));
create unique index pipelines_name_key on pipelines (location_id, name_key)
  where deleted_at is null;

alter table pipeline_stages
  -- '#RRGGBB'
  add column color text,
  -- Set while opportunities of a stage that was left out still move on; then the row goes.
  add column removed_at timestamptz(3);

-- Pipelines with something left to take away.
create table unfinished_pipelines (
  location_id text collate "C" not null,
  pipeline_id text collate "C" not null,
  created_at timestamptz(3) not null,
  primary key (location_id, pipeline_id)
);

alter table lost_reasons add column name_key text collate "C";
update lost_reasons r set name_key = lower(r.name)
where not exists (
  select from lost_reasons earlier
  where earlier.location_id = r.location_id and lower(earlier.name) = lower(r.name)
    and earlier.deleted_at is null
    and (earlier.created_at, earlier.id) < (r.created_at, r.id));
create unique index lost_reasons_name_key on lost_reasons (location_id, name_key)
  where deleted_at is null;
