-- Opportunities, whole: why they are lost, what their custom fields are, finding them by text and in
-- order, and how many there are.

create extension if not exists pg_trgm;
create extension if not exists btree_gin;

create table lost_reasons (
  location_id text collate "C" not null,
  id text collate "C" not null,
  name text not null,
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (location_id, id)
);

-- What a custom field of a record may hold. A record names it by its id, or by its key.
create table custom_fields (
  location_id text collate "C" not null,
  id text collate "C" not null,
  model text not null check (model in ('contact', 'opportunity')),
  name text not null,
  -- As 'opportunity.how_soon'.
  field_key text collate "C" not null,
  -- Upstream's names: TEXT, LARGE_TEXT, NUMERICAL, MONETORY, CHECKBOX, DATE, …
  data_type text not null,
  options jsonb not null default '[]',
  position int not null default 0,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (location_id, id),
  unique (location_id, field_key)
);

-- A reason that nobody knows any more was never one of upstream's.
update opportunities set lost_reason_id = null;
alter table opportunities
  add foreign key (location_id, lost_reason_id) references lost_reasons (location_id, id),
  -- What `q` looks in, without case and accents: the name, and of the contact the name, e-mail
  -- address, phone number and company.
  add column search_text text collate "C" not null default '',
  alter column status type text collate "C";
update opportunities o set search_text = lower(regexp_replace(normalize(
  concat_ws(E'\n', o.name, concat_ws(' ', c.first_name, c.last_name), c.email, c.phone,
    c.company_name), nfd), '[\u0300-\u036f]', '', 'g'))
from contacts c where c.location_id = o.location_id and c.id = o.contact_id;

-- Newest first, as upstream sorts: of two made at once, by their contacts.
drop index opportunities_newest;
create index opportunities_newest
  on opportunities (location_id, created_at desc, contact_id desc, id desc);
drop index opportunities_stage;
create index opportunities_stage on opportunities
  (location_id, pipeline_stage_id, created_at desc, contact_id desc, id desc);
-- With what filters ask besides, so that a count need not look at the rows themselves.
create index opportunities_status on opportunities
  (location_id, pipeline_id, status, created_at desc, contact_id desc, id desc)
  include (monetary_value, assigned_to);
drop index opportunities_assigned_to;
create index opportunities_assigned_to on opportunities
  (location_id, assigned_to, created_at desc, contact_id desc, id desc)
  where assigned_to is not null;
create index opportunities_search on opportunities
  using gin (location_id, search_text gin_trgm_ops);

-- How many opportunities there are, and of what value. `weighted` is the value times the
-- probability of those that have one of their own, `unweighted` the value of those that go by
-- their stage's. assigned_to is '' for nobody. follower is '' where each is counted once; each is
-- counted again under every follower that it has.
create table opportunity_counts (
  location_id text collate "C" not null,
  follower text collate "C" not null default '',
  pipeline_id text collate "C" not null,
  pipeline_stage_id text collate "C" not null,
  status text collate "C" not null,
  assigned_to text collate "C" not null default '',
  count bigint not null,
  value numeric not null,
  weighted numeric not null,
  unweighted numeric not null,
  primary key (location_id, follower, pipeline_id, pipeline_stage_id, status, assigned_to)
);

-- What was added to those counts, and taken away, and is not in them yet. A change only adds rows
-- here, so that those who write at once do not wait for each other; whoever reads adds both up.
create table opportunity_deltas (
  location_id text collate "C" not null,
  id text collate "C" not null,
  follower text collate "C" not null default '',
  pipeline_id text collate "C" not null,
  pipeline_stage_id text collate "C" not null,
  status text collate "C" not null,
  assigned_to text collate "C" not null default '',
  count int not null,
  value numeric not null,
  weighted numeric not null,
  unweighted numeric not null,
  primary key (location_id, id)
);

insert into opportunity_counts (location_id, follower, pipeline_id, pipeline_stage_id, status,
  assigned_to, count, value, weighted, unweighted)
select o.location_id, f.id, o.pipeline_id, o.pipeline_stage_id, o.status,
  coalesce(o.assigned_to, ''), count(*), sum(o.monetary_value),
  coalesce(sum(o.monetary_value * o.forecast_probability / 100), 0),
  coalesce(sum(o.monetary_value) filter (where o.forecast_probability is null), 0)
from opportunities o cross join lateral unnest(array_prepend('', o.followers)) f (id)
group by 1, 2, 3, 4, 5, 6;
