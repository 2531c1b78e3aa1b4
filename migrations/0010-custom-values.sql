-- Custom values: texts of a location that messages and pages show by their keys.

create table custom_values (
  location_id text collate "C" not null,
  id text collate "C" not null,
  name text not null,
  -- As '{{ custom_values.my_name }}', of the name that it was made with.
  field_key text collate "C" not null,
  value text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (location_id, id)
);
create index custom_values_oldest on custom_values (location_id, created_at, id);
