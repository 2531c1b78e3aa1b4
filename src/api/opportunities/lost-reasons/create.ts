import { locationCallerOf } from '../../../auth/bearer.ts'
import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { NoQuery, refused } from '../../../http/shapes.ts'
import { refuseTakenName } from './errors.ts'
import { CreateLostReasonBody, LostReasonAnswer } from './shapes.ts'
import { insertLostReason } from './statements.ts'

/** DEVIATION: lost reasons can be made, renamed and deleted. */
export function createLostReason(app: Server, { db, now }: AppContext): void {
  app.post(
    '/opportunities/lost-reason',
    {
      config: { scope: 'opportunities.write', locationIn: 'body' },
      schema: {
        operationId: 'create-lost-reason',
        summary: 'Create lost reason',
        description: 'Adds a reason why opportunities are lost. Names are unique, ignoring case.',
        tags: ['Lost reason'],
        querystring: NoQuery,
        body: CreateLostReasonBody,
        response: { 201: LostReasonAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request, reply) => {
      const { locationId } = locationCallerOf(request)
      const made = await insertLostReason(db, locationId, request.body.name, now()).catch(
        refuseTakenName,
      )
      if (!made) throw new Error('A lost reason that was just made is not there')
      reply.code(201)
      return made
    },
  )
}
