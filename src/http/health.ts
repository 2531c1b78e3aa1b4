import { Type } from 'typebox'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { ApiError } from './errors.ts'
import type { Server } from './server.ts'
import { Answer } from './shapes.ts'

const Health = Answer({ status: Type.String({ examples: ['ok'] }) })

/** Whether the process lives, which the SDK asks, and whether it can answer from its database. */
export function health(app: Server, db: Queryable): void {
  const config = { public: true } as const
  const tags = ['Server']
  app.get(
    '/health',
    {
      config,
      schema: { operationId: 'health', summary: 'Health', tags, response: { 200: Health } },
    },
    async () => ({ status: 'ok' }),
  )
  app.get(
    '/ready',
    { config, schema: { operationId: 'ready', summary: 'Ready', tags, response: { 200: Health } } },
    async () => {
      const [row] = await db.query<{ ready: boolean }>(sql`select true as ready`)
      if (!row?.ready) throw new ApiError({ statusCode: 503, message: 'Service Unavailable' })
      return { status: 'ok' }
    },
  )
}
