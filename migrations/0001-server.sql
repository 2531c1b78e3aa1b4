-- The server's own: what PostgreSQL brings along, what happened, what was answered, how often was
-- asked.
--
-- Of every table of migrations/: most belong to a location, and their keys, unique indexes and
-- foreign keys begin with location_id. The others are global: few rows, rarely written, found by a
-- key of their own; each says so.

create extension if not exists pg_trgm;
create extension if not exists btree_gin;

-- What happened, written in the same commit as the change; webhooks are sent from here. An event
-- that concerns an agency as a whole stands under the agency's id in the place of a location's: it
-- has an order of its own, and no location to be found by.
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

-- What was answered to a request that came with an Idempotency-Key, for whoever repeats it.
--
-- The row is written in the commit of what the request did: neither is there without the other.
-- An agency's requests stand under the agency's id in the place of a location's.
create table idempotency_keys (
  location_id text collate "C" not null,
  -- The private integration, or the app's client id.
  source_id text collate "C" not null,
  key text collate "C" not null,
  -- What was asked, a password perhaps, as a hash that is keyed by the secret of the server.
  request_hash text collate "C" not null,
  -- Null while the request is under way, which nobody else ever sees.
  status int,
  body text,
  created_at timestamptz(3) not null,
  primary key (location_id, source_id, key)
);
create index idempotency_keys_end on idempotency_keys (created_at);

-- How often each app asked about each location or company, in the window under way.
--
-- Global: a row counts for an app, whatever location it asks about. Unlogged: a count that a crash
-- loses costs nobody anything, and logging it would cost every request. Half of each page stays
-- free, so that a row is changed where it stands.
create unlogged table rate_limits (
  key text collate "C" primary key,
  points bigint not null,
  expires_at timestamptz(3) not null,
  -- When it was added to last: an upsert compares with this, as Citus lets it ask no clock.
  counted_at timestamptz(3) not null
) with (fillfactor = 50);

-- The same of tries to sign in, by address and account. Global. Logged: a crash must not give whoever
-- guesses passwords new tries.
create table sign_in_counts (
  key text collate "C" primary key,
  points bigint not null,
  expires_at timestamptz(3) not null,
  counted_at timestamptz(3) not null
) with (fillfactor = 50);

-- What readers of the reference think of its pages. Global: a page belongs to the server.
create table feedback (
  id text collate "C" primary key,
  operation_id text collate "C" not null,
  stars smallint not null check (stars between 1 and 5),
  text text not null check (length(text) <= 500),
  created_at timestamptz(3) not null
);
