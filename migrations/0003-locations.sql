-- Locations. Global: an agency asks about all of its locations at once.

create table locations (
  location_id text collate "C" primary key,
  company_id text collate "C" not null references companies (id),
  name text not null,
  email text,
  phone text,
  website text,
  domain text,
  logo_url text,
  first_name text,
  last_name text,
  address text,
  city text,
  state text,
  country text,
  postal_code text,
  timezone text not null default 'UTC',
  business jsonb not null default '{}',
  social jsonb not null default '{}',
  permissions jsonb not null default '{}',
  allow_duplicate_opportunity boolean not null default false,
  allow_duplicate_contact boolean not null default false,
  allow_facebook_name_merge boolean not null default false,
  disable_contact_timezone boolean not null default false,
  -- In this order a contact is looked for before another is made.
  contact_unique_identifiers text[] not null default '{email,phone}',
  crm_settings jsonb not null default '{}',
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  -- A deleted location keeps its rows; no token reaches them.
  deleted_at timestamptz(3)
);
