import type { Static } from 'typebox'
import { locationCallerOf } from '../../auth/bearer.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { NoQuery, refused } from '../../http/shapes.ts'
import { opportunityNotFound } from './errors.ts'
import { opportunityEvents } from './events.ts'
import { OpportunityParams, SucceededAnswer } from './shapes.ts'
import { removeOpportunity } from './store/writes.ts'

export function deleteOpportunity(app: Server, context: AppContext): void {
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
      return remove(context, locationId, request.params.id)
    },
  )
}

/** Deletes an opportunity, or refuses to in the words of the operation. */
export async function remove(
  { db, now, extraOpportunityUpdate = true }: AppContext,
  locationId: string,
  id: string,
): Promise<Static<typeof SucceededAnswer>> {
  const { deletes } = opportunityEvents(extraOpportunityUpdate)
  if (!(await removeOpportunity(db, locationId, id, now(), deletes))) throw opportunityNotFound()
  return { succeded: true, success: true }
}
