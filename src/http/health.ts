import { Type } from 'typebox'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import type { Server } from './server.ts'
import { Answer, refused } from './shapes.ts'

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
    {
      config,
      schema: {
        operationId: 'ready',
        summary: 'Ready',
        tags,
        response: { 200: Health, ...refused(503) },
      },
    },
    async () => {
      await db.query(sql`select 1`)
      return { status: 'ok' }
    },
  )
}
