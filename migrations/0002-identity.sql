-- Who may do what: the whole of companies, locations and users; OAuth apps, their installs, and
-- what they were granted; sign-in sessions; signing keys.
--
-- Global tables beside those of 0001: oauth_apps, oauth_installs, oauth_grants, oauth_codes,
-- oauth_refresh_tokens, oauth_signing_keys, sessions. Codes, tokens and sessions are found by the
-- SHA-256 of a secret that is kept nowhere. locations and location_users of 0001 count as global
-- too: an agency asks about all of its locations, and about all that a user works in, at once.

-- In the outbox of 0001, an event that concerns an agency as a whole stands under the agency's id in
-- the place of a location's: it has an order of its own, and no location to be found by.

alter table companies
  add column logo_url text,
  add column domain text,
  add column address text,
  add column city text,
  add column state text,
  add column country text,
  add column postal_code text,
  add column timezone text not null default 'UTC';

alter table locations
  add column domain text,
  add column logo_url text,
  add column first_name text,
  add column last_name text,
  add column business jsonb not null default '{}',
  add column social jsonb not null default '{}',
  add column permissions jsonb not null default '{}',
  add column allow_duplicate_contact boolean not null default false,
  add column allow_facebook_name_merge boolean not null default false,
  add column disable_contact_timezone boolean not null default false,
  -- In this order a contact is looked for before another is made.
  add column contact_unique_identifiers text[] not null default '{email,phone}',
  add column crm_settings jsonb not null default '{}',
  -- A deleted location keeps its rows; no token reaches them.
  add column deleted_at timestamptz(3);

alter table users
  add column extension text,
  add column permissions jsonb not null default '{}',
  add column scopes text[] not null default '{}',
  add column restrict_sub_account boolean not null default false,
  add column platform_language text not null default 'en_US',
  -- scrypt; null: the user cannot sign in.
  add column password_hash text,
  add column scopes_assigned_to_only text[] not null default '{}',
  add column profile_photo text,
  -- An inbound number for each location id.
  add column twilio_phone jsonb not null default '{}',
  add column deleted_at timestamptz(3);
-- Set while somebody who left a location is still taken out of its records; then the row goes.
alter table location_users add column left_at timestamptz(3);
create index location_users_left on location_users (location_id, user_id) where left_at is not null;
drop index users_email_key;
create unique index users_email_key on users (lower(email)) where deleted_at is null;
create index users_company on users (company_id, created_at, id);
create index opportunities_followers on opportunities using gin (followers);

alter table private_integration_tokens
  -- Set by a rotation that leaves the old token some days.
  add column expires_at timestamptz(3),
  add column last_used_at timestamptz(3);

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
  code_challenge text,
  code_challenge_method text check (code_challenge_method in ('S256', 'plain')),
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

create table sessions (
  hash text collate "C" primary key,
  user_id text collate "C" not null references users (id),
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null
);
create index sessions_user on sessions (user_id);
