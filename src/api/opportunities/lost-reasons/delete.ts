import { locationCallerOf } from '../../../auth/bearer.ts'
import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { NoQuery, refused } from '../../../http/shapes.ts'
import { lostReasonNotFound } from './errors.ts'
import { LostReasonDeletedAnswer, LostReasonParams } from './shapes.ts'
import { deleteLostReason } from './statements.ts'

export function removeLostReason(app: Server, { db, now }: AppContext): void {
  app.delete(
    '/opportunities/lost-reason/:lostReasonId',
    {
      config: { scope: 'opportunities.write' },
      schema: {
        operationId: 'delete-lost-reason',
        summary: 'Delete lost reason',
        description: 'Opportunities that were lost for this reason keep it.',
        tags: ['Lost reason'],
        params: LostReasonParams,
        querystring: NoQuery,
        response: {
          200: LostReasonDeletedAnswer,
          ...refused(400, 401, lostReasonNotFound, 422),
        },
      },
    },
    async (request) => {
      const { locationId } = locationCallerOf(request)
      if (!(await deleteLostReason(db, locationId, request.params.lostReasonId, now()))) {
        throw lostReasonNotFound()
      }
      return { success: true }
    },
  )
}
