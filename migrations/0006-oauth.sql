-- OAuth apps, their installs, what they were granted, and the keys that sign access tokens. Global,
-- all of it: codes and tokens are found by the SHA-256 of a secret that is kept nowhere.

create table oauth_apps (
  -- 24 hex digits; the client id is this, a dash, and 8 more characters.
  id text collate "C" primary key,
  client_id text collate "C" not null unique,
  client_secret_hash text collate "C" not null,
  version_id text collate "C" not null,
  name text not null,
  redirect_uris text[] not null,
  scopes text[] not null,
  target text not null check (target in ('sub-account', 'agency', 'both')),
  webhook_url text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);

-- An app in an agency (location_id is '') or in one of its locations.
create table oauth_installs (
  id text collate "C" primary key,
  app_id text collate "C" not null references oauth_apps (id),
  company_id text collate "C" not null references companies (id),
  location_id text collate "C" not null default '',
  user_id text collate "C" not null references users (id),
  scopes text[] not null,
  is_bulk boolean not null default false,
  approve_all_locations boolean not null default false,
  install_to_future_locations boolean not null default false,
  approved_locations text[] not null default '{}',
  -- The locations that were there at the consent, where those and later ones are not treated alike:
  -- servers' clocks differ, so that no time can tell which are later.
  known_locations text[] not null default '{}',
  installed_at timestamptz(3) not null,
  uninstalled_at timestamptz(3),
  unique (app_id, company_id, location_id)
);

-- What one consent gave, or an agency's token got for one location. Its tokens live as long as
-- it does.
create table oauth_grants (
  id text collate "C" primary key,
  install_id text collate "C" not null references oauth_installs (id),
  user_type text not null check (user_type in ('Company', 'Location')),
  -- The location that a location's token is for; '' for an agency's.
  location_id text collate "C" not null default '',
  -- Whether an agency's token got it; else a code did.
  by_agency boolean not null default false,
  scopes text[] not null,
  user_id text collate "C" not null references users (id),
  created_at timestamptz(3) not null,
  revoked_at timestamptz(3)
);
create index oauth_grants_install on oauth_grants (install_id) where revoked_at is null;
create index oauth_grants_revoked on oauth_grants (revoked_at) where revoked_at is not null;

create table oauth_codes (
  hash text collate "C" primary key,
  install_id text collate "C" not null references oauth_installs (id),
  redirect_uri text not null,
  -- As S256 has it: a plain one is the verifier itself.
  code_challenge text,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  -- What the code gave, so that its second use can take it back.
  grant_id text collate "C" references oauth_grants (id) on delete cascade
);
create index oauth_codes_install on oauth_codes (install_id);

create table oauth_refresh_tokens (
  hash text collate "C" primary key,
  id text collate "C" not null,
  grant_id text collate "C" not null references oauth_grants (id) on delete cascade,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3)
);
create index oauth_refresh_tokens_grant on oauth_refresh_tokens (grant_id);
create index oauth_refresh_tokens_end on oauth_refresh_tokens (expires_at);

create table oauth_signing_keys (
  kid text collate "C" primary key,
  public_jwk jsonb not null,
  -- PKCS#8 PEM, or that encrypted with GROUNDLEVEL_SECRET_KEY.
  private_key text not null,
  created_at timestamptz(3) not null,
  retired_at timestamptz(3)
);
