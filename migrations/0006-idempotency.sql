-- What was answered to a request that came with an Idempotency-Key, for whoever repeats it.
--
-- The row is written in the commit of what the request did: neither is there without the other.
-- An agency's requests stand under the agency's id in the place of a location's.
create table idempotency_keys (
  location_id text collate "C" not null,
  -- The private integration, or the app's client id.
  source_id text collate "C" not null,
  key text collate "C" not null,
  -- SHA-256 of what was asked.
  request_hash text collate "C" not null,
  -- Null while the request is under way, which nobody else ever sees.
  status int,
  body text,
  created_at timestamptz(3) not null,
  primary key (location_id, source_id, key)
);
create index idempotency_keys_end on idempotency_keys (created_at);
