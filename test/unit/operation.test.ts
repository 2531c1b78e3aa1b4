import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RouteOptions } from 'fastify'
import { pino } from 'pino'
import { Type } from 'typebox'
import contract from '../../generated/contract.json' with { type: 'json' }
import { describeServer, operationsOf } from '../../scripts/description.ts'
import type { LocationCaller } from '../../src/auth/caller.ts'
import { ApiError } from '../../src/http/errors.ts'
import { createServer, type Server } from '../../src/http/server.ts'
import { Answer, NoQuery, Query, Strict } from '../../src/http/shapes.ts'
import { operation, ownOperation } from '../../src/resource/operation.ts'

const locationId = 've9EPM428h8vShlRW1KT'
const caller = { kind: 'oauth', locationId } as LocationCaller

/** A server that lets everybody in, and keeps what it is told of its routes. */
function recordingServer(): { app: Server; routes: RouteOptions[] } {
  const app = createServer(pino({ level: 'silent' }))
  const routes: RouteOptions[] = []
  app.decorateRequest('caller', undefined)
  app.addHook('onRequest', async (request) => {
    request.caller = caller
  })
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD') routes.push(route)
  })
  return { app, routes }
}

const Done = Answer({ done: Type.Boolean() })
const done = async () => ({ done: true })
const statusesOf = ({ schema }: RouteOptions) => Object.keys(schema?.response as object)

describe('operation', () => {
  test('has its title, tags, scope, callers and status from the contract', () => {
    const { app, routes } = recordingServer()
    operation(app, 'POST /contacts/:contactId/followers', { answer: Done }, done)
    const [route] = routes as [RouteOptions]
    assert.deepEqual([route.method, route.url], ['POST', '/contacts/:contactId/followers'])
    assert.deepEqual(route.config, { scope: 'contacts.write', access: ['bearer'] })
    const { querystring, response, ...said } = route.schema ?? {}
    assert.deepEqual(said, {
      operationId: 'add-followers-contact',
      summary: 'Add Followers',
      description: 'Add Followers',
      tags: ['Followers'],
    })
    assert.deepEqual(statusesOf(route), ['201', '400', '401', '422'])
    assert.deepEqual(querystring, NoQuery)
  })

  test('says otherwise where the call does', () => {
    const { app, routes } = recordingServer()
    const own = { scope: 'users.write', access: ['Agency-Access'], status: 202 } as const
    const description = 'Follows.'
    const address = 'POST /contacts/:contactId/followers'
    operation(app, address, { ...own, description, answer: Done }, done)
    const [route] = routes as [RouteOptions]
    assert.deepEqual(route.config, { scope: own.scope, access: own.access })
    assert.equal(route.schema?.description, description)
    assert.deepEqual(statusesOf(route), ['202', '400', '401', '422'])
  })

  test('takes a location only from its own token, wherever a request names it', () => {
    for (const shape of ['params', 'query', 'body'] as const) {
      const { app, routes } = recordingServer()
      const names = { [shape]: Strict({ locationId: Type.String() }) }
      operation(app, 'PUT /opportunities/:id', { ...names, answer: Done }, done)
      const [route] = routes as [RouteOptions]
      assert.equal(route.config?.locationIn, shape)
      assert.deepEqual(statusesOf(route), ['200', '400', '401', '403', '422'])
    }
  })

  test('shows each refusal by its error', () => {
    const { app, routes } = recordingServer()
    const gone = () => new ApiError({ statusCode: 404, message: 'Gone', code: 'GONE' })
    operation(app, 'GET /opportunities/:id', { answer: Done, refuses: [403, gone] }, done)
    const [route] = routes as [RouteOptions]
    assert.deepEqual(statusesOf(route), ['200', '400', '401', '403', '404', '422'])
    const response = route.schema?.response as Record<number, typeof Done>
    assert.partialDeepStrictEqual(response[404]?.properties, {
      statusCode: { examples: [404] },
      message: { examples: ['Gone'] },
      code: { examples: ['GONE'] },
    })
  })

  test('hands over the location, and what was sent, by name', async () => {
    const { app } = recordingServer()
    const params = Type.Object({ id: Type.String() })
    const answer = Answer({ of: Type.String(), in: Type.String() })
    operation(app, 'GET /opportunities/:id', { params, answer }, async (asked) => ({
      of: asked.params.id,
      in: asked.locationId,
    }))
    const reply = await app.inject({ url: '/opportunities/one', headers: { version: 'v3' } })
    assert.deepEqual({ of: 'one', in: locationId }, withoutTrace(reply.json()))
  })

  test('is not made where the contract does not say who may call', () => {
    const { app } = recordingServer()
    assert.throws(
      () => operation(app, 'POST /oauth/token', { answer: Done }, done),
      /does not say who may call POST \/oauth\/token/,
    )
    operation(app, 'POST /oauth/token', { public: true, answer: Done }, done)
  })

  test('is not made with a scope that no token can have', () => {
    const { app } = recordingServer()
    assert.throws(
      // @ts-expect-error: upstream has no such scope; all that the contract names are known.
      () => operation(app, 'GET /contacts/:contactId', { scope: 'x.write', answer: Done }, done),
      /unknown scope: x\.write/,
    )
  })

  test('compiles only for an address of the contract, and an own one only for another', () => {
    const { app } = recordingServer()
    const own = { operationId: 'own', summary: 'Own', tags: [], answer: Done }
    // @ts-expect-error: the contract has no such address.
    assert.throws(() => operation(app, 'GET /opportunities/none', { answer: Done }, done))
    // @ts-expect-error: it is the contract's.
    ownOperation(app, 'GET /opportunities/:id', own, done)
    ownOperation(app, 'GET /opportunities/none', own, done)
  })
})

