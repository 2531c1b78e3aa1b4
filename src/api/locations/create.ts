import { callerOf } from '../../auth/bearer.ts'
import { otherCompany } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { refused, Strict } from '../../http/shapes.ts'
import { CreatedLocationAnswer, CreateLocationBody } from './shapes.ts'
import { insertLocation } from './statements.ts'
import { checkTimezone } from './timezones.ts'

/**
 * DEVIATION: a new location has no pipeline, contact or user, with or without a `snapshotId`;
 * there are no snapshots here.
 */
export function createLocation(app: Server, { db, now, reactions }: AppContext): void {
  app.post(
    '/locations/',
    {
      config: { scope: 'locations.write', access: ['Agency-Access'] },
      schema: {
        operationId: 'create-location',
        summary: 'Create Sub-Account (Formerly Location)',
        description: 'Create a new Sub-Account (Formerly Location) based on the data provided',
        tags: ['Sub-Account (Formerly Location)'],
        querystring: Strict({}),
        body: CreateLocationBody,
        response: { 200: CreatedLocationAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request) => {
      const { companyId, ...values } = request.body
      if (companyId !== callerOf(request).companyId) throw otherCompany()
      checkTimezone(values.timezone)
      const location = await insertLocation(db, companyId, values, now(), reactions)
      if (!location) throw otherCompany()
      return location
    },
  )
}
