-- Agencies. Global: all else stands under one.

create table companies (
  id text collate "C" primary key,
  name text not null,
  email text,
  phone text,
  website text,
  domain text,
  logo_url text,
  address text,
  city text,
  state text,
  country text,
  postal_code text,
  timezone text not null default 'UTC',
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
