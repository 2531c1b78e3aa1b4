-- Every statement as it is sent; of the code a4cf0a458aee05c2

-- src/api/users/leaving.ts
delete from location_users where location_id = $1 and user_id = $2;

-- src/api/users/leaving.ts
select from location_users m
where m.location_id = $1 and m.user_id = $2 and m.left_at is not null
for share;

-- src/api/users/leaving.ts
select from location_users m
where m.location_id = $1 and m.user_id = $2 and m.left_at is not null
for update;

-- src/api/users/leaving.ts
select m.location_id as "locationId", m.user_id as "userId" from location_users m
where m.left_at is not null order by m.location_id, m.user_id limit $1;

-- src/api/users/statements.ts
insert into users (id, company_id, first_name, last_name, email, phone, type, role,
  permissions, scopes, scopes_assigned_to_only, profile_photo, twilio_phone,
  platform_language, password_hash, created_at, updated_at)
values ($1, $2, $3, $4, $5,
  $6, $7, $8, jsonb_strip_nulls($9::jsonb),
  $10::text[], $11::text[],
  $12, $13,
  coalesce($14, 'en_US'), $15, $16, $17);

-- src/api/users/statements.ts
select count(*) from users u where u.company_id = $1 and exists (
select from location_users m
where m.location_id = $2 and m.user_id = u.id and m.left_at is null) and u.deleted_at is null and u.id = any($3::text[]) and exists (
select from location_users m
where m.location_id = $4 and m.user_id = u.id and m.left_at is null);

-- src/api/users/statements.ts
select count(*) from users u where u.company_id = $1 and lower(u.email) = any($2::text[])
and (u.deleted_at is not null) = $3;

-- src/api/users/statements.ts
select l.location_id from locations l
where l.location_id = any($1::text[]) and l.company_id = $2
  and l.deleted_at is null;

-- src/api/users/statements.ts
select m.user_id as "userId",
  array_agg(m.location_id order by m.created_at, m.location_id) as "locationIds"
from location_users m
join locations l on l.location_id = m.location_id
where m.user_id = any($1::text[]) and m.left_at is null and l.deleted_at is null
group by m.user_id;

-- src/api/users/statements.ts
select u.id,
concat_ws(' ', u.first_name, u.last_name) as name, u.first_name as "firstName",
u.last_name as "lastName", u.email, u.phone, u.extension, u.permissions, u.scopes,
u.scopes_assigned_to_only as "scopesAssignedToOnly", u.type, u.role,
u.restrict_sub_account as "restrictSubAccount", u.deleted_at is not null as deleted,
u.profile_photo as "profilePhoto", u.platform_language as "platformLanguage",
u.twilio_phone as "twilioPhone" from users u
  where u.company_id = $1 and exists (
      select from location_users m
      where m.location_id = $2 and m.user_id = u.id and m.left_at is null) and u.deleted_at is null
  order by lower(u.first_name) collate "C" asc, lower(u.last_name) collate "C" asc, u.id asc
  limit $3 offset $4;

-- src/api/users/statements.ts
select u.id,
concat_ws(' ', u.first_name, u.last_name) as name, u.first_name as "firstName",
u.last_name as "lastName", u.email, u.phone, u.extension, u.permissions, u.scopes,
u.scopes_assigned_to_only as "scopesAssignedToOnly", u.type, u.role,
u.restrict_sub_account as "restrictSubAccount", u.deleted_at is not null as deleted,
u.profile_photo as "profilePhoto", u.platform_language as "platformLanguage",
u.twilio_phone as "twilioPhone" from users u
  where u.company_id = $1 and exists (
      select from location_users m
      where m.location_id = $2 and m.user_id = u.id and m.left_at is null) and u.deleted_at is null and u.id = any($3::text[]) and exists (
      select from location_users m
      where m.location_id = $4 and m.user_id = u.id and m.left_at is null)
  order by lower(u.first_name) collate "C" asc, lower(u.last_name) collate "C" asc, u.id asc
  limit $5 offset $6;

