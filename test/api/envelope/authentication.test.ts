import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { createPrivateIntegration, revokeTokens } from '../../../src/auth/private-integrations.ts'
import { isScope, type Scope, scopes } from '../../../src/auth/scopes.ts'
import { demo } from '../../../src/demo/ids.ts'
import {
  invalidAccessToken,
  invalidJwt,
  invalidPrivateIntegrationToken,
  missingScope,
  otherLocation,
} from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { request, send } from '../wire.ts'
import { type Operation, operations, wasLetIn } from './operations.ts'

const path = `/opportunities/${demo.opportunityId}`
const unknownToken = 'pit-00000000-0000-4000-8000-000000000000'

/** The form of an access token of OAuth: three parts of base64url, nothing that anybody signed. */
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJhdXRoQ2xhc3MiOiJMb2NhdGlvbiJ9.c2lnbmF0dXJl'

describe('authentication', () => {
  const server = testServer()
  let allOperations: Operation[] = []
  before(async () => {
    allOperations = await operations(server)
  })

  const makeToken = async (
    given: readonly Scope[],
    locationId: string | null = demo.locationId,
  ) => {
    const integration = { name: 'Test', companyId: demo.companyId, locationId, scopes: given }
    return (await createPrivateIntegration(server.db, integration, server.now)).token
  }

  /** What comes back for an Authorization header as it stands, or for none. */
  const withHeader = async (...authorization: string[]) => {
    const lines = authorization.map((value) => `Authorization: ${value}`)
    const headers = ['Host: localhost', 'Version: v3', ...lines]
    const [answer] = await send(server, request(`GET ${path}`, headers))
    assert.ok(answer)
    return answer
  }

  // UPSTREAM: behaviour.md §1.3, recorded (issue #217)
  test('401: an unknown Private Integration Token, on every route', async () => {
    for (const { method, path, version } of allOperations) {
      const answer = await server.ask(method, path, { token: unknownToken, version })
      assert.equal(answer.status, 401, `${method} ${path}`)
      assert.equal(answer.text, invalidPrivateIntegrationToken)
      assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    }
  })

  test('401: a revoked one', async () => {
    const token = await makeToken(scopes)
    assert.equal(await revokeTokens(server.db, { token }, server.now), 1)
    const answer = await server.ask('GET', path, { token })
    assert.equal(answer.status, 401)
    assert.equal(answer.text, invalidPrivateIntegrationToken)
  })

  test('401: what begins as one but is none', async () => {
    const known = demo.privateIntegrationToken
    const upper = known.toUpperCase().replace('PIT', 'pit')
    const tokens = ['pit-', 'pit-x', known.slice(0, -1), `${known}1`, `${known},`, upper]
    for (const token of [...tokens, known.replace('pit-', 'pit-pit-'), `${known}%00`]) {
      const answer = await server.ask('GET', path, { token })
      assert.equal(answer.status, 401, token)
      assert.equal(answer.text, invalidPrivateIntegrationToken)
    }
  })

  test('401: no Authorization header, on every route', async () => {
    for (const { method, path, version } of allOperations) {
      const answer = await server.ask(method, path, { token: null, version })
      assert.equal(answer.status, 401, `${method} ${path}`)
      assert.equal(answer.text, invalidAccessToken)
    }
  })

  // UPSTREAM: behaviour.md §1.3, the contract's UnauthorizedDTO
  test('401: an access token that nobody issued, on every route', async () => {
    for (const { method, path, version } of allOperations) {
      const answer = await server.ask(method, path, { token: jwt, version })
      assert.equal(answer.status, 401, `${method} ${path}`)
      assert.equal(answer.text, invalidAccessToken)
    }
  })

  test('401: what is neither a JWT by its form nor a Private Integration Token', async () => {
    const known = demo.privateIntegrationToken
    const tokens = ['x', 'null', 'pit', 'PIT-', '..', `${jwt}=`, `${jwt}.x`, jwt.repeat(50)]
    for (const token of [...tokens, `"${known}"`, known.toUpperCase(), '\xff']) {
      const answer = await withHeader(`Bearer ${token}`)
      assert.equal(answer.status, 401, token)
      assert.equal(answer.text, invalidJwt)
    }
  })

  test('401: another scheme, no scheme, or more than a token', async () => {
    const known = demo.privateIntegrationToken
    const headers = [
      '',
      'Bearer',
      'Bearer ',
      known,
      `Bearer${known}`,
      `Basic ${Buffer.from(`user:${known}`).toString('base64')}`,
      `Token ${known}`,
      `Bearer Bearer ${known}`,
      `Bearer ${known} ${known}`,
    ]
    for (const header of headers) {
      const answer = await withHeader(header)
      assert.equal(answer.status, 401, header)
      assert.equal(answer.text, invalidAccessToken)
    }
  })

  test('200: blanks around the token, and the scheme in any case', async () => {
    const known = demo.privateIntegrationToken
    for (const header of [`  Bearer \t  ${known} \t `, `bearer ${known}`, `BEARER ${known}`]) {
      assert.equal((await withHeader(header)).status, 200, header)
    }
  })

  // UPSTREAM: behaviour.md §1.3, recorded (issue #217)
  test('401: the scope of the operation is missing, on every route', async () => {
    for (const { method, path, version, scopes: ownScopes, locationId } of allOperations) {
      const otherScopes = scopes.filter((scope) => !ownScopes.includes(scope))
      assert.equal(otherScopes.length, scopes.length - 1)
      const token = await makeToken(otherScopes, locationId)
      const answer = await server.ask(method, path, { token, version })
      assert.equal(answer.status, 401, `${method} ${path}`)
      assert.equal(answer.text, missingScope)
    }
  })

  test('200: that scope alone is enough, but where only apps may ask', async () => {
    for (const {
      method,
      path,
      version,
      scopes: ownScopes,
      locationId,
      isForApps,
    } of allOperations) {
      const token = await makeToken(ownScopes.filter(isScope), locationId)
      const answer = await server.ask(method, path, { token, version })
      assert.equal(wasLetIn(answer), !isForApps, `${method} ${path}: ${answer.text}`)
    }
  })

  test('401: reading does not allow writing, nor writing reading', async () => {
    const reader = await makeToken(['opportunities.readonly'])
    const writer = await makeToken(['opportunities.write'])
    const body = { followers: [] }
    assert.equal((await server.ask('GET', path, { token: reader })).status, 200)
    const written = await server.ask('POST', `${path}/followers`, { token: writer, body })
    assert.equal(written.status, 201)
    for (const method of ['POST', 'DELETE']) {
      const answer = await server.ask(method, `${path}/followers`, { token: reader, body })
      assert.equal(answer.status, 401)
      assert.equal(answer.text, missingScope)
    }
    const read = await server.ask('GET', path, { token: writer })
    assert.equal(read.status, 401)
    assert.equal(read.text, missingScope)
  })

  // UPSTREAM: behaviour.md §1.3, recorded on other modules
  test('401: an agency’s token on every route of opportunities', async () => {
    const tokens = [demo.agencyPrivateIntegrationToken, await makeToken(scopes, null)]
    const ours = allOperations.filter(({ path }) => path.startsWith('/opportunities'))
    for (const token of tokens) {
      for (const { method, path } of ours) {
        const answer = await server.ask(method, path, { token })
        assert.equal(answer.status, 401, `${method} ${path}`)
        assert.equal(answer.text, missingScope)
      }
      const listing = `/opportunities/pipelines?locationId=${demo.locationId}`
      assert.equal((await server.ask('GET', listing, { token })).text, missingScope)
    }
  })

  // UPSTREAM: behaviour.md §1.3, recorded (n8n-io/n8n issue #11353)
  test('403: a location that is not the token’s, in the body and in the query', async () => {
    const { locationId: theirs, privateIntegrationToken: token } = demo.otherLocation
    for (const locationId of [theirs, 'no-such-location']) {
      const created = await server.ask('POST', '/opportunities/', { body: { locationId } })
      assert.equal(created.status, 403)
      assert.equal(created.text, otherLocation)
      const listing = `/opportunities/pipelines?locationId=${locationId}`
      const listed = await server.ask('GET', listing)
      assert.equal(listed.status, 403)
      assert.equal(listed.text, otherLocation)
    }
    const body = { locationId: demo.locationId }
    assert.equal((await server.ask('POST', '/opportunities/', { body, token })).status, 403)
  })

  test('200: headers that name a location, which SDKs send, change nothing', async () => {
    const { locationId } = demo.otherLocation
    for (const name of ['locationId', 'x-location-id', 'companyId', 'Location-Id']) {
      const answer = await server.ask('GET', path, { headers: { [name]: locationId } })
      assert.equal(answer.status, 200, name)
    }
  })

  test('401: is answered before the body has arrived, however long it is to be', async () => {
    const narrow = await makeToken(['opportunities.readonly'])
    const refusals = [
      [['Version: v3', `Authorization: Bearer ${unknownToken}`], invalidPrivateIntegrationToken],
      [['Version: v3', `Authorization: Bearer ${narrow}`], missingScope],
      [['Version: v3'], invalidAccessToken],
    ] as const
    for (const [credentials, text] of refusals) {
      for (const length of ['Content-Length: 1000000000', 'Transfer-Encoding: chunked']) {
        const about = ['Host: localhost', 'Content-Type: application/json', length]
        const line = `POST ${path}/followers`
        const [answer] = await send(server, request(line, [...credentials, ...about]))
        assert.equal(answer?.status, 401)
        assert.equal(answer.text, text)
      }
    }
  })
})
