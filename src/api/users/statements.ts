import type { Static } from 'typebox'
import type { Queryable } from '../../db/database.ts'
import { join, type Sql, sql } from '../../db/sql.ts'
import { insertRows, type RowsTarget } from '../../events/appended-rows.ts'
import { limits } from '../../limits.ts'
import { jsonWithoutNulls, type RowOf, withoutNulls } from '../../resource/row.ts'
import {
  type CreateUserBody,
  permissionDefaults,
  type UpdateUserBody,
  type UserAnswer,
  type userOrders,
} from './shapes.ts'

/** A user as clients see one. */
export type User = Omit<Static<typeof UserAnswer>, 'traceId'> & { deleted: boolean }

/** A company, or one of its locations: whose users a statement reads. */
export type Tenant = { companyId: string; locationId: string | undefined }

/** What a `UserRow` has of a user `u`. */
const userColumns = sql`u.id,
  concat_ws(' ', u.first_name, u.last_name) as name, u.first_name as "firstName",
  u.last_name as "lastName", u.email, u.phone, u.extension, u.permissions, u.scopes,
  u.scopes_assigned_to_only as "scopesAssignedToOnly", u.type, u.role,
  u.restrict_sub_account as "restrictSubAccount", u.deleted_at is not null as deleted,
  u.profile_photo as "profilePhoto", u.platform_language as "platformLanguage",
  u.twilio_phone as "twilioPhone"`

type UserRow = RowOf<Omit<User, 'roles' | 'lcPhone'> & Omit<User['roles'], 'locationIds'>>

/** Users as clients of a tenant see them: a location is not told where else somebody works. */
async function usersOf(db: Queryable, rows: readonly UserRow[], tenant: Tenant): Promise<User[]> {
  const { locationId } = tenant
  if (locationId !== undefined) return rows.map((row) => userOf(row, tenant, [locationId]))
  const ids = rows.map(({ id }) => id)
  const locationIds = await findLocationIds(db, ids)
  return rows.map((row) => userOf(row, tenant, locationIds.get(row.id) ?? []))
}

function userOf(
  { type, role, restrictSubAccount, ...row }: UserRow,
  tenant: Tenant,
  locationIds: string[],
): User {
  const isShown = ([locationId]: [string, unknown]) =>
    (tenant.locationId ?? locationId) === locationId
  return withoutNulls<User>({
    ...row,
    permissions: { ...permissionDefaults, ...row.permissions },
    roles: { type, role, locationIds, restrictSubAccount },
    lcPhone: {},
    twilioPhone: Object.fromEntries(Object.entries(row.twilioPhone).filter(isShown)),
  })
}

/** The locations where users work, by their ids, without deleted ones and those that they left. */
async function findLocationIds(
  db: Queryable,
  userIds: readonly string[],
): Promise<Map<string, string[]>> {
  const found = await db.query<{ userId: string; locationIds: string[] }>(sql`
    select m.user_id as "userId",
      array_agg(m.location_id order by m.created_at, m.location_id) as "locationIds"
    from location_users m
    join locations l on l.location_id = m.location_id
    where m.user_id = any(${userIds}::text[]) and m.left_at is null and l.deleted_at is null
    group by m.user_id`)
  return new Map(found.map(({ userId, locationIds }) => [userId, locationIds]))
}

/** Whether a user `u` belongs to a tenant. */
const belongsTo = ({ companyId, locationId }: Tenant): Sql =>
  locationId === undefined
    ? sql`u.company_id = ${companyId}`
    : sql`u.company_id = ${companyId} and exists (
        select from location_users m
        where m.location_id = ${locationId} and m.user_id = u.id and m.left_at is null)`

export async function findUser(
  db: Queryable,
  tenant: Tenant,
  id: string,
): Promise<User | undefined> {
  const [row] = await db.query<UserRow>(sql`
    select ${userColumns} from users u
    where u.id = ${id} and u.deleted_at is null and ${belongsTo(tenant)}`)
  return row && (await usersOf(db, [row], tenant))[0]
}