-- src/api/users/statements.ts
select u.id,
concat_ws(' ', u.first_name, u.last_name) as name, u.first_name as "firstName",
u.last_name as "lastName", u.email, u.phone, u.extension, u.permissions, u.scopes,
u.scopes_assigned_to_only as "scopesAssignedToOnly", u.type, u.role,
u.restrict_sub_account as "restrictSubAccount", u.deleted_at is not null as deleted,
u.profile_photo as "profilePhoto", u.platform_language as "platformLanguage",
u.twilio_phone as "twilioPhone" from users u
  where u.company_id = $1 and lower(u.email) = any($2::text[])
      and (u.deleted_at is not null) = $3
  order by lower(u.first_name) collate "C" asc, lower(u.last_name) collate "C" asc, u.id asc
  limit $4 offset $5;

-- src/api/users/statements.ts
select u.id,
concat_ws(' ', u.first_name, u.last_name) as name, u.first_name as "firstName",
u.last_name as "lastName", u.email, u.phone, u.extension, u.permissions, u.scopes,
u.scopes_assigned_to_only as "scopesAssignedToOnly", u.type, u.role,
u.restrict_sub_account as "restrictSubAccount", u.deleted_at is not null as deleted,
u.profile_photo as "profilePhoto", u.platform_language as "platformLanguage",
u.twilio_phone as "twilioPhone" from users u
  where u.id = $1 and u.deleted_at is null and u.company_id = $2 and exists (
      select from location_users m
      where m.location_id = $3 and m.user_id = u.id and m.left_at is null)
  for no key update of u;

-- src/api/users/statements.ts
select u.id,
concat_ws(' ', u.first_name, u.last_name) as name, u.first_name as "firstName",
u.last_name as "lastName", u.email, u.phone, u.extension, u.permissions, u.scopes,
u.scopes_assigned_to_only as "scopesAssignedToOnly", u.type, u.role,
u.restrict_sub_account as "restrictSubAccount", u.deleted_at is not null as deleted,
u.profile_photo as "profilePhoto", u.platform_language as "platformLanguage",
u.twilio_phone as "twilioPhone" from users u
  where u.id = $1 and u.deleted_at is null and u.company_id = $2 and exists (
      select from location_users m
      where m.location_id = $3 and m.user_id = u.id and m.left_at is null);

-- src/api/users/statements.ts
select u.id,
concat_ws(' ', u.first_name, u.last_name) as name, u.first_name as "firstName",
u.last_name as "lastName", u.email, u.phone, u.extension, u.permissions, u.scopes,
u.scopes_assigned_to_only as "scopesAssignedToOnly", u.type, u.role,
u.restrict_sub_account as "restrictSubAccount", u.deleted_at is not null as deleted,
u.profile_photo as "profilePhoto", u.platform_language as "platformLanguage",
u.twilio_phone as "twilioPhone" from users u
  where u.id = $1 and u.deleted_at is null and u.company_id = $2;

-- src/api/users/statements.ts
select u.id, u.email, concat_ws(' ', u.first_name, u.last_name) as name, u.role
from users u where u.deleted_at is null order by u.created_at, u.id;

-- src/api/users/statements.ts
update location_users m set left_at = $1
where m.user_id = $2 and m.left_at is null and true;

-- src/api/users/statements.ts
update users u
set first_name = coalesce($1, u.first_name),
  last_name = coalesce($2, u.last_name),
  phone = coalesce($3, u.phone), type = coalesce($4, u.type),
  role = coalesce($5, u.role),
  permissions = u.permissions || jsonb_strip_nulls($6::jsonb),
  scopes = coalesce($7::text[], u.scopes),
  scopes_assigned_to_only =
    coalesce($8::text[], u.scopes_assigned_to_only),
  profile_photo = coalesce($9, u.profile_photo),
  twilio_phone =
    coalesce($10::jsonb, u.twilio_phone),
  platform_language = coalesce($11, u.platform_language),
  password_hash = coalesce($12, u.password_hash), updated_at = $13
where u.id = $14;

-- src/api/users/statements.ts
update users u set deleted_at = $1, updated_at = $2 where u.id = $3;

-- src/events/appended-rows.ts
insert into location_users (location_id, user_id, created_at)
values ($1, $2, $3) on conflict (location_id, user_id) do update set left_at = null;
