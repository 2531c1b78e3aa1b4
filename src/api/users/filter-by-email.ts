import { callerOf } from '../../auth/bearer.ts'
import type { AppContext } from '../../context.ts'
import { sql } from '../../db/sql.ts'
import { unprocessable } from '../../http/errors.ts'
import type { Server } from '../../http/server.ts'
import { refused, Strict } from '../../http/shapes.ts'
import { limits } from '../../limits.ts'
import { checkCompany } from './reach.ts'
import { FilterByEmailBody, FilteredUsersAnswer } from './shapes.ts'
import { countUsers, findUsers, type User } from './statements.ts'

export function filterUsersByEmail(app: Server, { db }: AppContext): void {
  app.post(
    '/users/search/filter-by-email',
    {
      config: { scope: 'users.readonly', access: ['Agency-Access'] },
      schema: {
        operationId: 'filter-users-by-email',
        summary: 'Filter Users by Email',
        description: 'Filter users by company ID, deleted status, and email array',
        tags: ['Search'],
        querystring: Strict({}),
        body: FilterByEmailBody,
        response: { 200: FilteredUsersAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { companyId, deleted, projection } = request.body
      checkCompany(caller, companyId)
      const skip = numberIn('skip', request.body.skip ?? '0', 0, limits.skipMax)
      const limit = numberIn('limit', request.body.limit ?? '25', 1)
      const emails = emailsIn(request.body.emails)
      const where = sql`lower(u.email) = any(${emails}::text[])
        and (u.deleted_at is not null) = ${deleted ?? false}`
      const wanted = { place: caller, where, skip, limit }
      const [users, count] = await Promise.all([findUsers(db, wanted), countUsers(db, wanted)])
      return { users: users.map((user) => project(user, projection)), count }
    },
  )
}

/** DEVIATION: more than 1,000 addresses; each is compared with each user's. */
function emailsIn(list: string): string[] {
  const emails = [...new Set(list.split(',').map((email) => email.trim().toLowerCase()))]
  const max = limits.accountRowsMax
  if (emails.length > max) throw unprocessable([`emails must contain no more than ${max} elements`])
  return emails
}

/** Reads a number that upstream takes as text. */
function numberIn(name: string, text: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
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
  const shown = Object.entries(user).filter(([name]) => name === 'id' || names.includes(name))
  return Object.fromEntries(shown)
}
