import assert from 'node:assert/strict'
import { channel } from 'node:diagnostics_channel'
import { before, describe, test } from 'node:test'
import SerializerSelector from '@fastify/fast-json-stringify-compiler'
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { contextWithoutDatabase } from '../../scripts/description.ts'
import { createLog } from '../../src/http/log/log.ts'
import { createServer } from '../../src/http/server.ts'
import { createApp } from '../../src/main.ts'

const parts = ['body', 'querystring', 'params', 'headers'] as const
const serializerOf = SerializerSelector()()

/** Every schema of a route that does not compile, with the reason. */
function brokenExamplesOf({ method, url, schema = {} }: RouteOptions): string[] {
  const problemOf = (where: string, compile: () => unknown): string[] => {
    try {
      compile()
      return []
    } catch (error) {
      return [`${method} ${url}, ${where}: ${error}`]
    }
  }
  return [
    ...parts.flatMap((part) =>
      schema[part] === undefined
        ? []
        : problemOf(part, () => Compile(schema[part] as TSchema).Check({})),
    ),
    ...Object.entries(schema.response ?? {}).flatMap(([httpStatus, answer]) =>
      problemOf(httpStatus, () => serializerOf({ method: '', url, httpStatus, schema: answer })),
    ),
  ]
}

/** The routes that are declared while `make` runs. */
async function routesOf(make: () => Promise<FastifyInstance>): Promise<RouteOptions[]> {
  const routes: RouteOptions[] = []
  const collect = (message: unknown) => {
    const { fastify: app } = message as { fastify: FastifyInstance }
    app.addHook('onRoute', (route) => {
      routes.push(route)
    })
  }
  channel('fastify.initialization').subscribe(collect)
  const app = await make()
  channel('fastify.initialization').unsubscribe(collect)
  await app.close()
  return routes
}

describe('schemas, which a server compiles when they are first needed', () => {
  let routes: RouteOptions[]

  before(async () => {
    routes = await routesOf(() => createApp(contextWithoutDatabase, createLog('silent')))
  })

  test('all compile', () => {
    const described = routes.filter(({ schema }) => schema?.operationId)
    assert.ok(described.length > 40, `${described.length} routes have schemas`)
    assert.deepEqual(routes.flatMap(brokenExamplesOf), [])
  })

  test('no server compiles any when it starts, and one that is broken is found here', async () => {
    const body = { type: 'object', properties: { name: { type: 'string', pattern: '(' } } }
    const answer = { type: 'object', properties: { name: { $ref: '#/nowhere' } } }
    const [route] = await routesOf(async () => {
      const app = createServer(createLog('silent'))
      const schema = { body, response: { 200: answer } }
      app.post('/broken', { schema }, () => ({}))
      return app.ready() as never
    })
    const found = brokenExamplesOf(route as RouteOptions).join('\n')
    assert.match(found, /POST \/broken, body: .*\nPOST \/broken, 200: /)
  })
})