/** A user of a tenant with all of their locations, held until the commit. */
export async function lockUser(
  tx: Queryable,
  tenant: Tenant,
  id: string,
): Promise<User | undefined> {
  const all = { ...tenant, locationId: undefined }
  const [row] = await tx.query<UserRow>(sql`
    select ${userColumns} from users u
    where u.id = ${id} and u.deleted_at is null and ${belongsTo(tenant)}
    for no key update of u`)
  return row && (await usersOf(tx, [row], all))[0]
}

const orderColumns: Record<(typeof userOrders)[number], readonly Sql[]> = {
  name: [sql`lower(u.first_name) collate "C"`, sql`lower(u.last_name) collate "C"`],
  firstName: [sql`lower(u.first_name) collate "C"`],
  lastName: [sql`lower(u.last_name) collate "C"`],
  email: [sql`lower(u.email) collate "C"`],
  dateAdded: [sql`u.created_at`],
}

export type UserSearch = {
  /** Whose users are searched, as they may see them; `where` narrows the search. */
  tenant: Tenant
  where: Sql
  sort?: (typeof userOrders)[number] | undefined
  direction?: 'asc' | 'desc' | undefined
  skip?: number | undefined
  limit?: number | undefined
}

/** One page of the users that match, sorted. */
export async function findUsers(
  db: Queryable,
  { tenant, where, sort = 'name', direction, skip = 0, limit = limits.accountRowsMax }: UserSearch,
): Promise<User[]> {
  const sqlDirection = direction === 'desc' ? sql`desc` : sql`asc`
  const order = [...orderColumns[sort], sql`u.id`].map((column) => sql`${column} ${sqlDirection}`)
  const rows = await db.query<UserRow>(sql`
    select ${userColumns} from users u
    where ${belongsTo(tenant)} and ${where}
    order by ${join(order, sql`, `)}
    limit ${Math.min(limit, limits.accountRowsMax)} offset ${skip}`)
  return usersOf(db, rows, tenant)
}

