-- Every statement as it is sent; of the code e131bf312ab8d367

-- src/api/oauth/installs/apps.ts
insert into oauth_apps (id, client_id, client_secret_hash, version_id, name, redirect_uris,
    scopes, target, webhook_url, created_at, updated_at)
  values ($1, $2, $3, $4,
    $5, $6::text[], $7::text[], $8, $9,
    $10, $11)
  returning
id, client_id as "clientId", version_id as "versionId", name, redirect_uris as "redirectUris",
scopes, target, webhook_url as "webhookUrl";

-- src/api/oauth/installs/apps.ts
select
id, client_id as "clientId", version_id as "versionId", name, redirect_uris as "redirectUris",
scopes, target, webhook_url as "webhookUrl" from oauth_apps
  where client_id = $1 and client_secret_hash = $2;

-- src/api/oauth/installs/apps.ts
select
id, client_id as "clientId", version_id as "versionId", name, redirect_uris as "redirectUris",
scopes, target, webhook_url as "webhookUrl" from oauth_apps where client_id = $1;

-- src/api/oauth/installs/apps.ts
select
id, client_id as "clientId", version_id as "versionId", name, redirect_uris as "redirectUris",
scopes, target, webhook_url as "webhookUrl", (
    select coalesce(json_agg(json_build_object('companyId', i.company_id,
      'locationId', nullif(i.location_id, ''), 'installedAt', to_char(i.installed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      order by i.installed_at, i.id), '[]')
    from oauth_installs i
    where i.app_id = oauth_apps.id and i.uninstalled_at is null) as installs
  from oauth_apps order by created_at, id;

-- src/api/oauth/installs/apps.ts
update oauth_apps set client_secret_hash = $1, updated_at = $2
where client_id = $3 returning id;

-- src/api/oauth/installs/events.ts
select c.name, c.domain, c.logo_url as "logoUrl" from companies c where c.id = $1;

-- src/api/oauth/installs/events.ts
select i.app_id as "appId", a.version_id as "versionId", i.company_id as "companyId",
      i.user_id as "userId"
    from locations l
    join oauth_installs i on i.company_id = l.company_id
    join oauth_apps a on a.id = i.app_id
    where l.location_id = $1 and i.uninstalled_at is null and
(i.location_id = l.location_id or (i.location_id = '' and (
  l.location_id = any(i.approved_locations)
  or case when l.location_id = any(i.known_locations) then i.approve_all_locations
    else i.install_to_future_locations end)))
    order by i.installed_at, i.id;

-- src/api/oauth/installs/events.ts
select l.location_id as id, exists (
    select from oauth_installs own
    where own.app_id = i.app_id and own.company_id = i.company_id
      and own.location_id = l.location_id and own.uninstalled_at is null) as "hasOwn"
  from oauth_installs i
  join locations l on l.company_id = i.company_id and l.deleted_at is null
  where i.id = $1 and
(i.location_id = l.location_id or (i.location_id = '' and (
  l.location_id = any(i.approved_locations)
  or case when l.location_id = any(i.known_locations) then i.approve_all_locations
    else i.install_to_future_locations end)))
  order by l.created_at, l.location_id;

-- src/api/oauth/installs/install.ts
delete from oauth_codes where install_id = $1;

-- src/api/oauth/installs/install.ts
insert into oauth_codes (hash, install_id, redirect_uri, code_challenge, expires_at)
values ($1, $2, $3, $4,
  $5);

-- src/api/oauth/installs/install.ts
insert into oauth_installs as i (id, app_id, company_id, location_id, user_id, scopes, is_bulk,
  approve_all_locations, install_to_future_locations, approved_locations, known_locations,
  installed_at)
select $1, $2, c.id, $3, $4,
  $5::text[], $6, $7,
  $8,
  array(select l.location_id from locations l
    where l.location_id = any($9::text[]) and l.company_id = c.id
    order by l.location_id),
  array(select l.location_id from locations l
    where l.company_id = c.id and $10
    order by l.location_id),
  $11
from companies c
where c.id = $12 and ($13 = '' or exists (
  select from locations l where l.location_id = $14 and l.company_id = c.id
    and l.deleted_at is null))
on conflict (app_id, company_id, location_id) do update set
  user_id = excluded.user_id, scopes = excluded.scopes, is_bulk = excluded.is_bulk,
  approve_all_locations = excluded.approve_all_locations,
  install_to_future_locations = excluded.install_to_future_locations,
  approved_locations = excluded.approved_locations, known_locations = excluded.known_locations,
  installed_at = excluded.installed_at, uninstalled_at = null
returning i.id;

-- src/api/oauth/installs/install.ts
select i.id from oauth_installs i
join oauth_apps a on a.id = i.app_id
where a.client_id = $1 and i.uninstalled_at is null
  and i.location_id = $2 and ($3 <> '' or i.company_id = $4);

-- src/api/oauth/installs/install.ts
update oauth_grants set revoked_at = $1
where install_id = $2 and revoked_at is null;

-- src/api/oauth/installs/install.ts
update oauth_installs set uninstalled_at = $1
where id = $2 and uninstalled_at is null
returning app_id as "appId", company_id as "companyId", location_id as "locationId";

-- src/api/oauth/installs/installed-locations-query.ts
select (select count(*) from (
  select l.location_id as "_id", l.name, l.created_at,
    concat_ws(', ', l.address, l.city, nullif(concat_ws(' ', l.state, l.postal_code), ''),
      l.country) as address,
    i.id is not null as "isInstalled", a.version_id as "versionId",
    i.installed_at as "installedAt"
  from locations l
  left join lateral (
    select i.id, i.app_id, i.installed_at from oauth_installs i
    where i.app_id = $1 and i.company_id = l.company_id and i.uninstalled_at is null
      and
(i.location_id = l.location_id or (i.location_id = '' and (
  l.location_id = any(i.approved_locations)
  or case when l.location_id = any(i.known_locations) then i.approve_all_locations
    else i.install_to_future_locations end)))
    order by i.location_id desc limit 1) i on true
  left join oauth_apps a on a.id = i.app_id
  where l.company_id = $2 and l.deleted_at is null and l.location_id = $3) matching) as count,
    coalesce((select i.install_to_future_locations from oauth_installs i
      where i.app_id = $4 and i.company_id = $5 and i.location_id = ''),
      false) as "installToFutureLocations";

-- src/api/oauth/installs/installed-locations-query.ts
select (select count(*) from (
  select l.location_id as "_id", l.name, l.created_at,
    concat_ws(', ', l.address, l.city, nullif(concat_ws(' ', l.state, l.postal_code), ''),
      l.country) as address,
    i.id is not null as "isInstalled", a.version_id as "versionId",
    i.installed_at as "installedAt"
  from locations l
  left join lateral (
    select i.id, i.app_id, i.installed_at from oauth_installs i
    where i.app_id = $1 and i.company_id = l.company_id and i.uninstalled_at is null
      and
(i.location_id = l.location_id or (i.location_id = '' and (
  l.location_id = any(i.approved_locations)
  or case when l.location_id = any(i.known_locations) then i.approve_all_locations
    else i.install_to_future_locations end)))
    order by i.location_id desc limit 1) i on true
  left join oauth_apps a on a.id = i.app_id
  where l.company_id = $2 and l.deleted_at is null and l.location_id = any($3::text[])) matching) as count,
    coalesce((select i.install_to_future_locations from oauth_installs i
      where i.app_id = $4 and i.company_id = $5 and i.location_id = ''),
      false) as "installToFutureLocations";

-- src/api/oauth/installs/installed-locations-query.ts
select * from (
  select l.location_id as "_id", l.name, l.created_at,
    concat_ws(', ', l.address, l.city, nullif(concat_ws(' ', l.state, l.postal_code), ''),
      l.country) as address,
    i.id is not null as "isInstalled", a.version_id as "versionId",
    i.installed_at as "installedAt"
  from locations l
  left join lateral (
    select i.id, i.app_id, i.installed_at from oauth_installs i
    where i.app_id = $1 and i.company_id = l.company_id and i.uninstalled_at is null
      and
(i.location_id = l.location_id or (i.location_id = '' and (
  l.location_id = any(i.approved_locations)
  or case when l.location_id = any(i.known_locations) then i.approve_all_locations
    else i.install_to_future_locations end)))
    order by i.location_id desc limit 1) i on true
  left join oauth_apps a on a.id = i.app_id
  where l.company_id = $2 and l.deleted_at is null and l.location_id = $3) matching
  order by "installedAt" desc nulls last, created_at desc, "_id" desc
  limit $4 offset $5;

-- src/api/oauth/installs/installed-locations-query.ts
select * from (
  select l.location_id as "_id", l.name, l.created_at,
    concat_ws(', ', l.address, l.city, nullif(concat_ws(' ', l.state, l.postal_code), ''),
      l.country) as address,
    i.id is not null as "isInstalled", a.version_id as "versionId",
    i.installed_at as "installedAt"
  from locations l
  left join lateral (
    select i.id, i.app_id, i.installed_at from oauth_installs i
    where i.app_id = $1 and i.company_id = l.company_id and i.uninstalled_at is null
      and
(i.location_id = l.location_id or (i.location_id = '' and (
  l.location_id = any(i.approved_locations)
  or case when l.location_id = any(i.known_locations) then i.approve_all_locations
    else i.install_to_future_locations end)))
    order by i.location_id desc limit 1) i on true
  left join oauth_apps a on a.id = i.app_id
  where l.company_id = $2 and l.deleted_at is null and l.location_id = any($3::text[])) matching
  order by "installedAt" desc nulls last, created_at desc, "_id" desc
  limit $4 offset $5;

-- src/api/oauth/installs/installed-locations-query.ts
select m.location_id as id from location_users m
where m.user_id = $1 and m.left_at is null;

-- src/api/oauth/installs/installed-locations-query.ts
select u.id, u.type = 'agency' and not u.restrict_sub_account as "isEverywhere"
from oauth_installs i join users u on u.id = i.user_id
where i.app_id = $1 and i.company_id = $2 and i.location_id = '';

-- src/api/oauth/location-token.ts
select
g.id, g.user_type as "userType", i.company_id as "companyId", g.location_id as "locationId",
g.user_id as "userId", g.scopes, a.id as "appId", a.client_id as "clientId",
a.version_id as "versionId", i.is_bulk as "isBulk",
i.approved_locations as "approvedLocations",
i.approve_all_locations as "approveAllLocations",
i.install_to_future_locations as "installToFutureLocations"
  from oauth_grants g
  join oauth_installs i on i.id = g.install_id
  join oauth_apps a on a.id = i.app_id
  where g.install_id = $1 and g.location_id = $2
    and g.by_agency and g.revoked_at is null
  order by g.created_at limit 1
  for key share of g;

-- src/api/oauth/location-token.ts
select i.id, i.scopes, l.deleted_at is null as "isActive"
  from oauth_installs i
  join oauth_apps a on a.id = i.app_id
  join locations l on l.location_id = $1 and l.company_id = i.company_id
  where a.client_id = $2 and i.company_id = $3
    and i.uninstalled_at is null and
(i.location_id = l.location_id or (i.location_id = '' and (
  l.location_id = any(i.approved_locations)
  or case when l.location_id = any(i.known_locations) then i.approve_all_locations
    else i.install_to_future_locations end)))
  order by i.location_id limit 1
  for share of i;

-- src/api/oauth/page/choices.ts
select l.location_id as id, l.name, concat_ws(', ', l.address, l.city) as place
from location_users m
join locations l on l.location_id = m.location_id
where m.user_id = $1 and m.left_at is null and l.company_id = $2
  and l.deleted_at is null
order by lower(l.name) collate "C", l.location_id
limit $3;

-- src/api/oauth/page/choices.ts
select l.location_id as id, l.name, concat_ws(', ', l.address, l.city) as place
from locations l
where l.company_id = $1 and l.deleted_at is null
order by lower(l.name) collate "C", l.location_id
limit $2;

-- src/api/oauth/revoke.ts
select g.id, g.install_id as "installId", g.user_type as "userType", i.app_id as "appId"
from oauth_grants g
join oauth_installs i on i.id = g.install_id
where g.revoked_at is null and (g.id = $1 or g.id = (
  select r.grant_id from oauth_refresh_tokens r where r.hash = $2));

-- src/api/oauth/revoke.ts
update oauth_grants set revoked_at = $1 where id = $2 and revoked_at is null;

-- src/api/oauth/tokens/code-grant.ts
select c.install_id as "installId", c.redirect_uri as "redirectUri",
  c.code_challenge as "codeChallenge", c.used_at is not null as "isUsed",
  i.app_id as "appId", i.scopes, i.location_id as "locationId",
  not exists (select from locations l where l.location_id = i.location_id
    and l.deleted_at is not null) as "isActive"
from oauth_codes c
join oauth_installs i on i.id = c.install_id
where c.hash = $1 and c.expires_at > $2 and i.uninstalled_at is null
for update of c;

-- src/api/oauth/tokens/code-grant.ts
update oauth_codes set used_at = $1, grant_id = $2 where hash = $3;

-- src/api/oauth/tokens/expired-tokens.ts
delete from oauth_codes where hash = any(array(
  select c.hash from oauth_codes c where c.expires_at <= $1
  limit $2 for update skip locked))
returning hash;

-- src/api/oauth/tokens/expired-tokens.ts
delete from oauth_grants where id = any(array(
  select g.id from oauth_grants g
  where g.created_at <= $1
    and not exists (select from oauth_refresh_tokens r where r.grant_id = g.id)
  limit $2 for update skip locked))
returning id;

-- src/api/oauth/tokens/expired-tokens.ts
delete from oauth_grants where id = any(array(
  select g.id from oauth_grants g where g.revoked_at <= $1
  limit $2 for update skip locked))
returning id;

-- src/api/oauth/tokens/expired-tokens.ts
delete from oauth_refresh_tokens where hash = any(array(
  select r.hash from oauth_refresh_tokens r where r.expires_at <= $1
  limit $2 for update skip locked))
returning hash;

-- src/api/oauth/tokens/grants.ts
delete from oauth_refresh_tokens
where grant_id = $1 and hash in (
  select r.hash from oauth_refresh_tokens r where r.grant_id = $2
  order by r.created_at desc, r.hash offset $3);

-- src/api/oauth/tokens/grants.ts
insert into oauth_refresh_tokens (hash, id, grant_id, created_at, expires_at)
values ($1, $2, $3, $4, $5);

-- src/api/oauth/tokens/grants.ts
with g as (
    insert into oauth_grants as g (id, install_id, user_type, location_id, by_agency, scopes, user_id,
      created_at)
    select $1, i.id, $2, $3, $4,
      $5::text[], i.user_id, $6
    from oauth_installs i where i.id = $7
    returning g.id, g.install_id, g.user_type, g.location_id, g.user_id, g.scopes)
  select
g.id, g.user_type as "userType", i.company_id as "companyId", g.location_id as "locationId",
g.user_id as "userId", g.scopes, a.id as "appId", a.client_id as "clientId",
a.version_id as "versionId", i.is_bulk as "isBulk",
i.approved_locations as "approvedLocations",
i.approve_all_locations as "approveAllLocations",
i.install_to_future_locations as "installToFutureLocations"
  from g
  join oauth_installs i on i.id = g.install_id
  join oauth_apps a on a.id = i.app_id;

-- src/api/oauth/tokens/refresh-grant.ts
select
g.id, g.user_type as "userType", i.company_id as "companyId", g.location_id as "locationId",
g.user_id as "userId", g.scopes, a.id as "appId", a.client_id as "clientId",
a.version_id as "versionId", i.is_bulk as "isBulk",
i.approved_locations as "approvedLocations",
i.approve_all_locations as "approveAllLocations",
i.install_to_future_locations as "installToFutureLocations", r.used_at as "usedAt",
    not exists (select from locations l where l.location_id = g.location_id
      and l.deleted_at is not null) as "isActive"
  from oauth_refresh_tokens r
  join oauth_grants g on g.id = r.grant_id
  join oauth_installs i on i.id = g.install_id
  join oauth_apps a on a.id = i.app_id
  where r.hash = $1 and r.expires_at > $2 and g.revoked_at is null
    and i.uninstalled_at is null
  for update of r;

-- src/api/oauth/tokens/refresh-grant.ts
select id from oauth_refresh_tokens where hash = $1;

-- src/api/oauth/tokens/refresh-grant.ts
update oauth_refresh_tokens set used_at = $1 where hash = $2;
