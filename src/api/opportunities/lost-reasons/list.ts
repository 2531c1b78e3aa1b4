import { locationCallerOf } from '../../../auth/bearer.ts'
import type { AppContext } from '../../../context.ts'
import { nameKey } from '../../../db/name-key.ts'
import { cannotBeUndefined } from '../../../http/errors.ts'
import type { Server } from '../../../http/server.ts'
import { refused, refusedFirst } from '../../../http/shapes.ts'
import { LostReasonsAnswer, LostReasonsQuery } from './shapes.ts'
import { countLostReasons, findLostReasons } from './statements.ts'

export function listLostReasons(app: Server, { db }: AppContext): void {
  app.get(
    '/opportunities/lost-reason',
    {
      config: { scope: 'opportunities.readonly', locationIn: 'query' },
      schema: {
        operationId: 'get-lost-reason',
        summary: 'Get lost reason',
        description: 'Get lost reason',
        tags: ['Lost reason'],
        querystring: LostReasonsQuery,
        response: { 200: LostReasonsAnswer, ...refused(400, 401, 403), ...refusedFirst },
      },
      preValidation: (request, _reply, done) =>
        done(request.query.locationId ? undefined : cannotBeUndefined('locationId')),
    },
    async (request) => {
      const { locationId } = locationCallerOf(request)
      const { name, query, deleted = false, skip = 0, limit = 100, getCount } = request.query
      const wanted = {
        name: name ? nameKey(name) : null,
        part: query ? nameKey(query) : null,
        isDeleted: deleted,
      }
      const [lostReasons, total] = await Promise.all([
        findLostReasons(db, locationId, wanted, { skip, limit }),
        getCount === false ? undefined : countLostReasons(db, locationId, wanted),
      ])
      return { lostReasons, ...(total === undefined ? {} : { total }) }
    },
  )
}
