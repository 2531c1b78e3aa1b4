import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { oauthLimits } from '../../../src/api/oauth/limits.ts'
import { refreshTokens as refreshIn } from '../../../src/api/oauth/tokens/refresh-grant.ts'
import { openSigningKeys } from '../../../src/auth/signing-keys.ts'
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
  refresh,
  setDeleted,
  statusOf,
  tokensFor,
} from './client.ts'

const invalidGrant =
  '{"statusCode":400,"message":"Invalid grant: refresh token is invalid",' +
  '"error":"invalid_grant","error_description":"Invalid refresh token"}'
const dayMs = 86_400_000

describe('get-access-token, refresh_token', () => {
  const server = testServer()

  /** Moves the server's clock for what is done meanwhile. */
  async function askLater<T>(ms: number, work: () => Promise<T>): Promise<T> {
    const start = server.now
    server.now = new Date(start.getTime() + ms)
    try {
      return await work()
    } finally {
      server.now = start
    }
  }

  test('200: another pair, for the same as before', async () => {
    const first = await tokensFor(server, consent(server))
    const { status, headers, body } = await askLater(1000, () =>
      refresh(server, first.refresh_token),
    )
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    const { access_token, refresh_token, refreshTokenId, ...rest } = body
    const { access_token: a, refresh_token: r, refreshTokenId: id, ...before } = first
    assert.deepEqual(rest, before)
    assert.notEqual(access_token, a)
    assert.notEqual(refresh_token, r)
    assert.notEqual(refreshTokenId, id)
    assert.match(String(refresh_token), /^[\w-]{43}$/)
    assert.match(String(refreshTokenId), /^[0-9a-f]{24}$/)
    const issued = Math.floor(server.now.getTime() / 1000) + 1
    const { iat, exp } = claimsOf(String(access_token))
    assert.deepEqual({ iat, exp }, { iat: issued, exp: issued + 86399 })
    assert.equal(await statusOf(server, String(access_token)), 200)
  })

  test('200: the access token before it lives on until it expires', async () => {
    const first = await tokensFor(server, consent(server))
    await refresh(server, first.refresh_token)
    assert.equal(await statusOf(server, first.access_token), 200)
  })

  test('200: an agency’s, in v3’s casing and with JSON', async () => {
    const first = await tokensFor(server, agencyConsent(server))
    const body = {
      clientId: demo.clientId,
      clientSecret: demo.clientSecret,
      grantType: 'refresh_token',
      refreshToken: first.refresh_token,
      userType: 'Company',
    }
    const answer = await server.ask('POST', '/oauth/token', { token: null, version: 'v3', body })
    assert.equal(answer.status, 200)
    const { accessToken, refreshToken, refreshTokenId, ...rest } = answer.body
    assert.deepEqual(rest, {
      tokenType: 'Bearer',
      expiresIn: 86399,
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

  test('200: eight at once get one pair, and the pair works', async () => {
    let { refresh_token } = await tokensFor(server, consent(server))
    for (let round = 0; round < 10; round++) {
      const sharedToken = refresh_token
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => refresh(server, sharedToken)),
      )
      assert.deepEqual(
        answers.map(({ status }) => status),
        Array(8).fill(200),
      )
      assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
      const [pair] = answers
      assert.equal(await statusOf(server, String(pair?.body.access_token)), 200)
      refresh_token = String(pair?.body.refresh_token)
    }
  })

  test('200: two processes that are asked at once give one pair', async () => {
    const { refresh_token: refreshToken } = await tokensFor(server, consent(server))
    const processes = await Promise.all(
      [1, 2].map(async () => ({
        ...server.settings,
        keys: await openSigningKeys(server.db, undefined, new Date()),
      })),
    )
    const request = {
      clientId: credentials.client_id,
      clientSecret: credentials.client_secret,
      grantType: 'refresh_token',
      refreshToken,
      code: undefined,
      userType: undefined,
      redirectUri: undefined,
      codeVerifier: undefined,
    } as const
    const results = await Promise.all(
      [...processes, ...processes].map((context) => refreshIn(context, request)),
    )
    const pairs = results.map((one) => {
      assert.ok(typeof one !== 'string', String(one))
      return [one.accessToken, one.refreshToken, one.refreshTokenId]
    })
    const [accessToken = '', refreshed = ''] = pairs[0] ?? []
    assert.deepEqual(pairs, Array(4).fill(pairs[0]))
    assert.equal(await statusOf(server, accessToken), 200)
    assert.equal((await refresh(server, refreshed)).status, 200)
  })

  test('200: the same pair within 30 seconds, and 400 after them', async () => {
    const first = await tokensFor(server, consent(server))
    const pair = await refresh(server, first.refresh_token)
    const inTime = await askLater(30_000, () => refresh(server, first.refresh_token))
    assert.equal(inTime.text, pair.text)
    const lateAnswer = await askLater(30_001, () => refresh(server, first.refresh_token))
    assert.deepEqual([lateAnswer.status, lateAnswer.text], [400, invalidGrant])
    const fields = {
      ...credentials,
      grant_type: 'refresh_token',
      refresh_token: first.refresh_token,
    }
    const v3 = await askLater(30_001, () => askToken(server, fields, 'v3'))
    assert.equal(v3.status, 400)
    assert.equal(v3.text, '{"statusCode":400,"message":"Invalid grant: refresh token is invalid"}')
  })

  test('200: a use too late leaves its successors alone', async () => {
    const first = await tokensFor(server, consent(server))
    const { body: second } = await refresh(server, first.refresh_token)
    assert.equal((await askLater(dayMs, () => refresh(server, first.refresh_token))).status, 400)
    assert.equal(await statusOf(server, String(second.access_token)), 200)
    assert.equal((await refresh(server, String(second.refresh_token))).status, 200)
  })

  test('200: a chain of them, each pair its own', async () => {
    let { refresh_token } = await tokensFor(server, consent(server))
    const seen = new Set([refresh_token])
    for (let i = 0; i < 5; i++) {
      const { status, body } = await refresh(server, refresh_token)
      assert.equal(status, 200)
      refresh_token = String(body.refresh_token)
      seen.add(refresh_token)
    }
    assert.equal(seen.size, 6)
  })

  test('200: one grant remembers so many refresh tokens and no more', async () => {
    const first = await tokensFor(server, consent(server))
    const grantId = String(claimsOf(first.access_token).jti).split('-')[0]
    await server.db.query(sql`
      insert into oauth_refresh_tokens (hash, id, grant_id, created_at, expires_at, used_at)
      select 'old' || n, 'old' || n, ${grantId}, ${server.now}::timestamptz - interval '1 day',
        ${server.now}::timestamptz + interval '1 day', ${server.now}
      from generate_series(1, ${oauthLimits.refreshTokensKept + 50}::int) n`)
    assert.equal((await refresh(server, first.refresh_token)).status, 200)
    const storedTokens = await server.db.query(sql`
      select id from oauth_refresh_tokens where grant_id = ${grantId}`)
    assert.equal(storedTokens.length, oauthLimits.refreshTokensKept)
    assert.equal((await refresh(server, first.refresh_token)).status, 200)
  })

  test('200 within a year, 400 after it', async () => {
    const first = await tokensFor(server, consent(server))
    const lateAnswer = await askLater(365 * dayMs, () => refresh(server, first.refresh_token))
    assert.deepEqual([lateAnswer.status, lateAnswer.text], [400, invalidGrant])
    const inTime = await askLater(365 * dayMs - 1, () => refresh(server, first.refresh_token))
    assert.equal(inTime.status, 200)
  })

  test('400: a deleted location, whose token is good again when the location is', async () => {
    const { locationId } = demo.otherLocation
    const first = await tokensFor(server, consent(server, { locationId }))
    await setDeleted(server, locationId, true)
    const { status, text } = await refresh(server, first.refresh_token)
    await setDeleted(server, locationId, false)
    assert.equal(status, 400)
    assert.equal(text, '{"statusCode":400,"message":"Location is not active"}')
    assert.equal((await refresh(server, first.refresh_token)).status, 200)
  })

  test('400: tokens that are none', async () => {
    const { access_token } = await tokensFor(server, consent(server))
    for (const badToken of [
      'nonsense',
      'x'.repeat(20_000),
      access_token,
      'ünïcode',
      "'; select 1",
    ]) {
      const { status, text } = await refresh(server, badToken)
      assert.deepEqual([status, text], [400, invalidGrant])
    }
  })

  test('400: missing, whatever the client', async () => {
    for (const refresh_token of [undefined, '']) {
      const fields = { ...credentials, grant_type: 'refresh_token', refresh_token }
      const { status, text } = await askToken(server, fields)
      assert.equal(status, 400)
      assert.equal(text, '{"statusCode":400,"message":"Missing parameter: refresh_token"}')
    }
  })

  test('401: wrong credentials, and another app’s token, which stays good', async () => {
    const first = await tokensFor(server, consent(server))
    const otherApp = await createAnotherApp(server)
    for (const wrong of [
      { client_secret: 'guessed' },
      { client_id: 'nobody' },
      { client_id: otherApp.clientId, client_secret: otherApp.clientSecret },
    ]) {
      const { status, text } = await refresh(server, first.refresh_token, wrong)
      assert.equal(status, 401)
      assert.equal(
        text,
        '{"error":"UnAuthorized!","error_description":"Invalid client credentials!"}',
      )
    }
    assert.equal((await refresh(server, first.refresh_token)).status, 200)
  })
})
