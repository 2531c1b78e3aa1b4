import { callerOf } from '../../auth/bearer.ts'
import { otherCompany, otherLocation } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { refused, Strict } from '../../http/shapes.ts'
import { LocationParams, UpdatedLocationAnswer, UpdateLocationBody } from './shapes.ts'
import { changeLocation } from './statements.ts'
import { checkTimezone } from './timezones.ts'

/** DEVIATION: credentials of Twilio and Mailgun are taken and not kept; nothing here uses them. */
export function updateLocation(app: Server, { db, now }: AppContext): void {
  app.put(
    '/locations/:locationId',
    {
      config: { scope: 'locations.write', access: ['Agency-Access'], locationIn: 'params' },
      schema: {
        operationId: 'put-location',
        summary: 'Put Sub-Account (Formerly Location)',
        description: 'Update a Sub-Account (Formerly Location) based on the data provided',
        tags: ['Sub-Account (Formerly Location)'],
        params: LocationParams,
        querystring: Strict({}),
        body: UpdateLocationBody,
        response: { 200: UpdatedLocationAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request) => {
      const { companyId, ...values } = request.body
      if (companyId !== callerOf(request).companyId) throw otherCompany()
      checkTimezone(values.timezone)
      const { locationId } = request.params
      const location = await changeLocation(db, companyId, locationId, values, now())
      if (!location) throw otherLocation()
      return location
    },
  )
}
