import type { AppSettings } from '../src/context.ts'
import { engines } from '../src/db/database.ts'

/** The parts of an OpenAPI description that are read here; ours and the official one alike. */
export type Description = {
  openapi: string
  info: { title: string; version: string }
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema>; securitySchemes?: Record<string, object> }
}

export type Operation = {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Content }
  responses: Record<string, { description: string; content?: Content }>
  security?: Record<string, string[]>[]
}

export type Parameter = {
  name: string
  in: string
  required?: boolean
  description?: string
  example?: unknown
  schema: Schema
}

export type Content = Record<string, { schema: Schema; example?: unknown }>

export type Schema = {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  example?: unknown
  examples?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  allOf?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
}

export const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

const refuse = () => Promise.reject(new Error('A description asks nothing of a database'))

/** A context without a database, and without anything to sign: for what no request asks. */
export const unasked: AppSettings = {
  db: {
    engine: engines.postgres,
    query: refuse,
    transaction: refuse,
    close: () => Promise.resolve(),
  },
  keys: { sign: refuse, verify: refuse, jwks: refuse, derive: String },
  now: () => new Date(),
}

/** What the server says of itself at `GET /openapi.json`. It takes no database to ask. */
export async function describeServer(): Promise<Description> {
  // Imported here, as who only reads the official contract needs no server.
  const { createLog } = await import('../src/http/log/log.ts')
  const { createApp } = await import('../src/main.ts')
  const app = await createApp(unasked, createLog('silent'))
  try {
    const { statusCode, body } = await app.inject('/openapi.json')
    if (statusCode !== 200) throw new Error(`GET /openapi.json answered ${statusCode}`)
    return JSON.parse(body) as Description
  } finally {
    await app.close()
  }
}

/** Every operation of a description, with where it is. */
export function operationsOf(
  description: Description,
): { method: string; path: string; operation: Operation }[] {
  return Object.entries(description.paths).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const operation = operations[method]
      return operation ? [{ method, path, operation }] : []
    }),
  )
}
