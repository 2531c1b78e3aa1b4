import { callerOf } from '../../auth/bearer.ts'
import { otherCompany } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { refused } from '../../http/shapes.ts'
import { LocationsAnswer, SearchLocationsQuery } from './shapes.ts'
import { findLocations } from './statements.ts'

export function searchLocations(app: Server, { db }: AppContext): void {
  app.get(
    '/locations/search',
    {
      config: {
        scope: 'locations.readonly',
        access: ['Agency-Access', 'Location-Access'],
      },
      schema: {
        operationId: 'search-locations',
        summary: 'Search',
        description: 'Search Sub-Account (Formerly Location)',
        tags: ['Search'],
        querystring: SearchLocationsQuery,
        response: { 200: LocationsAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { companyId, email, order = 'asc', skip = 0, limit = 10 } = request.query
      if (companyId && companyId !== caller.companyId) throw otherCompany()
      const { locationId } = caller
      const wanted = { locationId, email: email || undefined, order, skip, limit }
      return { locations: await findLocations(db, caller.companyId, wanted) }
    },
  )
}
