import { Type } from 'typebox'
import { locationCallerOf } from '../../../auth/bearer.ts'
import type { AppContext } from '../../../context.ts'
import { cannotBeUndefined } from '../../../http/errors.ts'
import type { Server } from '../../../http/server.ts'
import { refused, refusedFirst, Strict } from '../../../http/shapes.ts'
import { PipelinesAnswer } from './shapes.ts'
import { findPipelines } from './statements.ts'

export function listPipelines(app: Server, { db }: AppContext): void {
  app.get(
    '/opportunities/pipelines',
    {
      config: { scope: 'opportunities.readonly', locationIn: 'query' },
      schema: {
        operationId: 'get-pipelines',
        summary: 'Get Pipelines',
        description: 'Get Pipelines',
        tags: ['Pipelines'],
        querystring: Strict({
          locationId: Type.String({ minLength: 1, examples: ['ve9EPM428h8vShlRW1KT'] }),
        }),
        response: { 200: PipelinesAnswer, ...refused(400, 401, 403), ...refusedFirst },
      },
      preValidation: (request, _reply, done) =>
        done(request.query.locationId ? undefined : cannotBeUndefined('locationId')),
    },
    async (request) => ({
      pipelines: await findPipelines(db, locationCallerOf(request).locationId),
    }),
  )
}
