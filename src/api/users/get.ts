import { callerOf } from '../../auth/bearer.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { refused, Strict } from '../../http/shapes.ts'
import { userNotFound } from './errors.ts'
import { UserAnswer, UserParams } from './shapes.ts'
import { findUser } from './statements.ts'

export function getUser(app: Server, { db }: AppContext): void {
  app.get(
    '/users/:userId',
    {
      config: { scope: 'users.readonly', access: ['Agency-Access', 'Location-Access'] },
      schema: {
        operationId: 'get-user',
        summary: 'Get User',
        description: 'Get User',
        tags: ['Users'],
        params: UserParams,
        querystring: Strict({}),
        response: { 200: UserAnswer, ...refused(400, 401, 422) },
      },
    },
    async (request) => {
      const { userId } = request.params
      const user = await findUser(db, callerOf(request), userId)
      if (!user) throw userNotFound(userId)
      return user
    },
  )
}
