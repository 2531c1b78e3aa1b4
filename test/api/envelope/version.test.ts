import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { createPrivateIntegration, revokeTokens } from '../../../src/auth/private-integrations.ts'
import { demo } from '../../../src/demo/ids.ts'
import {
  badRequest,
  invalidPrivateIntegrationToken,
  missingScope,
  noRoute,
  noVersion,
  otherLocation,
  unprocessable,
  unpublishedVersion,
} from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { own, request, send } from '../wire.ts'
import { type Operation, operations, wasLetIn } from './operations.ts'

const versions = ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']
const path = `/opportunities/${demo.opportunityId}`
const broken = '{"followers":['
const unknown = 'pit-00000000-0000-4000-8000-000000000000'

const garbage = (sent: string) => badRequest(`Invalid API version segment '${sent}' at position 0`)

describe('Version', () => {
  const server = testServer()
  let every: Operation[] = []
  before(async () => {
    every = await operations(server)
  })

  // UPSTREAM: behaviour.md §1.2, probed on several modules
  test('200: each of the five values is let in, on every route alike', async () => {
    for (const { method, path, token, version: itsOwn } of every) {
      for (const version of itsOwn === 'v3' ? ['v3'] : versions) {
        const answer = await server.ask(method, path, { token, version })
        assert.ok(wasLetIn(answer), `${method} ${path} under ${version}: ${answer.text}`)
        assert.ok(!/version/i.test(answer.text))
      }
    }
  })

  test('200: with blanks around, and with the header’s name in any case', async () => {
    for (const header of ['Version: \t v3 \t ', 'VERSION: v3', 'version:v3']) {
      const headers = [...own.filter((line) => !line.startsWith('Version')), header]
      const [answer] = await send(server, request(`GET ${path}`, headers))
      assert.equal(answer?.status, 200, header)
    }
  })

  // UPSTREAM: behaviour.md §1.2, recorded
  test('401: no version, or an empty one, on every route', async () => {
    for (const { method, path } of every) {
      for (const version of [null, '', ' ']) {
        const answer = await server.ask(method, path, { version })
        assert.equal(answer.status, 401, `${method} ${path}`)
        assert.equal(answer.text, noVersion)
      }
    }
  })

  // UPSTREAM: behaviour.md §1.2, recorded
  test('401: a date that was never published, on every route', async () => {
    for (const { method, path } of every) {
      const answer = await server.ask(method, path, { version: '2020-01-01' })
      assert.equal(answer.status, 401, `${method} ${path}`)
      assert.equal(answer.text, unpublishedVersion)
    }
    for (const version of ['2021-07-29', '2021-04-14', '2023-02-22', '2099-12-31', '2021-01-01']) {
      const answer = await server.ask('GET', path, { version })
      assert.equal(answer.status, 401, version)
      assert.equal(answer.text, unpublishedVersion)
    }
  })

  // UPSTREAM: behaviour.md §1.2, recorded
  test('400: garbage, on every route', async () => {
    for (const { method, path } of every) {
      const answer = await server.ask(method, path, { version: 'bogus-version' })
      assert.equal(answer.status, 400, `${method} ${path}`)
      assert.equal(answer.text, garbage('bogus-version'))
    }
    for (const version of ['v2', '3', 'v3,2021-07-28', '2021-7-28', '2021-07-28T00:00:00Z', '*']) {
      const answer = await server.ask('GET', path, { version })
      assert.equal(answer.status, 400, version)
      assert.equal(answer.text, garbage(version))
    }
  })

  test('400: two headers, even of the same version', async () => {
    for (const second of ['2021-07-28', 'v3', 'bogus']) {
      const [answer] = await send(server, request(`GET ${path}`, [...own, `Version: ${second}`]))
      assert.equal(answer?.status, 400)
      assert.equal(answer.text, garbage(`2021-07-28, ${second}`))
    }
  })

  test('200: not asked for on the server’s own addresses', async () => {
    for (const address of ['/health', '/ready', '/openapi.json']) {
      for (const version of [null, 'bogus-version', '2020-01-01']) {
        const headers = version === null ? [] : [['version', version] as [string, string]]
        const response = await fetch(server.url + address, { headers })
        assert.equal(response.status, 200, address)
        await response.text()
      }
    }
  })

  test('404: an unknown route is unknown, with a version, without, and with garbage', async () => {
    for (const version of ['v3', null, '2020-01-01', 'bogus-version']) {
      for (const token of [demo.privateIntegrationToken, null, unknown]) {
        const answer = await server.ask('GET', '/no/such/route', { version, token })
        assert.equal(answer.status, 404)
        assert.equal(answer.text, noRoute('GET', '/no/such/route'))
      }
    }
  })
})

