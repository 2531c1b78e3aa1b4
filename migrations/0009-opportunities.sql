-- Opportunities: the pipelines that they stand in, why they are lost, what they are found and
-- counted by.

create table pipelines (
  location_id text collate "C" not null references locations (location_id),
  id text collate "C" not null,
  name text not null,
  -- The name as it is compared, without case.
  name_key text collate "C" not null,
  origin_id text,
  show_in_funnel boolean not null default true,
  show_in_pie_chart boolean not null default true,
  use_opportunity_probability boolean not null default false,
  color_render_mode text not null default 'dot'
    check (color_render_mode in ('dot', 'bg-tint', 'none')),
  position text collate "C" not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  -- Set while what a deleted pipeline holds is still taken away; then the row goes.
  deleted_at timestamptz(3),
  primary key (location_id, id)
);
create unique index pipelines_name_key on pipelines (location_id, name_key)
  where deleted_at is null;
-- Of two creations at once in a location without pipelines one is refused, and looks again.
create unique index pipelines_position_key on pipelines (location_id, position);

create table pipeline_stages (
  location_id text collate "C" not null,
  id text collate "C" not null,
  pipeline_id text collate "C" not null,
  name text not null,
  origin_id text,
  position int not null,
  show_in_funnel boolean not null default true,
  show_in_pie_chart boolean not null default true,
  stage_win_probability numeric(5, 2) not null check (stage_win_probability between 0 and 100),
  -- '#RRGGBB'
  color text,
  -- Set while opportunities of a stage that was left out still move on; then the row goes.
  removed_at timestamptz(3),
  primary key (location_id, id),
  unique (location_id, pipeline_id, id),
  foreign key (location_id, pipeline_id) references pipelines (location_id, id) on delete cascade
);

-- Pipelines with something left to take away. Global: nearly always empty, asked for as a whole.
create table unfinished_pipelines (
  location_id text collate "C" not null,
  pipeline_id text collate "C" not null,
  created_at timestamptz(3) not null,
  primary key (location_id, pipeline_id)
);

create table lost_reasons (
  location_id text collate "C" not null,
  id text collate "C" not null,
  name text not null,
  name_key text collate "C" not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  primary key (location_id, id)
);
create unique index lost_reasons_name_key on lost_reasons (location_id, name_key)
  where deleted_at is null;

create table opportunities (
  location_id text collate "C" not null,
  id text collate "C" not null,
  name text not null,
  pipeline_id text collate "C" not null,
  pipeline_stage_id text collate "C" not null,
  contact_id text collate "C" not null,
  status text collate "C" not null check (status in ('open', 'won', 'lost', 'abandoned')),
  monetary_value numeric not null default 0,
  assigned_to text collate "C",
  source text,
  lost_reason_id text collate "C",
  custom_fields jsonb not null default '[]',
  followers text[] collate "C" not null default '{}',
  forecast_expected_close_date date,
  forecast_original_close_date date,
  forecast_slippage_count int not null default 0,
  forecast_days_slipped int not null default 0,
  forecast_last_slipped_at timestamptz(3),
  forecast_probability numeric,
  -- '' while a contact may have one opportunity in a pipeline, the row's own id where the
  -- location allows more: the unique index below settles what two creations at once decide.
  duplicate_slot text collate "C" not null default '',
  internal_source jsonb not null default '{}',
  attributions jsonb not null default '[]',
  -- What `q` looks in, each word after a blank, without case and accents: those of the name, and of
  -- the contact's name, e-mail address, phone number, company and tags.
  search_text text collate "C" not null default '',
  last_action_at timestamptz(3),
  last_status_change_at timestamptz(3) not null,
  last_stage_change_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  index_version int not null default 1,
  primary key (location_id, id),
  foreign key (location_id, pipeline_id) references pipelines (location_id, id),
  foreign key (location_id, pipeline_id, pipeline_stage_id)
    references pipeline_stages (location_id, pipeline_id, id),
  foreign key (location_id, contact_id) references contacts (location_id, id),
  foreign key (location_id, assigned_to) references location_users (location_id, user_id),
  foreign key (location_id, lost_reason_id) references lost_reasons (location_id, id),
  check (cardinality(followers) <= 10)
);
create unique index opportunities_contact_pipeline_key
  on opportunities (location_id, contact_id, pipeline_id, duplicate_slot);
-- Newest first, as upstream sorts: of two made at once, by their contacts.
create index opportunities_newest
  on opportunities (location_id, created_at desc, contact_id desc, id desc);
create index opportunities_stage on opportunities
  (location_id, pipeline_stage_id, created_at desc, contact_id desc, id desc);
-- With what filters ask besides, so that a count need not look at the rows themselves.
create index opportunities_status on opportunities
  (location_id, pipeline_id, status, created_at desc, contact_id desc, id desc)
  include (monetary_value, assigned_to);
create index opportunities_assigned_to on opportunities
  (location_id, assigned_to, created_at desc, contact_id desc, id desc)
  where assigned_to is not null;
create index opportunities_search on opportunities
  using gin (location_id, search_text gin_trgm_ops);
-- A page is planned once for all values, by how many there are of them. Where all opportunities
-- happen to be open, or in one stage, that plan would walk through all of them for the first one
-- that is not.
alter table opportunities
  alter column pipeline_id set (n_distinct = 20),
  alter column pipeline_stage_id set (n_distinct = 100),
  alter column status set (n_distinct = 4),
  alter column assigned_to set (n_distinct = 50);

-- Who follows which opportunities, in the order of a search: an index that PostgreSQL does not
-- have, of the members of an array and then of other columns. What is true stands in
-- opportunities.followers: whoever follows is here, but a row may be left of somebody who does not
-- any more, when two changes of one opportunity meet. An opportunity keeps its contact and time for
-- good.
create table opportunity_followers (
  location_id text collate "C" not null,
  user_id text collate "C" not null,
  created_at timestamptz(3) not null,
  contact_id text collate "C" not null,
  opportunity_id text collate "C" not null,
  primary key (location_id, user_id, created_at, contact_id, opportunity_id)
);

-- How many opportunities there are, and of what value. `weighted` is the value times the
-- probability of those that have one of their own, `unweighted` the value of those that go by their
-- stage's. assigned_to is '' for nobody, and '*' for all assignees together, which most searches
-- ask for. follower is '' where each is counted once; each is counted again under every follower
-- that it has.
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
-- One assignee's are spread over all stages and statuses. The assignee comes first, so that the
-- planner does not take this index for filters that the primary key serves better.
create index opportunity_counts_assigned_to
  on opportunity_counts (assigned_to, location_id, follower);

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
