import { existsSync } from 'node:fs'
import { type AppSettings, productionSettings } from '../src/context.ts'
import { engines } from '../src/db/database.ts'

/** The parts of an OpenAPI description that are read here; ours and the official one alike. */
export type Description = {
  openapi: string
  info: { title: string; version: string }
  paths: Record<string, Record<string, Operation>>
  components?: {
    schemas?: Record<string, Schema>
    securitySchemes?: Record<string, object>
    [kind: string]: Record<string, object> | undefined
  }
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

/** A context for an app that answers no request: it has no database and no signing keys. */
export const contextWithoutDatabase: AppSettings = {
  ...productionSettings,
  db: {
    engine: engines.postgres,
    query: refuse,
    transaction: refuse,
    close: () => Promise.resolve(),
  },
  keys: { sign: refuse, verify: refuse, jwks: refuse, derive: String, fingerprint: String },
}

/** The description that the server answers at `GET /openapi.json`; needs no database. */
export async function describeServer(): Promise<Description> {
  // Imported here, as scripts that only read the official contract need no server.
  const { createLog } = await import('../src/http/log/log.ts')
  const { createApp } = await import('../src/main.ts')
  const app = await createApp(contextWithoutDatabase, createLog('silent'))
  try {
    const { statusCode, body } = await app.inject('/openapi.json')
    if (statusCode !== 200) throw new Error(`GET /openapi.json answered ${statusCode}`)
    return JSON.parse(body) as Description
  } finally {
    await app.close()
  }
}

/** Every operation of a description, with its method and path. */
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

/** The family of an address: the entry of `src/api` that it begins with, or the server. */
const familyOf = (path: string) => {
  const [, first = ''] = path.split('/')
  const isFamily = ['', '.ts'].some((end) => existsSync(new URL(`${first}${end}`, families)))
  return isFamily ? first : 'server'
}
const families = new URL('../src/api/', import.meta.url)

/** The description split by family; each part has the components that it uses. */
export function partsOf(description: Description): Map<string, Description> {
  const grouped = Map.groupBy(Object.entries(description.paths), ([path]) => familyOf(path))
  return new Map(
    [...grouped].map(([family, entries]) => {
      const paths = Object.fromEntries(entries)
      const components = componentsUsedBy(paths, description)
      return [family, { ...description, paths, components }]
    }),
  )
}

/** The components that a part refers to, directly or through others. */
function componentsUsedBy(
  part: object,
  description: Description,
): NonNullable<Description['components']> {
  const used = new Set<string>()
  const collect = (value: unknown) => {
    for (const $ref of refsIn(value)) {
      if (used.has($ref)) continue
      used.add($ref)
      collect(targetOf($ref, description))
    }
  }
  collect(part)
  const { securitySchemes = {}, ...kinds } = description.components ?? {}
  const kept = Object.entries(kinds).map(([kind, components]) => {
    const isUsed = ([name]: [string, object]) => used.has(`#/components/${kind}/${name}`)
    return [kind, Object.fromEntries(Object.entries(components ?? {}).filter(isUsed))]
  })
  return { securitySchemes, ...Object.fromEntries(kept) }
}

/** Every reference in a part of a description. */
export function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const ownRef = '$ref' in value && typeof value.$ref === 'string' ? [value.$ref] : []
  return [...ownRef, ...Object.values(value).flatMap(refsIn)]
}

export function targetOf($ref: string, description: Description): object {
  const [, kind = '', name = ''] = /^#\/components\/(\w+)\/([\w-]+)$/.exec($ref) ?? []
  const target = description.components?.[kind]?.[name]
  if (!target) throw new Error(`${$ref} leads nowhere`)
  return target
}
