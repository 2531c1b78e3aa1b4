-- Contacts: the people of a location, by whose e-mail address and phone number clients find them.

create table contacts (
  location_id text collate "C" not null references locations (location_id),
  id text collate "C" not null,
  -- The stored key of the location's field Contact Type.
  type text not null default 'lead',
  first_name text,
  last_name text,
  -- The names in lower case, as searches compare and sort them; name_key is both of them.
  first_name_key text collate "C",
  last_name_key text collate "C",
  name_key text collate "C",
  -- In lower case.
  email text collate "C",
  -- In E.164, or as typed where it begins with + and is no valid number.
  phone text collate "C",
  phone_label text,
  -- [{"email"}] and [{"phone", "phoneLabel"}]: a contact is found by these as well.
  additional_emails jsonb not null default '[]',
  additional_phones jsonb not null default '[]',
  -- '' while no other contact may have the address or number, the row's own id where the location
  -- allows others: the unique indexes below settle what two creations at once decide.
  email_slot text collate "C" not null default '',
  phone_slot text collate "C" not null default '',
  company_name text,
  business_id text collate "C",
  address1 text,
  city text,
  state text,
  postal_code text,
  country text,
  timezone text,
  website text,
  gender text,
  date_of_birth date,
  source text,
  tags text[] collate "C" not null default '{}',
  assigned_to text collate "C",
  followers text[] collate "C" not null default '{}',
  -- Null until it is first written.
  dnd boolean,
  -- By channel, as {"SMS": {"status", "message", "code"}}.
  dnd_settings jsonb not null default '{}',
  inbound_dnd_settings jsonb not null default '{}',
  -- The values, by the ids of their custom fields.
  custom_fields jsonb not null default '{}',
  attribution_source jsonb,
  last_attribution_source jsonb,
  created_by jsonb,
  last_updated_by jsonb,
  valid_email boolean,
  valid_email_date timestamptz(3),
  bounce_email boolean not null default false,
  unsubscribe_email boolean not null default false,
  last_session_activity_at timestamptz(3),
  -- What `query` looks in, without case and accents: name, e-mail address, phone number, company
  -- and tags.
  search_text text collate "C" not null default '',
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  -- A deleted contact keeps its row; only a new one may have its address then.
  deleted_at timestamptz(3),
  -- What of other families does not follow a change of the contact yet: 'deletion', 'assignee',
  -- 'searchText'.
  unfinished text[] not null default '{}',
  -- Counts the changes, and so orders the events.
  index_version int not null default 1,
  primary key (location_id, id),
  foreign key (location_id, assigned_to) references location_users (location_id, user_id),
  check (cardinality(followers) <= 10)
);
create unique index contacts_email_key on contacts (location_id, email, email_slot)
  where email is not null and deleted_at is null;
create unique index contacts_phone_key on contacts (location_id, phone, phone_slot)
  where phone is not null and deleted_at is null;
create index contacts_additional_emails on contacts
  using gin (location_id, additional_emails jsonb_path_ops)
  where additional_emails <> '[]' and deleted_at is null;
create index contacts_additional_phones on contacts
  using gin (location_id, additional_phones jsonb_path_ops)
  where additional_phones <> '[]' and deleted_at is null;
create index contacts_newest on contacts (location_id, created_at desc, id desc)
  where deleted_at is null;
create index contacts_tags on contacts using gin (location_id, tags) where deleted_at is null;
create index contacts_search on contacts using gin (location_id, search_text gin_trgm_ops)
  where deleted_at is null;
create index contacts_business on contacts (location_id, business_id, name_key, id)
  where business_id is not null and deleted_at is null;
-- A deleted contact is found here too, so that a user who leaves is taken out of it.
create index contacts_assigned_to on contacts
  (location_id, assigned_to, created_at desc, id desc)
  where assigned_to is not null;
create index contacts_unfinished on contacts (location_id, id) where unfinished <> '{}';

-- Who follows which contacts, newest first: see opportunity_followers.
create table contact_followers (
  location_id text collate "C" not null,
  user_id text collate "C" not null,
  created_at timestamptz(3) not null,
  contact_id text collate "C" not null,
  primary key (location_id, user_id, created_at, contact_id)
);
