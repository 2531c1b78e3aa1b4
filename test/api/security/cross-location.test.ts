import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { createPrivateIntegration } from '../../../src/auth/private-integrations.ts'
import { type Scope, scopes } from '../../../src/auth/scopes.ts'
import { demo } from '../../../src/demo/ids.ts'
import { agencyConsent, consent, createAnotherAgency, tokensFor } from '../oauth/client.ts'
import { testServer } from '../test-server.ts'
import { marks, type Operation, operationsOf, partsFor, send, versions } from './operations.ts'
import { allowReadingAll, checksums, everything } from './rows.ts'

describe('what belongs to another location', () => {
  const server = testServer()
  let operations: Operation[]
  const strangers: Record<string, string> = {}
  const own: Record<string, string> = {
    location: demo.privateIntegrationToken,
    agency: demo.agencyPrivateIntegrationToken,
  }

  const integrate = async (companyId: string, locationId: string | null, may: readonly Scope[]) => {
    const integration = { name: 'Test', companyId, locationId, scopes: may }
    return (await createPrivateIntegration(server.db, integration, server.now)).token
  }

  before(async () => {
    operations = operationsOf(server).filter(({ isPublic }) => !isPublic)
    await allowReadingAll(server)
    const two = await createAnotherAgency(server)
    const other = demo.otherLocation
    strangers['the other location'] = other.privateIntegrationToken
    strangers['another agency'] = await integrate(two.companyId, null, scopes)
    strangers['another agency’s location'] = await integrate(two.companyId, two.locationId, scopes)
    strangers['an app in the other location'] = (
      await tokensFor(server, consent(server, { locationId: other.locationId, scopes }))
    ).access_token
    strangers['an app in another agency'] = (
      await tokensFor(
        server,
        agencyConsent(server, [two.locationId], {
          companyId: two.companyId,
          userId: two.userId,
          scopes,
        }),
      )
    ).access_token
    own.app = (await tokensFor(server, agencyConsent(server, undefined, { scopes }))).access_token
  })

  test('every route is described or one of the pages, so that none is left out below', () => {
    const pages = /^(\/(v2\/)?oauth\/(chooselocation|assets|reconnect)\b|\/docs\b|\/llms\.txt$|\/$)/
    const ownFields = new Set(
      operationsOf(server).map(({ method, path }) => `${method} ${path.replace(/(?<=.)\/$/, '')}`),
    )
    const routes = routesOf(server.app.printRoutes({ commonPrefix: false }))
    assert.ok(routes.length > 30)
    const unknown = routes.filter(
      ({ method, path }) =>
        method !== 'HEAD' &&
        !pages.test(path) &&
        !ownFields.has(`${method} ${path.replace(/:(\w+)/g, '{$1}')}`),
    )
    assert.deepEqual(unknown, [])
  })

  test('these operations are public, and no others', () => {
    const open = operationsOf(server).filter(({ isPublic }) => isPublic)
    assert.deepEqual(open.map(({ name }) => name).sort(), [
      'GET /.well-known/jwks.json',
      'GET /health',
      'GET /openapi.json',
      'GET /ready',
      'POST /oauth/revoke',
      'POST /oauth/token',
    ])
  })

  test('401: no operation without a token, or with one that has no scope', async () => {
    const before = await checksums(server)
    const nothing = [
      await integrate(demo.companyId, demo.locationId, []),
      await integrate(demo.companyId, null, []),
    ]
    const after = await checksums(server)
    assert.notDeepEqual(after, before, 'a changed row is noticed')
    for (const operation of operations) {
      for (const token of [null, ...nothing]) {
        // Under v3 each of them is there.
        const { status, text } = await send(server, operation, partsFor(operation), token, 'v3')
        assert.equal(status, 401, `${operation.name}: ${text}`)
      }
    }
    assert.deepEqual(await checksums(server), after)
  })

  test('no stranger’s token reads or changes anything, by any operation', async () => {
    await server.newEvents()
    const before = await checksums(server)
    for (const operation of operations) {
      for (const [name, token] of Object.entries(strangers)) {
        for (const version of versions) {
          const { status, text } = await send(
            server,
            operation,
            partsFor(operation),
            token,
            version,
          )
          const where = `${operation.name} by ${name}: ${status} ${text}`
          const isRefused = [400, 401, 403, 404, 422].includes(status)
          // A list may be that of the stranger's own.
          const isOwn = status === 200 && !marks.some((mark) => text.includes(mark))
          assert.ok(isRefused || isOwn, where)
          assert.deepEqual(await checksums(server), before, where)
        }
      }
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('nor does one that names its own location, and another’s things in it', async () => {
    const { locationId } = demo.otherLocation
    const otherMarks = marks.filter((mark) => mark !== demo.companyId)
    const isTheirs = (line: string) => otherMarks.some((mark) => line.includes(mark))
    const rowsOf = async () => (await everything(server)).filter(isTheirs)
    const before = await rowsOf()
    for (const operation of operations) {
      const text = JSON.stringify(partsFor(operation))
        .replaceAll(demo.locationId, locationId)
        .replaceAll('somebody.new@', 'somebody.else@')
      for (const name of ['the other location', 'an app in the other location']) {
        const answer = await send(server, operation, JSON.parse(text), strangers[name] ?? '')
        const where = `${operation.name} by ${name}: ${answer.status} ${answer.text}`
        assert.ok(answer.status < 500, where)
        assert.ok(answer.status >= 400 || !isTheirs(answer.text), where)
        assert.deepEqual(await rowsOf(), before, where)
      }
    }
  })

  test('2xx: with a token of its own each of the same requests works', async () => {
    for (const operation of operations) {
      const answers: string[] = []
      for (const [name, token] of Object.entries(own)) {
        for (const version of versions) {
          if (/: 2\d\d /.test(answers.at(-1) ?? '')) continue
          const { status, text } = await send(
            server,
            operation,
            partsFor(operation),
            token,
            version,
          )
          answers.push(`${name}: ${status} ${text}`)
        }
      }
      // Else what was proved above is that a broken request is refused.
      assert.match(answers.at(-1) ?? '', /: 2\d\d /, `${operation.name}\n${answers.join('\n')}`)
    }
  })
})

/** Reads what Fastify prints of its routes: a tree, each line one step deeper than its parent. */
function routesOf(tree: string): { method: string; path: string }[] {
  const way: string[] = []
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', step, methods] = /^(.*?)[├└]── (\S+)(?: \((.+)\))?$/.exec(line) ?? []
    if (step === undefined) return []
    way.splice(indent.length / 4)
    way.push(step)
    return (methods?.split(', ') ?? []).map((method) => ({ method, path: way.join('') }))
  })
}
