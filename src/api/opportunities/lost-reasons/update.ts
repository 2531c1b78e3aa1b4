import { locationCallerOf } from '../../../auth/bearer.ts'
import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { NoQuery, refused } from '../../../http/shapes.ts'
import { lostReasonNotFound, refuseTakenName } from './errors.ts'
import { LostReasonAnswer, LostReasonParams, UpdateLostReasonBody } from './shapes.ts'
import { renameLostReason } from './statements.ts'

export function updateLostReason(app: Server, { db, now }: AppContext): void {
  app.put(
    '/opportunities/lost-reason/:lostReasonId',
    {
      config: { scope: 'opportunities.write' },
      schema: {
        operationId: 'update-lost-reason',
        summary: 'Update lost reason',
        description: 'Gives a lost reason another name.',
        tags: ['Lost reason'],
        params: LostReasonParams,
        querystring: NoQuery,
        body: UpdateLostReasonBody,
        response: {
          200: LostReasonAnswer,
          ...refused(400, 401, lostReasonNotFound, 422),
        },
      },
    },
    async (request) => {
      const { locationId } = locationCallerOf(request)
      const { lostReasonId } = request.params
      const { name } = request.body
      const renamed = await renameLostReason(db, locationId, lostReasonId, name, now()).catch(
        refuseTakenName,
      )
      if (!renamed) throw lostReasonNotFound()
      return renamed
    },
  )
}
