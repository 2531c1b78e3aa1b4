import { callerOf } from '../../auth/bearer.ts'
import { otherLocation } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { refused } from '../../http/shapes.ts'
import { DeleteLocationQuery, LocationDeletedAnswer, LocationParams } from './shapes.ts'
import { removeLocation } from './statements.ts'

export function deleteLocation(app: Server, { db, now }: AppContext): void {
  app.delete(
    '/locations/:locationId',
    {
      // UPSTREAM: Scopes.md; the contract's `locations.internal-access-only` is in no list.
      config: { scope: 'locations.write', access: ['Agency-Access'], locationIn: 'params' },
      schema: {
        operationId: 'delete-location',
        summary: 'Delete Sub-Account (Formerly Location)',
        description: 'Delete a Sub-Account (Formerly Location) from the Agency',
        tags: ['Sub-Account (Formerly Location)'],
        params: LocationParams,
        querystring: DeleteLocationQuery,
        response: { 200: LocationDeletedAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request) => {
      const { companyId } = callerOf(request)
      const { locationId } = request.params
      if (!(await removeLocation(db, companyId, locationId, now()))) throw otherLocation()
      return { success: true, message: `Deleted location with id: ${locationId}` }
    },
  )
}
