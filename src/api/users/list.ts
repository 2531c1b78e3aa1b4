import { locationCallerOf } from '../../auth/bearer.ts'
import type { AppContext } from '../../context.ts'
import { sql } from '../../db/sql.ts'
import type { Server } from '../../http/server.ts'
import { refused } from '../../http/shapes.ts'
import { UsersAnswer, UsersQuery } from './shapes.ts'
import { findUsers } from './statements.ts'

/** UPSTREAM: gone from v3's contract, and still answered under v3: behaviour.md §1.2 */
export function getUsersByLocation(app: Server, { db }: AppContext): void {
  app.get(
    '/users/',
    {
      config: {
        scope: 'users.readonly',
        access: ['Location-Access'],
        locationIn: 'query',
        refusesAgencyAs: 'user-type-mismatch',
      },
      schema: {
        operationId: 'get-user-by-location',
        summary: 'Get User by Location',
        description:
          'Deprecated. Use `GET /users/search` instead. Pass `locationId` as a query parameter ' +
          'to filter results by location, along with the required `companyId` and other search ' +
          'filters as needed.',
        tags: ['Users'],
        querystring: UsersQuery,
        response: { 200: UsersAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request) => ({
      users: await findUsers(db, {
        place: locationCallerOf(request),
        where: sql`u.deleted_at is null`,
      }),
    }),
  )
}
