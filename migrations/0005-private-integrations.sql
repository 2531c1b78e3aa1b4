-- Private integrations and their tokens. Global: a token is found by its hash.

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
  -- Set by a rotation that leaves the old token some days.
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3)
);
create index private_integration_tokens_integration
  on private_integration_tokens (private_integration_id);
