import type { Static } from 'typebox'
import { otherLocation } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import { allOf, type Sql, sql } from '../../db/sql.ts'
import { unprocessable } from '../../http/errors.ts'
import type { Server } from '../../http/server.ts'
import { limits } from '../../limits.ts'
import { operation } from '../../resource/operation.ts'
import { userNotFound } from './errors.ts'
import { checkCompany } from './reach.ts'
import {
  FilterByEmailBody,
  FilteredUsersAnswer,
  FoundUsersAnswer,
  SearchUsersQuery,
  UserAnswer,
  UserParams,
  UsersAnswer,
  UsersQuery,
} from './shapes.ts'
import { countUsers, findUser, findUsers, hasLocations, type User } from './statements.ts'

export function getUser(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /users/:userId',
    { params: UserParams, answer: UserAnswer },
    async ({ caller, params: { userId } }) => {
      const user = await findUser(db, caller, userId)
      if (!user) throw userNotFound()
      return user
    },
  )
}

/** UPSTREAM: gone from v3's contract, and still answered under v3: behaviour.md §1.2 */
export function getUsersByLocation(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /users/',
    {
      description:
        'Deprecated. Use `GET /users/search` instead. Pass `locationId` as a query parameter ' +
        'to filter results by location, along with the required `companyId` and other search ' +
        'filters as needed.',
      query: UsersQuery,
      answer: UsersAnswer,
      refusesAgencyAs: 'user-type-mismatch',
    },
    async ({ caller }) => ({
      users: await findUsers(db, { tenant: caller, where: sql`u.deleted_at is null` }),
    }),
  )
}

export function searchUsers(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /users/search',
    { query: SearchUsersQuery, answer: FoundUsersAnswer },
    async ({ caller, query }) => {
      const { companyId, locationId, sort, sortDirection: direction, skip, limit } = query
      checkCompany(caller, companyId)
      if (locationId && !(await hasLocations(db, companyId, [locationId]))) throw otherLocation()
      const where = searchCondition(query)
      const search = { tenant: caller, where, sort, direction, skip, limit: limit ?? 25 }
      const [users, count] = await Promise.all([findUsers(db, search), countUsers(db, search)])
      return { users, count }
    },
  )
}

/**
 * Which users `u` a search is for. DEVIATION: `enabled2waySync` finds nobody; no calendar is
 * synced here.
 */
function searchCondition(query: Static<typeof SearchUsersQuery>): Sql {
  const { type, role, query: text, locationId } = query
  const ids = query.ids?.filter(Boolean) ?? []
  return allOf(
    sql`u.deleted_at is null`,
    query.enabled2waySync && sql`false`,
    type && sql`u.type = ${type}`,
    role && sql`u.role = ${role}`,
    ids.length > 0 && sql`u.id = any(${ids}::text[])`,
    text &&
      sql`(strpos(lower(concat_ws(' ', u.first_name, u.last_name)), lower(${text})) > 0
        or strpos(lower(u.email), lower(${text})) > 0
        or strpos(u.phone, ${text}) > 0)`,
    locationId &&
      sql`exists (
        select from location_users m
        where m.location_id = ${locationId} and m.user_id = u.id and m.left_at is null)`,
  )
}

export function filterUsersByEmail(app: Server, { db }: AppContext): void {
  operation(
    app,
    'POST /users/search/filter-by-email',
    {
      description: 'Filter users by company ID, deleted status, and email array',
      body: FilterByEmailBody,
      answer: FilteredUsersAnswer,
      refuses: [403],
    },
    async ({ caller, body }) => {
      const { companyId, deleted, projection } = body
      checkCompany(caller, companyId)
      const skip = readNumber('skip', body.skip ?? '0', 0, limits.skipMax)
      const limit = readNumber('limit', body.limit ?? '25', 1)
      const emails = readEmails(body.emails)
      const where = sql`lower(u.email) = any(${emails}::text[])
        and (u.deleted_at is not null) = ${deleted ?? false}`
      const search = { tenant: caller, where, skip, limit }
      const [users, count] = await Promise.all([findUsers(db, search), countUsers(db, search)])
      return { users: users.map((user) => project(user, projection)), count }
    },
  )
}

/** DEVIATION: more than 1,000 addresses; each is compared with each user's. */
function readEmails(list: string): string[] {
  const emails = [...new Set(list.split(',').map((email) => email.trim().toLowerCase()))]
  const max = limits.accountRowsMax
  if (emails.length > max) throw unprocessable([`emails must contain no more than ${max} elements`])
  return emails
}

/** Reads a number that upstream takes as a string. */
function readNumber(
  name: string,
  text: string,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const number = Number(text)
  if (!/^\d+$/.test(text)) throw unprocessable([`${name} must be a number string`])
  if (number < min) throw unprocessable([`${name} must not be less than ${min}`])
  if (number > max) throw unprocessable([`${name} must not be greater than ${max}`])
  return number
}

/** DEVIATION: `id` is always shown, and names of no field are passed over. */
function project(user: User, projection: string | null | undefined): Partial<User> {
  if (projection?.trim() === 'all') return user
  const names = (projection || 'email').split(',').map((name) => name.trim())
  const shownFields = Object.entries(user).filter(([name]) => name === 'id' || names.includes(name))
  return Object.fromEntries(shownFields)
}