describe('both generations of an operation', () => {
  const renamed = { body: { clientId: 'client_id' }, answer: { tokenType: 'token_type' } } as const
  const text = Type.Optional(Type.String())

  test('at one address, read and answer the names of their own', async () => {
    const { app } = recordingServer()
    const body = Type.Object({ clientId: text, client_id: text })
    const answer = Answer({ tokenType: text, token_type: text })
    operation(
      app,
      'POST /oauth/token',
      { public: 'versioned', body, answer, renamings: renamed },
      async (asked) => ({ tokenType: `${asked.generation} ${asked.body.clientId}` }),
    )
    const post = async (version: string | undefined, payload: object) => {
      const headers = version === undefined ? {} : { version }
      const reply = await app.inject({ method: 'POST', url: '/oauth/token', headers, payload })
      return withoutTrace(reply.json())
    }
    const both = { clientId: 'newer', client_id: 'older' }
    assert.deepEqual(await post('v3', both), { tokenType: 'v3 newer' })
    assert.deepEqual(await post('2021-07-28', both), { token_type: 'v2 older' })
    assert.deepEqual(await post(undefined, { client_id: 'older' }), { token_type: 'v2 older' })
    assert.deepEqual(await post('v3', { client_id: 'older' }), { tokenType: 'v3 older' })
    assert.deepEqual(await post('v3', { ...both, clientId: '' }), { tokenType: 'v3 older' })
  })

  test('refuse the newer names in a query of before v3, with all else, where it refuses any', async () => {
    const { app } = recordingServer()
    const id = Type.Optional(Type.String({ minLength: 1 }))
    const names = {
      contactId: id,
      contact_id: id,
      other: text,
      count: Type.Optional(Type.Integer()),
    }
    const declared = {
      answer: Answer({ found: text }),
      renamings: { query: { contactId: 'contact_id' } },
    }
    const find = async ({ query }: { query: { contactId?: string } }) => ({
      found: String(query.contactId),
    })
    operation(app, 'GET /opportunities/search', { ...declared, query: Strict(names) }, find)
    operation(app, 'GET /users/search', { ...declared, query: Query(names) }, find)
    const get = async (url: string, version: string) =>
      withoutTrace((await app.inject({ url, headers: { version } })).json())
    const searched = '/opportunities/search?contactId=x&count=no&z=1'
    assert.partialDeepStrictEqual(await get(searched, '2021-07-28'), {
      message: [
        'property contactId should not exist',
        'property z should not exist',
        'contact_id must be a string',
        'contact_id should not be empty',
        'count must be an integer number',
      ],
    })
    const both = '/opportunities/search?contactId=x&contact_id=y'
    assert.partialDeepStrictEqual(await get(both, '2021-07-28'), {
      message: ['property contactId should not exist'],
    })
    assert.deepEqual(await get(both, 'v3'), { found: 'x' })
    assert.deepEqual(await get('/users/search?contactId=x', '2021-07-28'), { found: 'x' })
  })

  test('at two addresses, go by the address', async () => {
    const { app, routes } = recordingServer()
    operation(
      app,
      ['POST /oauth/locationToken', 'POST /oauth/location-token'],
      { answer: Answer({ tokenType: Type.String() }), renamings: { answer: renamed.answer } },
      async ({ generation }) => ({ tokenType: generation }),
    )
    const post = async (url: string, version: string) => {
      const reply = await app.inject({ method: 'POST', url, headers: { version } })
      return { status: reply.statusCode, body: withoutTrace(reply.json()) }
    }
    const older = { status: 200, body: { token_type: 'v2' } }
    assert.deepEqual(await post('/oauth/locationToken', 'v3'), older)
    assert.deepEqual(await post('/oauth/locationToken', '2021-07-28'), older)
    const newer = { status: 200, body: { tokenType: 'v3' } }
    assert.deepEqual(await post('/oauth/location-token', 'v3'), newer)
    assert.equal((await post('/oauth/location-token', '2021-07-28')).status, 404)
    const ids = routes.map(({ schema }) => schema?.operationId)
    assert.deepEqual(ids, ['get-location-access-token', 'get-location-access-token-v3'])
  })
})