/** How many users match, on all pages. */
export async function countUsers(
  db: Queryable,
  { tenant, where }: Pick<UserSearch, 'tenant' | 'where'>,
): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    select count(*) from users u where ${belongsTo(tenant)} and ${where}`)
  return row?.count ?? 0
}

/** Whether all of these are locations of the agency. */
export async function hasLocations(
  db: Queryable,
  companyId: string,
  locationIds: readonly string[],
): Promise<boolean> {
  const uniqueIds = [...new Set(locationIds)]
  if (uniqueIds.length === 0) return true
  const rows = await db.query(sql`
    select l.location_id from locations l
    where l.location_id = any(${uniqueIds}::text[]) and l.company_id = ${companyId}
      and l.deleted_at is null`)
  return rows.length === uniqueIds.length
}

/** The values of a new user, without their locations. */
export type NewUser = Omit<
  Static<typeof CreateUserBody>,
  'companyId' | 'locationIds' | 'password'
> & { passwordHash: string | null }

/** The numbers by location as JSON, without the empty ones. */
const phonesOf = (phones: Record<string, string> | null | undefined) =>
  JSON.stringify(Object.fromEntries(Object.entries(phones ?? {}).filter(([, phone]) => phone)))

export async function insertUser(
  tx: Queryable,
  companyId: string,
  id: string,
  user: NewUser,
  now: Date,
): Promise<void> {
  await tx.query(sql`
    insert into users (id, company_id, first_name, last_name, email, phone, type, role,
      permissions, scopes, scopes_assigned_to_only, profile_photo, twilio_phone,
      platform_language, password_hash, created_at, updated_at)
    values (${id}, ${companyId}, ${user.firstName}, ${user.lastName}, ${user.email},
      ${user.phone}, ${user.type}, ${user.role}, ${jsonWithoutNulls(user.permissions)},
      ${user.scopes ?? []}::text[], ${user.scopesAssignedToOnly ?? []}::text[],
      ${user.profilePhoto}, ${phonesOf(user.twilioPhone)},
      coalesce(${user.platformLanguage}, 'en_US'), ${user.passwordHash}, ${now}, ${now})`)
}

/** The values of a user that may change, without their locations. */
export type UserChanges = Omit<
  Static<typeof UpdateUserBody>,
  'companyId' | 'locationIds' | 'password' | 'email'
> & { passwordHash: string | null }

/** Changes the given values only; null counts as left out. */
export async function changeUser(
  tx: Queryable,
  id: string,
  { twilioPhone, ...user }: UserChanges,
  now: Date,
): Promise<void> {
  await tx.query(sql`
    update users u
    set first_name = coalesce(${user.firstName}, u.first_name),
      last_name = coalesce(${user.lastName}, u.last_name),
      phone = coalesce(${user.phone}, u.phone), type = coalesce(${user.type}, u.type),
      role = coalesce(${user.role}, u.role),
      permissions = u.permissions || ${jsonWithoutNulls(user.permissions)},
      scopes = coalesce(${user.scopes}::text[], u.scopes),
      scopes_assigned_to_only =
        coalesce(${user.scopesAssignedToOnly}::text[], u.scopes_assigned_to_only),
      profile_photo = coalesce(${user.profilePhoto}, u.profile_photo),
      twilio_phone =
        coalesce(${twilioPhone ? phonesOf(twilioPhone) : null}::jsonb, u.twilio_phone),
      platform_language = coalesce(${user.platformLanguage}, u.platform_language),
      password_hash = coalesce(${user.passwordHash}, u.password_hash), updated_at = ${now}
    where u.id = ${id}`)
}

/** Deletes softly: the row stays unseen, and its e-mail address is free again. */
export async function removeUser(tx: Queryable, id: string, now: Date): Promise<void> {
  await tx.query(sql`
    update users u set deleted_at = ${now}, updated_at = ${now} where u.id = ${id}`)
}

const joinedMembers: RowsTarget = {
  table: sql`location_users`,
  columns: [sql`user_id`, sql`created_at`],
  onConflict: sql`on conflict (location_id, user_id) do update set left_at = null`,
}

/** Makes a user a member of these locations, even of one that they are leaving. */
export async function joinLocations(
  tx: Queryable,
  userId: string,
  locationIds: readonly string[],
  now: Date,
): Promise<void> {
  const rows = [...new Set(locationIds)].map((locationId) => [locationId, userId, now] as const)
  await insertRows(tx, joinedMembers, rows)
}

/** Marks a user as leaving these locations, or all; `leaving.ts` finishes it. */
export async function leaveLocations(
  tx: Queryable,
  userId: string,
  locationIds: readonly string[] | 'all',
  now: Date,
): Promise<void> {
  const condition =
    locationIds === 'all' ? sql`true` : sql`m.location_id = any(${locationIds}::text[])`
  await tx.query(sql`
    update location_users m set left_at = ${now}
    where m.user_id = ${userId} and m.left_at is null and ${condition}`)
}

/** A user as the command line lists them. */
export type UserSummary = {
  id: string
  email: string
  name: string
  role: string
  locationIds: string[]
}

export async function listUsers(db: Queryable): Promise<UserSummary[]> {
  const users = await db.query<Omit<UserSummary, 'locationIds'>>(sql`
    select u.id, u.email, concat_ws(' ', u.first_name, u.last_name) as name, u.role
    from users u where u.deleted_at is null order by u.created_at, u.id`)
  const ids = users.map(({ id }) => id)
  const locationIds = await findLocationIds(db, ids)
  return users.map((user) => ({ ...user, locationIds: locationIds.get(user.id) ?? [] }))
}
