import { locationCallerOf } from '../../auth/bearer.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { NoQuery, refused } from '../../http/shapes.ts'
import { opportunityNotFound } from './errors.ts'
import { OpportunityParams, StatusBody, SucceededAnswer } from './shapes.ts'
import { changeOpportunity } from './update.ts'

export function updateOpportunityStatus(app: Server, context: AppContext): void {
  app.put(
    '/opportunities/:id/status',
    {
      config: { scope: 'opportunities.write' },
      schema: {
        operationId: 'update-opportunity-status',
        summary: 'Update Opportunity Status',
        description: 'Update Opportunity Status',
        tags: ['Opportunities'],
        params: OpportunityParams,
        querystring: NoQuery,
        body: StatusBody,
        response: { 200: SucceededAnswer, ...refused(400, 401, 404, 422) },
      },
    },
    async (request) => {
      const { locationId } = locationCallerOf(request)
      const { status, lostReasonId } = request.body
      const change = { status, lostReasonId }
      const changed = await changeOpportunity(context, locationId, request.params.id, change)
      if (!changed) throw opportunityNotFound()
      return { succeded: true, success: true }
    },
  )
}
