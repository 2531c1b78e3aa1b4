-- Users, where they work, and where they are signed in. Global, all three: an agency asks about all
-- of its users, and about all that a user works in, at once; a session is found by the SHA-256 of a
-- secret that is kept nowhere.

create table users (
  id text collate "C" primary key,
  company_id text collate "C" not null references companies (id),
  first_name text not null,
  last_name text not null,
  email text not null,
  phone text,
  extension text,
  type text not null check (type in ('agency', 'account')),
  role text not null check (role in ('admin', 'user')),
  permissions jsonb not null default '{}',
  scopes text[] not null default '{}',
  scopes_assigned_to_only text[] not null default '{}',
  restrict_sub_account boolean not null default false,
  platform_language text not null default 'en_US',
  profile_photo text,
  -- An inbound number for each location id.
  twilio_phone jsonb not null default '{}',
  -- scrypt; null: the user cannot sign in.
  password_hash text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  deleted_at timestamptz(3)
);
create unique index users_email_key on users (lower(email)) where deleted_at is null;
create index users_company on users (company_id, created_at, id);

-- Who works in which location: only they can be assigned to its records or follow them.
create table location_users (
  location_id text collate "C" not null references locations (location_id),
  user_id text collate "C" not null references users (id),
  created_at timestamptz(3) not null,
  -- Set while somebody who left is still taken out of the location's records; then the row goes.
  left_at timestamptz(3),
  primary key (location_id, user_id)
);
create index location_users_user_id on location_users (user_id);
create index location_users_left on location_users (location_id, user_id) where left_at is not null;

create table sessions (
  hash text collate "C" primary key,
  user_id text collate "C" not null references users (id),
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null
);
create index sessions_user on sessions (user_id);
