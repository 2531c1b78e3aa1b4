-- What a custom field of a record may hold. A record names it by its id, or by its key.

create table custom_fields (
  location_id text collate "C" not null,
  id text collate "C" not null,
  model text not null check (model in ('contact', 'opportunity')),
  name text not null,
  -- As 'opportunity.how_soon'.
  field_key text collate "C" not null,
  -- Upstream's names: TEXT, LARGE_TEXT, NUMERICAL, MONETORY, CHECKBOX, DATE, …
  data_type text not null,
  options jsonb not null default '[]',
  position int not null default 0,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (location_id, id),
  unique (location_id, field_key)
);
