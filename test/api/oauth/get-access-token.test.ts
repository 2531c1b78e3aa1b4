import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rotateClientSecret } from '../../../src/api/oauth/installs/apps.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import {
  agencyConsent,
  askToken,
  claimsOf,
  consent,
  createAnotherApp,
  credentials,
  exchange,
  form,
  redirectUri,
  statusOf,
  tokensFor,
} from './client.ts'

const token = /^[\w-]+\.[\w-]+\.[\w-]{342}$/
const refreshToken = /^[\w-]{43}$/
const hexId = /^[0-9a-f]{24}$/

describe('get-access-token', () => {
  const server = testServer()

  test('200: a location, with exactly the documented members', async () => {
    const code = await consent(server)
    await server.newEvents()
    const { status, headers, body } = await exchange(server, code)
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    const { access_token, refresh_token, refreshTokenId, ...rest } = body
    assert.deepEqual(Object.keys(body).slice(0, 2), ['access_token', 'token_type'])
    assert.match(String(access_token), token)
    assert.match(String(refresh_token), refreshToken)
    assert.match(String(refreshTokenId), hexId)
    assert.deepEqual(rest, {
      token_type: 'Bearer',
      expires_in: 86399,
      scope: 'opportunities.readonly opportunities.write contacts.readonly',
      userType: 'Location',
      companyId: demo.companyId,
      locationId: demo.locationId,
      userId: demo.userIds[0],
      isBulkInstallation: false,
    })
    assert.equal(await statusOf(server, String(access_token)), 200)
    assert.deepEqual(await server.newEvents(), [])
  })

  test('200: an agency, with what it approved', async () => {
    const { body } = await exchange(server, await agencyConsent(server))
    const { access_token, refresh_token, refreshTokenId, ...rest } = body
    assert.deepEqual(rest, {
      token_type: 'Bearer',
      expires_in: 86399,
      scope: 'oauth.readonly oauth.write opportunities.readonly companies.readonly',
      userType: 'Company',
      companyId: demo.companyId,
      userId: demo.userIds[0],
      isBulkInstallation: true,
      approvedLocations: [demo.otherLocation.locationId, demo.locationId],
      installToFutureLocations: false,
      approveAllLocations: false,
    })
  })

  test('200: v3 takes and writes camelCase, as a form and as JSON', async () => {
    const fields = (code: string) => ({
      clientId: demo.clientId,
      clientSecret: demo.clientSecret,
      grantType: 'authorization_code',
      code,
      userType: 'Location',
      redirectUri,
    })
    const asForm = await askToken(server, fields(await consent(server)), 'v3')
    const body = fields(await consent(server))
    const asJson = await server.ask('POST', '/oauth/token', { token: null, version: 'v3', body })
    for (const answer of [asForm, asJson]) {
      assert.equal(answer.status, 200)
      const { accessToken, refreshToken, refreshTokenId, ...rest } = answer.body
      assert.match(String(accessToken), token)
      assert.deepEqual(rest, {
        tokenType: 'Bearer',
        expiresIn: 86399,
        scope: 'opportunities.readonly opportunities.write contacts.readonly',
        userType: 'Location',
        companyId: demo.companyId,
        locationId: demo.locationId,
        userId: demo.userIds[0],
        isBulkInstallation: false,
      })
    }
  })

  test('200: the version alone decides the casing of the answer', async () => {
    for (const [version, name] of [
      [null, 'access_token'],
      ['2021-07-28', 'access_token'],
      ['2023-02-21', 'access_token'],
      ['v3', 'accessToken'],
    ] as const) {
      const code = await consent(server)
      const grant = { grant_type: 'authorization_code', code }
      const { status, body } = await askToken(server, { ...credentials, ...grant }, version)
      assert.equal(status, 200)
      assert.match(String(body[name]), token)
      assert.equal(Object.keys(body).filter((key) => /^access_?token$/i.test(key)).length, 1)
    }
  })

  test('200: parameters of OAuth that mean nothing here are ignored', async () => {
    const code = await consent(server)
    const { status } = await exchange(server, code, { scope: 'x', state: 'y', audience: 'z' })
    assert.equal(status, 200)
  })

  test('200: the access token has upstream’s claims', async () => {
    const { body } = await exchange(server, await consent(server))
    const { jti, ...claims } = claimsOf(String(body.access_token))
    const issued = Math.floor(server.now.getTime() / 1000)
    assert.equal(typeof jti, 'string')
    assert.deepEqual(claims, {
      authClass: 'Location',
      authClassId: demo.locationId,
      source: 'INTEGRATION',
      sourceId: demo.clientId,
      channel: 'OAUTH',
      primaryAuthClassId: demo.locationId,
      oauthMeta: {
        scopes: ['opportunities.readonly', 'opportunities.write', 'contacts.readonly'],
        client: demo.clientId.slice(0, 24),
        versionId: demo.clientId.slice(0, 24),
        clientKey: demo.clientId,
      },
      iat: issued,
      exp: issued + 86399,
    })
    const agency = await exchange(server, await agencyConsent(server))
    const { authClass, authClassId, primaryAuthClassId } = claimsOf(
      String(agency.body.access_token),
    )
    assert.deepEqual(
      { authClass, authClassId, primaryAuthClassId },
      { authClass: 'Company', authClassId: demo.companyId, primaryAuthClassId: demo.companyId },
    )
  })

  test('200: nothing but hashes is stored', async () => {
    const code = await consent(server)
    const { body } = await exchange(server, code)
    const [row] = await server.db.query<{ all: string }>(sql`
      select json_build_array(
        (select json_agg(c) from oauth_codes c), (select json_agg(r) from oauth_refresh_tokens r),
        (select json_agg(g) from oauth_grants g), (select json_agg(a) from oauth_apps a))::text
        as all`)
    for (const secret of [code, body.access_token, body.refresh_token, demo.clientSecret]) {
      assert.ok(!row?.all.includes(String(secret)))
    }
  })

  describe('user_type', () => {
    test('200: what was installed decides which kind it is', async () => {
      const locationAnswer = await exchange(server, await consent(server), { user_type: 'Company' })
      assert.equal(locationAnswer.body.userType, 'Location')
      const agencyAnswer = await exchange(server, await agencyConsent(server), {
        user_type: 'Location',
      })
      assert.equal(agencyAnswer.body.userType, 'Company')
    })

    test('422, and 400 under v3: one that does not exist', async () => {
      const code = await consent(server)
      const before = await exchange(server, code, { user_type: 'User' })
      assert.equal(before.status, 422)
      assert.deepEqual(before.body.message, [
        'user_type must be one of the following values: Company, Location',
      ])
      const grant = { grantType: 'authorization_code', code, userType: 'User' }
      const { text, status } = await askToken(server, { ...credentials, ...grant }, 'v3')
      assert.equal(status, 400)
      assert.equal(text, '{"statusCode":400,"message":"Invalid parameter: userType"}')
    })
  })

  describe('shape', () => {
    test('422: an empty grant_type, in the recorded words', async () => {
      const { status, text } = await askToken(server, { ...credentials, grant_type: '' })
      assert.equal(status, 422)
      assert.equal(
        text,
        '{"message":["grant_type must be a valid enum value","grant_type should not be empty"],' +
          '"error":"Unprocessable Entity","statusCode":422}',
      )
    })

    test('422: everything that is wrong at once', async () => {
      const nothing = await server.ask('POST', '/oauth/token', { token: null, version: null })
      assert.equal(nothing.status, 422)
      assert.deepEqual(nothing.body.message, [
        'client_id must be a string',
        'client_id should not be empty',
        'client_secret must be a string',
        'client_secret should not be empty',
        'grant_type must be a valid enum value',
        'grant_type should not be empty',
      ])
      const { body } = await askToken(server, { ...credentials, grant_type: 'password' })
      assert.deepEqual(body.message, ['grant_type must be a valid enum value'])
    })

    test('422: values that are no strings, and a parameter sent twice', async () => {
      const ask = { token: null, version: null }
      const numbers = await server.ask('POST', '/oauth/token', {
        ...ask,
        body: { ...credentials, client_id: 5, grant_type: {} },
      })
      assert.deepEqual(numbers.body.message, [
        'client_id must be a string',
        'grant_type must be a string',
      ])
      const repeatedAnswer = await server.ask('POST', '/oauth/token', {
        ...ask,
        ...form({}),
        body: 'client_id=a&client_id=b&client_secret=c&grant_type=refresh_token',
      })
      assert.deepEqual(repeatedAnswer.body.message, ['client_id must be a string'])
    })

    test('400: v3 names the first parameter that is missing or wrong', async () => {
      const { client_id: clientId, client_secret: clientSecret } = credentials
      for (const [fields, message] of [
        [{}, 'Missing parameter: clientId'],
        [{ clientId }, 'Missing parameter: clientSecret'],
        [{ clientId, clientSecret }, 'Missing parameter: grantType'],
        [{ clientId, clientSecret, grantType: 'password' }, 'Invalid parameter: grantType'],
        [{ clientId, clientSecret, grantType: 'refresh_token' }, 'Missing parameter: refreshToken'],
      ] as const) {
        const { status, text } = await askToken(server, fields, 'v3')
        assert.equal(status, 400)
        assert.equal(text, JSON.stringify({ statusCode: 400, message }))
      }
    })

    test('400: client_credentials is known and gives nothing', async () => {
      const fields = { ...credentials, grant_type: 'client_credentials' }
      for (const [version, name] of [
        [null, 'grant_type'],
        ['v3', 'grantType'],
      ] as const) {
        const { status, text } = await askToken(server, fields, version)
        assert.equal(status, 400)
        const message = `Unsupported grant type: ${name} is invalid`
        assert.equal(text, `{"statusCode":400,"message":"${message}"}`)
      }
    })

    test('400 and 401: a version that was sent must be one', async () => {
      const garbage = await askToken(server, credentials, 'bogus-version')
      assert.equal(garbage.status, 400)
      assert.equal(
        garbage.body.message,
        "Invalid API version segment 'bogus-version' at position 0",
      )
      const unpublished = await askToken(server, credentials, '2020-01-01')
      assert.equal(unpublished.status, 401)
      assert.equal(unpublished.body.message, 'version header is invalid')
    })

    test('400, 413, 415: bodies that cannot be read', async () => {
      const ask = { token: null, version: null, ...form({}) }
      const malformed = await server.ask('POST', '/oauth/token', { ...ask, body: 'code=%E0%A4%A' })
      assert.equal(malformed.status, 400)
      const nul = await server.ask('POST', '/oauth/token', { ...ask, body: 'code=a%00b' })
      assert.equal(nul.status, 400)
      const long = await server.ask('POST', '/oauth/token', { ...ask, body: 'a'.repeat(70_000) })
      assert.equal(long.status, 413)
      const oversizedAnswer = await server.ask('POST', '/oauth/token', {
        ...ask,
        body: 'a=&'.repeat(20_000),
      })
      assert.equal(oversizedAnswer.status, 422)
      const headers = { 'content-type': 'multipart/form-data; boundary=x' }
      const multipart = await server.ask('POST', '/oauth/token', { ...ask, headers, body: '--x--' })
      assert.equal(multipart.status, 415)
      assert.equal(
        multipart.body.message,
        'Unsupported Media Type: Content-Type must be ' +
          'application/x-www-form-urlencoded or application/json',
      )
    })

    test('415: forms are for OAuth alone', async () => {
      const { status } = await server.ask('POST', '/opportunities/', form({ name: 'a form' }))
      assert.equal(status, 415)
    })

    test('404: there is nothing to get', async () => {
      const { status, body } = await server.ask('GET', '/oauth/token')
      assert.equal(status, 404)
      assert.equal(body.message, 'Cannot GET /oauth/token')
    })
  })

  test('401: the old client secret, once there is another', async () => {
    const app = await createAnotherApp(server, 'Rotating')
    const code = await consent(server, { app, redirectUri: 'https://another.example/callback' })
    const fresh = await rotateClientSecret(server.db, app.clientId, server.now)
    const fields = { client_id: app.clientId, grant_type: 'authorization_code', code }
    const old = await askToken(server, { ...fields, client_secret: app.clientSecret })
    assert.equal(old.status, 401)
    const now = await askToken(server, { ...fields, client_secret: fresh })
    assert.equal(now.status, 200)
  })

  test('401: a token does not reach another location', async () => {
    const { access_token } = await tokensFor(server, consent(server))
    const path = `/opportunities/${demo.otherLocation.opportunityId}`
    assert.equal((await server.ask('GET', path, { token: access_token })).status, 404)
    const pipelines = `/opportunities/pipelines?locationId=${demo.otherLocation.locationId}`
    assert.equal((await server.ask('GET', pipelines, { token: access_token })).status, 403)
  })
})
