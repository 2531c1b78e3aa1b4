import { callerOf } from '../../auth/bearer.ts'
import { otherLocation } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { refused, Strict } from '../../http/shapes.ts'
import { LocationAnswer, LocationParams } from './shapes.ts'
import { findLocation } from './statements.ts'

export function getLocation(app: Server, { db }: AppContext): void {
  app.get(
    '/locations/:locationId',
    {
      config: {
        scope: 'locations.readonly',
        access: ['Location-Access', 'Agency-Access'],
        locationIn: 'params',
      },
      schema: {
        operationId: 'get-location',
        summary: 'Get Sub-Account (Formerly Location)',
        description:
          'Get details of a Sub-Account (Formerly Location) by passing the sub-account id',
        tags: ['Sub-Account (Formerly Location)'],
        params: LocationParams,
        querystring: Strict({}),
        response: { 200: LocationAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request) => {
      const { companyId } = callerOf(request)
      const location = await findLocation(db, companyId, request.params.locationId)
      if (!location) throw otherLocation()
      return { location }
    },
  )
}
