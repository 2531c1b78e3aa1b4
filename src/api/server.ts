import { Type } from 'typebox'
import type { AppContext } from '../context.ts'
import { sql } from '../db/sql.ts'
import { withComponents } from '../http/openapi/components.ts'
import type { Server } from '../http/server.ts'
import { Answer, describeRefusals } from '../http/shapes.ts'
import type { Family } from '../resource/family.ts'
import { ownOperation } from '../resource/operation.ts'

/** What the server says of itself. */
export const server: Family = {
  name: 'server',
  routes(app, context) {
    health(app)
    ready(app, context)
    description(app)
  },
}

const Health = Answer({ status: Type.String({ examples: ['ok'] }) })

const asked = { tags: ['Server'], public: true, query: 'ignored' } as const

/** Whether the process lives, which the SDK asks. */
function health(app: Server): void {
  ownOperation(
    app,
    'GET /health',
    { ...asked, operationId: 'health', summary: 'Health', answer: Health },
    async () => ({ status: 'ok' }),
  )
}

/** Whether it can read from its database, and write there. */
function ready(app: Server, { db }: AppContext): void {
  ownOperation(
    app,
    'GET /ready',
    {
      ...asked,
      operationId: 'ready',
      summary: 'Ready',
      answer: Health,
      refusesAs: describeRefusals(503),
    },
    async () => {
      // To lock a row is to write, even where there is none: a database that only reads refuses.
      await db.query(sql`select from schema_migrations where version = ${0} for update`)
      return { status: 'ok' }
    },
  )
}

function description(app: Server): void {
  let text: string | undefined
  ownOperation(
    app,
    'GET /openapi.json',
    {
      ...asked,
      operationId: 'openapi',
      summary: 'OpenAPI description',
      answer: Type.Unsafe<string>({ type: 'object' }),
    },
    async ({ reply }) => {
      text ??= JSON.stringify(withComponents(app.swagger()))
      reply.type('application/json; charset=utf-8')
      return text
    },
  )
}
