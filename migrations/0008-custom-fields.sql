-- What a custom field of a record may hold. A record names it by its id, or by its key.

create table custom_fields (
  location_id text collate "C" not null,
  id text collate "C" not null,
  model text collate "C" not null check (model in ('contact', 'opportunity')),
  document_type text collate "C" not null default 'field' check (document_type in ('field', 'folder')),
  name text collate "C" not null,
  -- As 'opportunity.how_soon'; a folder has none, nor the type.
  field_key text collate "C",
  -- Upstream's names: TEXT, LARGE_TEXT, NUMERICAL, MONETORY, CHECKBOX, DATE, …
  data_type text,
  placeholder text not null default '',
  -- The folder.
  parent_id text collate "C",
  -- Texts, or {"id", "label", "prefillValue"} of a list of text boxes.
  options jsonb not null default '[]',
  -- What else its creation may say: acceptedFormat, isMultipleFile, maxNumberOfFiles, …
  settings jsonb not null default '{}',
  position int not null default 0,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (location_id, id),
  unique (location_id, field_key),
  unique (location_id, model, document_type, name),
  check (document_type = 'folder' or (field_key is not null and data_type is not null))
);
