-- Contacts: so far what an opportunity stands on.

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
