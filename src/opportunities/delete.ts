import { locationCallerOf } from '../auth/bearer.ts'
import type { House } from '../house.ts'
import type { Server } from '../http/server.ts'
import { refused } from '../http/shapes.ts'
import { opportunityNotFound } from './errors.ts'
import { opportunityEvents } from './events.ts'
import { NoQuery, OpportunityParams, SucceededAnswer } from './shapes.ts'
import { removeOpportunity } from './writes.ts'

export function deleteOpportunity(
  app: Server,
  { db, now, extraOpportunityUpdate = true }: House,
): void {
  const { deletes } = opportunityEvents(extraOpportunityUpdate)
  app.delete(
    '/opportunities/:id',
    {
      config: { scope: 'opportunities.write' },
      schema: {
        operationId: 'delete-opportunity',
        summary: 'Delete Opportunity',
        description: 'Delete Opportunity',
        tags: ['Opportunities'],
        params: OpportunityParams,
        querystring: NoQuery,
        response: { 200: SucceededAnswer, ...refused(400, 401, 404, 422) },
      },
    },
    async (request) => {
      const { locationId } = locationCallerOf(request)
      const { id } = request.params
      const isDeleted = await removeOpportunity(db, locationId, id, now(), deletes)
      if (!isDeleted) throw opportunityNotFound()
      return { succeded: true, success: true }
    },
  )
}
