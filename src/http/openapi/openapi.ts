import swagger from '@fastify/swagger'
import type { FastifySchema } from 'fastify'
import { takesKey } from '../idempotency.ts'
import type { Server } from '../server.ts'
import { versions } from '../version.ts'

/** Whose tokens a scheme takes. UPSTREAM: names and words of the official contract. */
const schemes = {
  bearer: 'Sub-Account (OR) Private Integration Token of Sub-Account',
  'Location-Access': 'Sub-Account (OR) Private Integration Token of Sub-Account',
  'Location-Access-Only': 'Sub-Account',
  'Agency-Access': 'Agency (OR) Private Integration Token of Agency',
  'Agency-Access-Only': 'Agency',
} as const

const securitySchemes = Object.fromEntries(
  Object.entries(schemes).map(([name, userType]) => {
    const description = `Use the Access Token generated with user type as ${userType}.`
    return [name, { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description } as const]
  }),
)

const versionHeader = {
  type: 'object',
  required: ['Version'],
  properties: {
    Version: { type: 'string', enum: versions, description: 'API Version', examples: ['v3'] },
  },
} as const

const keyHeader = {
  'Idempotency-Key': {
    type: 'string',
    description:
      'Repeated within 24 hours with the same request, it gets the same answer and has no second ' +
      'effect; with another request it gets 422',
    examples: ['8e03978e-40d5-43e8-bc93-6894a57f9324'],
  },
} as const

/**
 * Describes the routes in OpenAPI 3.1 by their own schemas, for `GET /openapi.json`. Added here are
 * what all operations share (the `Version` header, the token with its scope) and an example of every
 * body, made of the examples of its properties.
 */
export async function openapi(app: Server): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Groundlevel',
        description: 'The HighLevel API on your own ground',
        version: '0.1.0',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      components: { securitySchemes },
    },
    transform: ({ schema, url, route }) => {
      const { scope, access = ['bearer'], public: isPublic } = route.config ?? {}
      const security = access.map((scheme) => ({ [scheme]: scope ? [scope] : [] }))
      const { properties } = versionHeader
      const headers = takesKey(route)
        ? { ...versionHeader, properties: { ...properties, ...keyHeader } }
        : versionHeader
      const requirements = isPublic ? { security: [] } : { headers, security }
      return { schema: { ...withExamples(schema ?? {}), ...requirements } as never, url }
    },
    // Paths stand in their own order, not in that of registration.
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject
      const paths = Object.entries(document.openapiObject.paths ?? {})
      paths.sort(([a], [b]) => (a < b ? -1 : 1))
      return Object.assign(document.openapiObject, { paths: Object.fromEntries(paths) })
    },
  })
}

/** The parts of JSON Schema that examples are made from. */
type JsonSchema = {
  type?: string | readonly string[]
  description?: string
  examples?: readonly unknown[]
  enum?: readonly unknown[]
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
  items?: JsonSchema
}

/** The schema with an example of its body and each answer, and a description of each answer. */
function withExamples(schema: FastifySchema): object {
  const { body, response = { 200: { type: 'object' } } } = schema
  const answers = Object.entries(response as Record<string, JsonSchema>).map(([status, answer]) => [
    status,
    { description: 'Successful response', ...answer, ...exampleOfAll(answer) },
  ])
  return {
    ...schema,
    ...(body ? { body: { ...body, ...exampleOfAll(body) } } : {}),
    response: Object.fromEntries(answers),
  }
}

function exampleOfAll(shape: JsonSchema): Pick<JsonSchema, 'examples'> {
  return isShown(shape) ? { examples: [exampleOf(shape)] } : {}
}

function exampleOf(shape: JsonSchema): unknown {
  if (shape.examples) return shape.examples[0]
  if (shape.enum) return shape.enum[0]
  const types = [shape.type].flat()
  if (types.includes('object')) return exampleOfObject(shape)
  if (types.includes('array')) {
    return shape.items && isShown(shape.items) ? [exampleOf(shape.items)] : []
  }
  if (types.includes('null')) return null
  if (types.includes('boolean')) return false
  return types.includes('number') || types.includes('integer') ? 0 : ''
}

function exampleOfObject({ properties = {}, required = [] }: JsonSchema): Record<string, unknown> {
  const shown = Object.entries(properties).filter(
    ([name, property]) => required.includes(name) || isShown(property),
  )
  return Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(property)]))
}

/** Whether anything in it has an example: an optional part without one is left out. */
function isShown({ examples, properties = {}, items }: JsonSchema): boolean {
  const parts = [...Object.values(properties), ...(items ? [items] : [])]
  return examples !== undefined || parts.some(isShown)
}
