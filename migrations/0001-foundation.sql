-- The foundation: who there is (agencies, locations, users, private integrations), what an
-- opportunity stands on (pipelines, stages, contacts), opportunities, and the outbox.
--
-- Global tables: companies, users, private_integrations, private_integration_tokens. They are few,
-- rarely written, and found by their own keys (a token by its hash). Every other table belongs to
-- a location: its keys, unique indexes and foreign keys begin with location_id.

create table companies (
  id text collate "C" primary key,
  name text not null,
  email text,
  phone text,
  website text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);

create table locations (
  location_id text collate "C" primary key,
  company_id text collate "C" not null references companies (id),
  name text not null,
  email text,
  phone text,
  address text,
  city text,
  state text,
  country text,
  postal_code text,
  website text,
  timezone text not null default 'UTC',
  allow_duplicate_opportunity boolean not null default false,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);

create table users (
  id text collate "C" primary key,
  company_id text collate "C" not null references companies (id),
  first_name text not null,
  last_name text not null,
  email text not null,
  phone text,
  type text not null check (type in ('agency', 'account')),
  role text not null check (role in ('admin', 'user')),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create unique index users_email_key on users (lower(email));

-- Who works in which location: only they can be assigned to its records or follow them.
create table location_users (
  location_id text collate "C" not null references locations (location_id),
  user_id text collate "C" not null references users (id),
  created_at timestamptz(3) not null,
  primary key (location_id, user_id)
);
create index location_users_user_id on location_users (user_id);

create table private_integrations (
  id text collate "C" primary key,
  company_id text collate "C" not null references companies (id),
  -- Null: an agency's own integration.
  location_id text collate "C" references locations (location_id),
  name text not null,
  scopes text[] not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);

create table private_integration_tokens (
  -- SHA-256 of the token, in hex; the token itself is shown once and kept nowhere.
  hash text collate "C" primary key,
  private_integration_id text collate "C" not null
    references private_integrations (id) on delete cascade,
  created_at timestamptz(3) not null,
  revoked_at timestamptz(3)
);
create index private_integration_tokens_integration
  on private_integration_tokens (private_integration_id);

create table pipelines (
  location_id text collate "C" not null references locations (location_id),
  id text collate "C" not null,
  name text not null,
  origin_id text,
  show_in_funnel boolean not null default true,
  show_in_pie_chart boolean not null default true,
  use_opportunity_probability boolean not null default false,
  color_render_mode text not null default 'dot'
    check (color_render_mode in ('dot', 'bg-tint', 'none')),
  position text collate "C" not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (location_id, id)
);

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
  primary key (location_id, id),
  unique (location_id, pipeline_id, id),
  foreign key (location_id, pipeline_id) references pipelines (location_id, id) on delete cascade
);

create table contacts (
  location_id text collate "C" not null references locations (location_id),
  id text collate "C" not null,
  first_name text,
  last_name text,
  email text,
  phone text,
  company_name text,
  source text,
  tags text[] not null default '{}',
  followers text[] not null default '{}',
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (location_id, id)
);

create table opportunities (
  location_id text collate "C" not null,
  id text collate "C" not null,
  name text not null,
  pipeline_id text collate "C" not null,
  pipeline_stage_id text collate "C" not null,
  contact_id text collate "C" not null,
  status text not null check (status in ('open', 'won', 'lost', 'abandoned')),
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
  check (cardinality(followers) <= 10)
);
create unique index opportunities_contact_pipeline_key
  on opportunities (location_id, contact_id, pipeline_id, duplicate_slot);
create index opportunities_newest on opportunities (location_id, created_at desc, id desc);
create index opportunities_stage on opportunities (location_id, pipeline_id, pipeline_stage_id);
create index opportunities_assigned_to on opportunities (location_id, assigned_to)
  where assigned_to is not null;

-- What happened, written in the same commit as the change; webhooks are sent from here.
create table outbox (
  location_id text collate "C" not null,
  id text collate "C" not null,
  type text not null,
  -- How often the thing that it tells of had changed: ids are made before a row's lock is waited
  -- for, so that of two changes of one thing the later may have the earlier id.
  version int not null default 0,
  payload jsonb not null,
  created_at timestamptz(3) not null,
  primary key (location_id, id)
);
