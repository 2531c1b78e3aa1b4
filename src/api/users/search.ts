import type { Static } from 'typebox'
import { callerOf } from '../../auth/bearer.ts'
import { otherLocation } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import { type Sql, sql } from '../../db/sql.ts'
import type { Server } from '../../http/server.ts'
import { refused } from '../../http/shapes.ts'
import { checkCompany } from './reach.ts'
import { FoundUsersAnswer, SearchUsersQuery } from './shapes.ts'
import { countUsers, findUsers, haveLocations } from './statements.ts'

export function searchUsers(app: Server, { db }: AppContext): void {
  app.get(
    '/users/search',
    {
      config: {
        scope: 'users.readonly',
        access: ['Agency-Access', 'Location-Access'],
        locationIn: 'query',
      },
      schema: {
        operationId: 'search-users',
        summary: 'Search Users',
        description: 'Search Users',
        tags: ['Search'],
        querystring: SearchUsersQuery,
        response: { 200: FoundUsersAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { companyId, locationId, sort, sortDirection: direction, skip, limit } = request.query
      checkCompany(caller, companyId)
      if (locationId && !(await haveLocations(db, companyId, [locationId]))) throw otherLocation()
      const where = matching(request.query)
      const wanted = { place: caller, where, sort, direction, skip, limit: limit ?? 25 }
      const [users, count] = await Promise.all([findUsers(db, wanted), countUsers(db, wanted)])
      return { users, count }
    },
  )
}

/**
 * Which users `u` a search is for. DEVIATION: `enabled2waySync` finds nobody; no calendar is
 * synced here.
 */
function matching(query: Static<typeof SearchUsersQuery>): Sql {
  const { type = null, role = null, enabled2waySync = false } = query
  const text = query.query || null
  const locationId = query.locationId || null
  const ids = query.ids?.filter(Boolean) ?? []
  return sql`u.deleted_at is null and not ${enabled2waySync}::boolean
    and u.type = coalesce(${type}, u.type) and u.role = coalesce(${role}, u.role)
    and (${ids.length === 0}::boolean or u.id = any(${ids}::text[]))
    and (${text}::text is null
      or strpos(lower(concat_ws(' ', u.first_name, u.last_name)), lower(${text})) > 0
      or strpos(lower(u.email), lower(${text})) > 0
      or strpos(u.phone, ${text}) > 0)
    and (${locationId}::text is null or exists (
      select from location_users m
      where m.location_id = ${locationId} and m.user_id = u.id and m.left_at is null))`
}
