import { locationCallerOf } from '../../auth/bearer.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { NoQuery, refused } from '../../http/shapes.ts'
import { opportunityNotFound } from './errors.ts'
import { OpportunityAnswer, OpportunityParams } from './shapes.ts'
import { opportunityOf } from './store/row.ts'
import { findOpportunity } from './store/statements.ts'

export function getOpportunity(app: Server, { db }: AppContext): void {
  app.get(
    '/opportunities/:id',
    {
      config: { scope: 'opportunities.readonly' },
      schema: {
        operationId: 'get-opportunity',
        summary: 'Get Opportunity',
        description: 'Get Opportunity',
        tags: ['Opportunities'],
        params: OpportunityParams,
        querystring: NoQuery,
        response: { 200: OpportunityAnswer, ...refused(400, 401, 404, 422) },
      },
    },
    async (request) => {
      const { locationId } = locationCallerOf(request)
      const row = await findOpportunity(db, locationId, request.params.id)
      if (!row) throw opportunityNotFound()
      return { opportunity: opportunityOf(row) }
    },
  )
}