describe('the operations that are served', async () => {
  const facts: Readonly<Record<string, object>> = contract
  const served = operationsOf(await describeServer()).map(({ method, path, operation }) => {
    const address = `${method.toUpperCase()} ${path.replaceAll(/\{([^}]*)\}/g, ':$1')}`
    return { address, operation }
  })

  test('are the contract’s in every fact, but for these', () => {
    const differences = served.flatMap(({ address, operation }) => {
      const { operationId, summary, tags, security = [], responses } = operation
      const status = Number(Object.keys(responses)[0])
      const here: object = {
        operationId: operationId.replace(/-v3$/, ''),
        summary,
        tags,
        security: Object.assign({}, ...security),
        status,
      }
      return Object.entries(facts[address] ?? {})
        .filter(([name]) => name in here)
        .map(([name, fact]) => [name, fact, here[name as keyof typeof here]] as const)
        .filter(([, fact, ours]) => JSON.stringify(fact) !== JSON.stringify(ours))
        .map(([name, , ours]) => `${address}: ${name} ${JSON.stringify(ours)}`)
    })
    const write = '{"Agency-Access":["locations.write"]}'
    const customFields = (right: string) => `{"bearer":["locations/customFields.${right}"]}`
    const customValues = (right: string) => `{"bearer":["locations/customValues.${right}"]}`
    assert.deepEqual(differences.sort(), [
      `DELETE /locations/:locationId/customFields/:id: security ${customFields('write')}`,
      `DELETE /locations/:locationId/customValues/:id: security ${customValues('write')}`,
      `DELETE /locations/:locationId: security ${write}`,
      `GET /locations/:locationId/customFields/:id: security ${customFields('readonly')}`,
      `GET /locations/:locationId/customValues/:id: security ${customValues('readonly')}`,
      `GET /locations/:locationId/permissions: security ${write}`,
      'POST /contacts/bulk/business: security {"bearer":["contacts.write"]}',
      'POST /contacts/bulk/tags/update/:type: security {"bearer":["contacts.write"]}',
      `PUT /locations/:locationId/customFields/:id: security ${customFields('write')}`,
      `PUT /locations/:locationId/customValues/:id: security ${customValues('write')}`,
      `PUT /locations/:locationId/permissions: security ${write}`,
    ])
  })

  test('are the contract’s, but for our own', () => {
    const own = served.map(({ address }) => address).filter((address) => !(address in facts))
    assert.deepEqual(own.sort(), [
      'DELETE /opportunities/lost-reason/:lostReasonId',
      'DELETE /opportunities/pipelines/:pipelineId',
      'GET /.well-known/jwks.json',
      'GET /health',
      'GET /locations/:locationId/customFields/search',
      'GET /openapi.json',
      'GET /opportunities/pipelines/:pipelineId',
      'GET /ready',
      'POST /oauth/revoke',
      'POST /opportunities/bulk',
      'POST /opportunities/lost-reason',
      'POST /opportunities/pipelines',
      'PUT /opportunities/lost-reason/:lostReasonId',
      'PUT /opportunities/pipelines/:pipelineId',
    ])
  })
})

function withoutTrace({ traceId, ...body }: Record<string, unknown>): object {
  return body
}
