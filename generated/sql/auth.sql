-- Every statement as it is sent; of the code 6639289d2a3b0a81

-- src/auth/access-tokens.ts
select i.company_id as "companyId", g.location_id as "locationId", g.scopes
from oauth_grants g
join oauth_installs i on i.id = g.install_id
where g.id = $1 and g.revoked_at is null and i.uninstalled_at is null
  and (g.location_id = '' or exists (
    select from locations l where l.location_id = g.location_id and l.deleted_at is null));

-- src/auth/private-integrations.ts
delete from private_integrations where id = $1 returning id;

-- src/auth/private-integrations.ts
insert into private_integration_tokens (hash, private_integration_id, created_at)
values ($1, $2, $3);

-- src/auth/private-integrations.ts
select i.id as "sourceId", i.company_id as "companyId", i.location_id as "locationId",
  i.scopes, t.expires_at as "expiresAt", t.last_used_at as "lastUsedAt"
from private_integration_tokens t
join private_integrations i on i.id = t.private_integration_id
left join locations l on l.location_id = i.location_id
where t.hash = $1 and t.revoked_at is null and l.deleted_at is null
  and (t.expires_at is null or t.expires_at > $2);

-- src/auth/private-integrations.ts
select i.id, i.name, i.company_id as "companyId", i.location_id as "locationId", i.scopes,
  i.created_at as "createdAt", i.updated_at as "updatedAt",
  count(*) filter (where t.works) as "activeTokens",
  max(t.expires_at) filter (where t.works) as "overlapEndsAt",
  max(t.last_used_at) as "lastUsedAt"
from private_integrations i
left join lateral (
  select t.expires_at, t.last_used_at,
    t.revoked_at is null and (t.expires_at is null or t.expires_at > $1) as works
  from private_integration_tokens t where t.private_integration_id = i.id) t on true
where i.company_id = $2
group by i.id order by i.created_at, i.id;

-- src/auth/private-integrations.ts
select id from private_integrations where id = $1 for no key update;

-- src/auth/private-integrations.ts
update private_integration_tokens set expires_at = $1
where private_integration_id = $2 and revoked_at is null and expires_at is null;

-- src/auth/private-integrations.ts
update private_integration_tokens set last_used_at = $1
where hash = $2 and (last_used_at is null or last_used_at <= $3)
returning hash;

-- src/auth/private-integrations.ts
update private_integration_tokens set revoked_at = $1
where private_integration_id = $2 and revoked_at is null and expires_at is not null
returning expires_at > $3 as worked;

-- src/auth/private-integrations.ts
update private_integration_tokens set revoked_at = $1
where revoked_at is null
  and (private_integration_id = $2
    or hash = $3)
returning expires_at is null or expires_at > $4 as worked;

-- src/auth/private-integrations.ts
update private_integrations set scopes = $1::text[], updated_at = $2
where id = $3 returning id;

-- src/auth/private-integrations.ts
with integration as (
  insert into private_integrations
    (id, company_id, location_id, name, scopes, created_at, updated_at)
  values ($1, $2, $3, $4, $5::text[], $6, $7)
  returning id)
insert into private_integration_tokens (hash, private_integration_id, created_at)
select $8, integration.id, $9 from integration;

-- src/auth/sessions.ts
delete from sessions where hash = $1;

-- src/auth/sessions.ts
delete from sessions where hash = any(array(
  select s.hash from sessions s where s.expires_at <= $1
  limit $2 for update skip locked))
returning hash;

-- src/auth/sessions.ts
delete from sessions where user_id = $1;

-- src/auth/sessions.ts
insert into sessions as s (hash, user_id, created_at, expires_at)
select $1, u.id, $2, $3 from users u
where u.id = $4 and u.deleted_at is null
  and coalesce(u.password_hash = $5, $6)
for share of u
returning s.user_id;

-- src/auth/sessions.ts
select id, password_hash as "passwordHash" from users
where lower(email) = lower($1) and deleted_at is null;

-- src/auth/sessions.ts
select u.id, concat_ws(' ', u.first_name, u.last_name) as name, u.email,
  u.company_id as "companyId", c.name as "companyName", u.type, u.role,
  u.restrict_sub_account as "isRestricted"
from sessions s
join users u on u.id = s.user_id
join companies c on c.id = u.company_id
where s.hash = $1 and s.expires_at > $2 and u.deleted_at is null;

-- src/auth/signing-keys.ts
delete from oauth_signing_keys where kid <> $1;

-- src/auth/signing-keys.ts
delete from oauth_signing_keys where kid = any(array(
  select k.kid from oauth_signing_keys k
  where k.retired_at <= $1
  limit $2 for update skip locked))
returning kid;

-- src/auth/signing-keys.ts
insert into oauth_signing_keys (kid, public_jwk, private_key, created_at)
values ($1, $2, $3, $4);

-- src/auth/signing-keys.ts
select kid, public_jwk as "publicJwk", private_key as "privateKey" from oauth_signing_keys
where retired_at is null or retired_at > $1
order by created_at desc, kid limit 10;

-- src/auth/signing-keys.ts
update oauth_signing_keys set retired_at = $1
where kid <> $2 and retired_at is null;
