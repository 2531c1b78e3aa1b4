-- 08259815127f59fed1563c57eff65cb4207f8dcf1f52af8bcfafb6ba72a5da91
-- Every table whole, as a database has it that was just migrated: written by
-- `npm run generate` from the catalog, to be read. What is applied stands in migrations/.

create extension btree_gin;
create extension pg_trgm;

-- ── 0001-server.sql

create table outbox (
  location_id text collate "C" not null,
  id text collate "C" not null,
  type text not null,
  version integer default 0 not null,
  payload jsonb not null,
  created_at timestamp(3) with time zone not null,
  constraint outbox_pkey PRIMARY KEY (location_id, id)
);

create table idempotency_keys (
  location_id text collate "C" not null,
  source_id text collate "C" not null,
  key text collate "C" not null,
  request_hash text collate "C" not null,
  status integer,
  body text,
  created_at timestamp(3) with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (location_id, source_id, key)
);
CREATE INDEX idempotency_keys_end ON idempotency_keys USING btree (created_at);

create unlogged table rate_limits (
  key text collate "C" not null,
  points bigint not null,
  expires_at timestamp(3) with time zone not null,
  counted_at timestamp(3) with time zone not null,
  constraint rate_limits_pkey PRIMARY KEY (key)
) with (fillfactor=50);

create table sign_in_counts (
  key text collate "C" not null,
  points bigint not null,
  expires_at timestamp(3) with time zone not null,
  counted_at timestamp(3) with time zone not null,
  constraint sign_in_counts_pkey PRIMARY KEY (key)
) with (fillfactor=50);

create table feedback (
  id text collate "C" not null,
  operation_id text collate "C" not null,
  stars smallint not null,
  text text not null,
  created_at timestamp(3) with time zone not null,
  constraint feedback_pkey PRIMARY KEY (id),
  constraint feedback_stars_check CHECK (((stars >= 1) AND (stars <= 5))),
  constraint feedback_text_check CHECK ((length(text) <= 500))
);

-- ── 0002-companies.sql

create table companies (
  id text collate "C" not null,
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
  timezone text default 'UTC'::text not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint companies_pkey PRIMARY KEY (id)
);

-- ── 0003-locations.sql

create table locations (
  location_id text collate "C" not null,
  company_id text collate "C" not null,
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
  timezone text default 'UTC'::text not null,
  business jsonb default '{}'::jsonb not null,
  social jsonb default '{}'::jsonb not null,
  permissions jsonb default '{}'::jsonb not null,
  allow_duplicate_opportunity boolean default false not null,
  allow_duplicate_contact boolean default false not null,
  allow_facebook_name_merge boolean default false not null,
  disable_contact_timezone boolean default false not null,
  contact_unique_identifiers text[] default '{email,phone}'::text[] not null,
  crm_settings jsonb default '{}'::jsonb not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone,
  constraint locations_pkey PRIMARY KEY (location_id),
  constraint locations_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies(id)
);

-- ── 0004-users.sql

create table users (
  id text collate "C" not null,
  company_id text collate "C" not null,
  first_name text not null,
  last_name text not null,
  email text not null,
  phone text,
  extension text,
  type text not null,
  role text not null,
  permissions jsonb default '{}'::jsonb not null,
  scopes text[] default '{}'::text[] not null,
  scopes_assigned_to_only text[] default '{}'::text[] not null,
  restrict_sub_account boolean default false not null,
  platform_language text default 'en_US'::text not null,
  profile_photo text,
  twilio_phone jsonb default '{}'::jsonb not null,
  password_hash text,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'user'::text]))),
  constraint users_type_check CHECK ((type = ANY (ARRAY['agency'::text, 'account'::text]))),
  constraint users_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies(id)
);
CREATE INDEX users_company ON users USING btree (company_id, created_at, id);
CREATE UNIQUE INDEX users_email_key ON users USING btree (lower(email)) WHERE (deleted_at IS NULL);

