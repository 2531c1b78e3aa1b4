import swagger from '@fastify/swagger'
import type { Server } from './server.ts'
import { versions } from './version.ts'

const bearer = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description:
    'Use the Access Token generated with user type as Sub-Account (OR) Private Integration Token ' +
    'of Sub-Account.',
} as const

const versionHeader = {
  type: 'object',
  required: ['Version'],
  properties: {
    Version: { type: 'string', enum: versions, description: 'API Version' },
  },
} as const

/**
 * `GET /openapi.json`: OpenAPI 3.1 from the routes' own schemas. What is true of every operation
 * (the `Version` header, the token with its scope) is added here.
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
      components: { securitySchemes: { bearer } },
    },
    transform: ({ schema, url, route }) => {
      const { scope, public: isPublic } = route.config ?? {}
      const asked = isPublic
        ? { security: [] }
        : { headers: versionHeader, security: [{ bearer: scope ? [scope] : [] }] }
      return { schema: { ...schema, ...asked } as never, url: url.replace(/(?<=.)\/$/, '/') }
    },
  })
  app.get(
    '/openapi.json',
    {
      config: { public: true },
      schema: { operationId: 'openapi', summary: 'OpenAPI description', tags: ['Server'] },
    },
    (_request, reply) => {
      reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger()))
    },
  )
}