describe('the order of refusals', () => {
  const server = testServer()
  const make = async (scopes: Parameters<typeof createPrivateIntegration>[1]['scopes']) => {
    const { companyId, locationId } = demo
    const integration = { name: 'Narrow', companyId, locationId, scopes }
    return (await createPrivateIntegration(server.db, integration, server.now)).token
  }

  test('401 and 400: the version before the token', async () => {
    for (const token of [null, unknown, 'nonsense', demo.agencyPrivateIntegrationToken]) {
      const none = await server.ask('GET', path, { token, version: null })
      assert.equal(none.status, 401)
      assert.equal(none.text, noVersion)
      const unpublished = await server.ask('GET', path, { token, version: '2020-01-01' })
      assert.equal(unpublished.status, 401)
      assert.equal(unpublished.text, unpublishedVersion)
      const bogus = await server.ask('GET', path, { token, version: 'bogus' })
      assert.equal(bogus.status, 400)
      assert.equal(bogus.text, garbage('bogus'))
    }
  })

  test('401: the token before its scope', async () => {
    const token = await make([])
    const scopeless = await server.ask('GET', path, { token })
    assert.equal(scopeless.text, missingScope)
    const revoked = await make([])
    await revokeTokens(server.db, { token: revoked }, server.now)
    const answer = await server.ask('GET', path, { token: revoked })
    assert.equal(answer.status, 401)
    assert.equal(answer.text, invalidPrivateIntegrationToken)
  })

  test('401: the scope before the location', async () => {
    const token = await make(['contacts.readonly'])
    const { locationId } = demo.otherLocation
    const body = { locationId }
    const created = await server.ask('POST', '/opportunities/', { token, body })
    assert.equal(created.status, 401)
    assert.equal(created.text, missingScope)
    const listing = `/opportunities/pipelines?locationId=${locationId}`
    const listed = await server.ask('GET', listing, { token })
    assert.equal(listed.status, 401)
    assert.equal(listed.text, missingScope)
  })

  test('403: the location before the body', async () => {
    const body = { locationId: demo.otherLocation.locationId, nope: true, status: 5 }
    const answer = await server.ask('POST', '/opportunities/', { body })
    assert.equal(answer.status, 403)
    assert.equal(answer.text, otherLocation)
  })

  test('401: version, token and scope before a body that cannot be read', async () => {
    const followers = `${path}/followers`
    const narrow = await make(['opportunities.readonly'])
    const refusals = [
      [{ version: null }, noVersion],
      [{ token: unknown }, invalidPrivateIntegrationToken],
      [{ token: narrow }, missingScope],
    ] as const
    for (const [options, text] of refusals) {
      for (const contentType of ['application/json', 'text/plain']) {
        const headers = { 'content-type': contentType }
        const answer = await server.ask('POST', followers, { ...options, headers, body: broken })
        assert.equal(answer.status, 401)
        assert.equal(answer.text, text)
      }
    }
  })

  test('422: the body before a missing opportunity', async () => {
    const missing = '/opportunities/nobody-knows-me/followers'
    const answer = await server.ask('POST', missing, { body: { followers: 5 } })
    assert.equal(answer.status, 422)
    assert.equal(answer.text, unprocessable('followers must be an array'))
  })
})