create table location_users (
  location_id text collate "C" not null,
  user_id text collate "C" not null,
  created_at timestamp(3) with time zone not null,
  left_at timestamp(3) with time zone,
  constraint location_users_pkey PRIMARY KEY (location_id, user_id),
  constraint location_users_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(location_id),
  constraint location_users_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX location_users_left ON location_users USING btree (location_id, user_id) WHERE (left_at IS NOT NULL);
CREATE INDEX location_users_user_id ON location_users USING btree (user_id);

create table sessions (
  hash text collate "C" not null,
  user_id text collate "C" not null,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  constraint sessions_pkey PRIMARY KEY (hash),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX sessions_user ON sessions USING btree (user_id);

-- ── 0005-private-integrations.sql

create table private_integrations (
  id text collate "C" not null,
  company_id text collate "C" not null,
  location_id text collate "C",
  name text not null,
  scopes text[] not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint private_integrations_pkey PRIMARY KEY (id),
  constraint private_integrations_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies(id),
  constraint private_integrations_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(location_id)
);

create table private_integration_tokens (
  hash text collate "C" not null,
  private_integration_id text collate "C" not null,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  last_used_at timestamp(3) with time zone,
  constraint private_integration_tokens_pkey PRIMARY KEY (hash),
  constraint private_integration_tokens_private_integration_id_fkey FOREIGN KEY (private_integration_id) REFERENCES private_integrations(id) ON DELETE CASCADE
);
CREATE INDEX private_integration_tokens_integration ON private_integration_tokens USING btree (private_integration_id);

-- ── 0006-oauth.sql

create table oauth_apps (
  id text collate "C" not null,
  client_id text collate "C" not null,
  client_secret_hash text collate "C" not null,
  version_id text collate "C" not null,
  name text not null,
  redirect_uris text[] not null,
  scopes text[] not null,
  target text not null,
  webhook_url text,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint oauth_apps_pkey PRIMARY KEY (id),
  constraint oauth_apps_client_id_key UNIQUE (client_id),
  constraint oauth_apps_target_check CHECK ((target = ANY (ARRAY['sub-account'::text, 'agency'::text, 'both'::text])))
);

create table oauth_installs (
  id text collate "C" not null,
  app_id text collate "C" not null,
  company_id text collate "C" not null,
  location_id text collate "C" default ''::text not null,
  user_id text collate "C" not null,
  scopes text[] not null,
  is_bulk boolean default false not null,
  approve_all_locations boolean default false not null,
  install_to_future_locations boolean default false not null,
  approved_locations text[] default '{}'::text[] not null,
  known_locations text[] default '{}'::text[] not null,
  installed_at timestamp(3) with time zone not null,
  uninstalled_at timestamp(3) with time zone,
  constraint oauth_installs_pkey PRIMARY KEY (id),
  constraint oauth_installs_app_id_company_id_location_id_key UNIQUE (app_id, company_id, location_id),
  constraint oauth_installs_app_id_fkey FOREIGN KEY (app_id) REFERENCES oauth_apps(id),
  constraint oauth_installs_company_id_fkey FOREIGN KEY (company_id) REFERENCES companies(id),
  constraint oauth_installs_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);

create table oauth_grants (
  id text collate "C" not null,
  install_id text collate "C" not null,
  user_type text not null,
  location_id text collate "C" default ''::text not null,
  by_agency boolean default false not null,
  scopes text[] not null,
  user_id text collate "C" not null,
  created_at timestamp(3) with time zone not null,
  revoked_at timestamp(3) with time zone,
  constraint oauth_grants_pkey PRIMARY KEY (id),
  constraint oauth_grants_user_type_check CHECK ((user_type = ANY (ARRAY['Company'::text, 'Location'::text]))),
  constraint oauth_grants_install_id_fkey FOREIGN KEY (install_id) REFERENCES oauth_installs(id),
  constraint oauth_grants_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX oauth_grants_install ON oauth_grants USING btree (install_id) WHERE (revoked_at IS NULL);
CREATE INDEX oauth_grants_revoked ON oauth_grants USING btree (revoked_at) WHERE (revoked_at IS NOT NULL);

create table oauth_codes (
  hash text collate "C" not null,
  install_id text collate "C" not null,
  redirect_uri text not null,
  code_challenge text,
  expires_at timestamp(3) with time zone not null,
  used_at timestamp(3) with time zone,
  grant_id text collate "C",
  constraint oauth_codes_pkey PRIMARY KEY (hash),
  constraint oauth_codes_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES oauth_grants(id) ON DELETE CASCADE,
  constraint oauth_codes_install_id_fkey FOREIGN KEY (install_id) REFERENCES oauth_installs(id)
);
CREATE INDEX oauth_codes_install ON oauth_codes USING btree (install_id);

create table oauth_refresh_tokens (
  hash text collate "C" not null,
  id text collate "C" not null,
  grant_id text collate "C" not null,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  used_at timestamp(3) with time zone,
  constraint oauth_refresh_tokens_pkey PRIMARY KEY (hash),
  constraint oauth_refresh_tokens_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES oauth_grants(id) ON DELETE CASCADE
);
CREATE INDEX oauth_refresh_tokens_end ON oauth_refresh_tokens USING btree (expires_at);
CREATE INDEX oauth_refresh_tokens_grant ON oauth_refresh_tokens USING btree (grant_id);

create table oauth_signing_keys (
  kid text collate "C" not null,
  public_jwk jsonb not null,
  private_key text not null,
  created_at timestamp(3) with time zone not null,
  retired_at timestamp(3) with time zone,
  constraint oauth_signing_keys_pkey PRIMARY KEY (kid)
);

-- ── 0007-contacts.sql

create table contacts (
  location_id text collate "C" not null,
  id text collate "C" not null,
  type text default 'lead'::text not null,
  first_name text,
  last_name text,
  first_name_key text collate "C",
  last_name_key text collate "C",
  name_key text collate "C",
  email text collate "C",
  phone text collate "C",
  phone_label text,
  additional_emails jsonb default '[]'::jsonb not null,
  additional_phones jsonb default '[]'::jsonb not null,
  email_slot text collate "C" default ''::text not null,
  phone_slot text collate "C" default ''::text not null,
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
  tags text[] collate "C" default '{}'::text[] not null,
  assigned_to text collate "C",
  followers text[] collate "C" default '{}'::text[] not null,
  dnd boolean,
  dnd_settings jsonb default '{}'::jsonb not null,
  inbound_dnd_settings jsonb default '{}'::jsonb not null,
  custom_fields jsonb default '{}'::jsonb not null,
  attribution_source jsonb,
  last_attribution_source jsonb,
  created_by jsonb,
  last_updated_by jsonb,
  valid_email boolean,
  valid_email_date timestamp(3) with time zone,
  bounce_email boolean default false not null,
  unsubscribe_email boolean default false not null,
  last_session_activity_at timestamp(3) with time zone,
  search_text text collate "C" default ''::text not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone,
  unfinished text[] default '{}'::text[] not null,
  index_version integer default 1 not null,
  constraint contacts_pkey PRIMARY KEY (location_id, id),
  constraint contacts_followers_check CHECK ((cardinality(followers) <= 10)),
  constraint contacts_location_id_assigned_to_fkey FOREIGN KEY (location_id, assigned_to) REFERENCES location_users(location_id, user_id),
  constraint contacts_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(location_id)
);
CREATE INDEX contacts_additional_emails ON contacts USING gin (location_id, additional_emails jsonb_path_ops) WHERE ((additional_emails <> '[]'::jsonb) AND (deleted_at IS NULL));
CREATE INDEX contacts_additional_phones ON contacts USING gin (location_id, additional_phones jsonb_path_ops) WHERE ((additional_phones <> '[]'::jsonb) AND (deleted_at IS NULL));
CREATE INDEX contacts_assigned_to ON contacts USING btree (location_id, assigned_to, created_at DESC, id DESC) WHERE (assigned_to IS NOT NULL);
CREATE INDEX contacts_business ON contacts USING btree (location_id, business_id, name_key, id) WHERE ((business_id IS NOT NULL) AND (deleted_at IS NULL));
CREATE UNIQUE INDEX contacts_email_key ON contacts USING btree (location_id, email, email_slot) WHERE ((email IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX contacts_newest ON contacts USING btree (location_id, created_at DESC, id DESC) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX contacts_phone_key ON contacts USING btree (location_id, phone, phone_slot) WHERE ((phone IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX contacts_search ON contacts USING gin (location_id, search_text gin_trgm_ops) WHERE (deleted_at IS NULL);
CREATE INDEX contacts_tags ON contacts USING gin (location_id, tags) WHERE (deleted_at IS NULL);
CREATE INDEX contacts_unfinished ON contacts USING btree (location_id, id) WHERE (unfinished <> '{}'::text[]);

create table contact_followers (
  location_id text collate "C" not null,
  user_id text collate "C" not null,
  created_at timestamp(3) with time zone not null,
  contact_id text collate "C" not null,
  constraint contact_followers_pkey PRIMARY KEY (location_id, user_id, created_at, contact_id)
);

-- ── 0008-custom-fields.sql

create table custom_fields (
  location_id text collate "C" not null,
  id text collate "C" not null,
  model text collate "C" not null,
  document_type text collate "C" default 'field'::text not null,
  name text collate "C" not null,
  field_key text collate "C",
  data_type text,
  placeholder text default ''::text not null,
  parent_id text collate "C",
  options jsonb default '[]'::jsonb not null,
  settings jsonb default '{}'::jsonb not null,
  position integer default 0 not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint custom_fields_pkey PRIMARY KEY (location_id, id),
  constraint custom_fields_location_id_field_key_key UNIQUE (location_id, field_key),
  constraint custom_fields_location_id_model_document_type_name_key UNIQUE (location_id, model, document_type, name),
  constraint custom_fields_check CHECK (((document_type = 'folder'::text) OR ((field_key IS NOT NULL) AND (data_type IS NOT NULL)))),
  constraint custom_fields_document_type_check CHECK ((document_type = ANY (ARRAY['field'::text, 'folder'::text]))),
  constraint custom_fields_model_check CHECK ((model = ANY (ARRAY['contact'::text, 'opportunity'::text])))
);

-- ── 0009-opportunities.sql

create table pipelines (
  location_id text collate "C" not null,
  id text collate "C" not null,
  name text not null,
  name_key text collate "C" not null,
  origin_id text,
  show_in_funnel boolean default true not null,
  show_in_pie_chart boolean default true not null,
  use_opportunity_probability boolean default false not null,
  color_render_mode text default 'dot'::text not null,
  position text collate "C" not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone,
  constraint pipelines_pkey PRIMARY KEY (location_id, id),
  constraint pipelines_color_render_mode_check CHECK ((color_render_mode = ANY (ARRAY['dot'::text, 'bg-tint'::text, 'none'::text]))),
  constraint pipelines_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(location_id)
);
CREATE UNIQUE INDEX pipelines_name_key ON pipelines USING btree (location_id, name_key) WHERE (deleted_at IS NULL);
CREATE UNIQUE INDEX pipelines_position_key ON pipelines USING btree (location_id, "position");

create table pipeline_stages (
  location_id text collate "C" not null,
  id text collate "C" not null,
  pipeline_id text collate "C" not null,
  name text not null,
  origin_id text,
  position integer not null,
  show_in_funnel boolean default true not null,
  show_in_pie_chart boolean default true not null,
  stage_win_probability numeric(5,2) not null,
  color text,
  removed_at timestamp(3) with time zone,
  constraint pipeline_stages_pkey PRIMARY KEY (location_id, id),
  constraint pipeline_stages_location_id_pipeline_id_id_key UNIQUE (location_id, pipeline_id, id),
  constraint pipeline_stages_stage_win_probability_check CHECK (((stage_win_probability >= (0)::numeric) AND (stage_win_probability <= (100)::numeric))),
  constraint pipeline_stages_location_id_pipeline_id_fkey FOREIGN KEY (location_id, pipeline_id) REFERENCES pipelines(location_id, id) ON DELETE CASCADE
);

create table unfinished_pipelines (
  location_id text collate "C" not null,
  pipeline_id text collate "C" not null,
  created_at timestamp(3) with time zone not null,
  constraint unfinished_pipelines_pkey PRIMARY KEY (location_id, pipeline_id)
);

create table lost_reasons (
  location_id text collate "C" not null,
  id text collate "C" not null,
  name text not null,
  name_key text collate "C" not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone,
  constraint lost_reasons_pkey PRIMARY KEY (location_id, id)
);
CREATE UNIQUE INDEX lost_reasons_name_key ON lost_reasons USING btree (location_id, name_key) WHERE (deleted_at IS NULL);

create table opportunities (
  location_id text collate "C" not null,
  id text collate "C" not null,
  name text not null,
  pipeline_id text collate "C" not null,
  pipeline_stage_id text collate "C" not null,
  contact_id text collate "C" not null,
  status text collate "C" not null,
  monetary_value numeric default 0 not null,
  assigned_to text collate "C",
  source text,
  lost_reason_id text collate "C",
  custom_fields jsonb default '[]'::jsonb not null,
  followers text[] collate "C" default '{}'::text[] not null,
  forecast_expected_close_date date,
  forecast_original_close_date date,
  forecast_slippage_count integer default 0 not null,
  forecast_days_slipped integer default 0 not null,
  forecast_last_slipped_at timestamp(3) with time zone,
  forecast_probability numeric,
  duplicate_slot text collate "C" default ''::text not null,
  internal_source jsonb default '{}'::jsonb not null,
  attributions jsonb default '[]'::jsonb not null,
  search_text text collate "C" default ''::text not null,
  last_action_at timestamp(3) with time zone,
  last_status_change_at timestamp(3) with time zone not null,
  last_stage_change_at timestamp(3) with time zone not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  index_version integer default 1 not null,
  constraint opportunities_pkey PRIMARY KEY (location_id, id),
  constraint opportunities_followers_check CHECK ((cardinality(followers) <= 10)),
  constraint opportunities_status_check CHECK ((status = ANY (ARRAY['open'::text, 'won'::text, 'lost'::text, 'abandoned'::text]))),
  constraint opportunities_location_id_assigned_to_fkey FOREIGN KEY (location_id, assigned_to) REFERENCES location_users(location_id, user_id),
  constraint opportunities_location_id_contact_id_fkey FOREIGN KEY (location_id, contact_id) REFERENCES contacts(location_id, id),
  constraint opportunities_location_id_lost_reason_id_fkey FOREIGN KEY (location_id, lost_reason_id) REFERENCES lost_reasons(location_id, id),
  constraint opportunities_location_id_pipeline_id_fkey FOREIGN KEY (location_id, pipeline_id) REFERENCES pipelines(location_id, id),
  constraint opportunities_location_id_pipeline_id_pipeline_stage_id_fkey FOREIGN KEY (location_id, pipeline_id, pipeline_stage_id) REFERENCES pipeline_stages(location_id, pipeline_id, id)
);
CREATE INDEX opportunities_assigned_to ON opportunities USING btree (location_id, assigned_to, created_at DESC, contact_id DESC, id DESC) WHERE (assigned_to IS NOT NULL);
CREATE UNIQUE INDEX opportunities_contact_pipeline_key ON opportunities USING btree (location_id, contact_id, pipeline_id, duplicate_slot);
CREATE INDEX opportunities_newest ON opportunities USING btree (location_id, created_at DESC, contact_id DESC, id DESC);
CREATE INDEX opportunities_search ON opportunities USING gin (location_id, search_text gin_trgm_ops);
CREATE INDEX opportunities_stage ON opportunities USING btree (location_id, pipeline_stage_id, created_at DESC, contact_id DESC, id DESC);
CREATE INDEX opportunities_status ON opportunities USING btree (location_id, pipeline_id, status, created_at DESC, contact_id DESC, id DESC) INCLUDE (monetary_value, assigned_to);
alter table opportunities alter column pipeline_id set (n_distinct=20);
alter table opportunities alter column pipeline_stage_id set (n_distinct=100);
alter table opportunities alter column status set (n_distinct=4);
alter table opportunities alter column assigned_to set (n_distinct=50);

create table opportunity_followers (
  location_id text collate "C" not null,
  user_id text collate "C" not null,
  created_at timestamp(3) with time zone not null,
  contact_id text collate "C" not null,
  opportunity_id text collate "C" not null,
  constraint opportunity_followers_pkey PRIMARY KEY (location_id, user_id, created_at, contact_id, opportunity_id)
);

create table opportunity_counts (
  location_id text collate "C" not null,
  follower text collate "C" default ''::text not null,
  pipeline_id text collate "C" not null,
  pipeline_stage_id text collate "C" not null,
  status text collate "C" not null,
  assigned_to text collate "C" default ''::text not null,
  count bigint not null,
  value numeric not null,
  weighted numeric not null,
  unweighted numeric not null,
  constraint opportunity_counts_pkey PRIMARY KEY (location_id, follower, pipeline_id, pipeline_stage_id, status, assigned_to)
);
CREATE INDEX opportunity_counts_assigned_to ON opportunity_counts USING btree (assigned_to, location_id, follower);

create table opportunity_deltas (
  location_id text collate "C" not null,
  id text collate "C" not null,
  follower text collate "C" default ''::text not null,
  pipeline_id text collate "C" not null,
  pipeline_stage_id text collate "C" not null,
  status text collate "C" not null,
  assigned_to text collate "C" default ''::text not null,
  count integer not null,
  value numeric not null,
  weighted numeric not null,
  unweighted numeric not null,
  constraint opportunity_deltas_pkey PRIMARY KEY (location_id, id)
);

-- ── 0010-custom-values.sql

create table custom_values (
  location_id text collate "C" not null,
  id text collate "C" not null,
  name text not null,
  field_key text collate "C" not null,
  value text not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint custom_values_pkey PRIMARY KEY (location_id, id)
);
CREATE INDEX custom_values_oldest ON custom_values USING btree (location_id, created_at, id);

-- ── src/db/migrate.ts

create table schema_migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp(3) with time zone not null,
  constraint schema_migrations_pkey PRIMARY KEY (version)
);
