import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import {
  askToken,
  consent,
  createAnotherApp,
  credentials,
  exchange,
  invalidToken,
  redirectUri,
  setDeleted,
  statusOf,
} from './client.ts'

const codeNotFound = '{"error":"UnAuthorized!","error_description":"Authorization code not found"}'
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url')

describe('get-access-token, authorization_code', () => {
  const server = testServer()

  test('401: unknown, in upstream’s words, before the credentials are looked at', async () => {
    for (const fields of [credentials, { client_id: 'nobody', client_secret: 'nothing' }]) {
      const grant = { grant_type: 'authorization_code', code: 'f'.repeat(40) }
      const { status, text } = await askToken(server, { ...fields, ...grant })
      assert.equal(status, 401)
      assert.equal(text, codeNotFound)
    }
  })

  test('400: unknown, under v3', async () => {
    const grant = { grant_type: 'authorization_code', code: 'f'.repeat(40) }
    const { status, text } = await askToken(server, { ...credentials, ...grant }, 'v3')
    assert.equal(status, 400)
    const message = 'Invalid grant: authorization code is invalid'
    assert.equal(text, `{"statusCode":400,"message":"${message}"}`)
  })

  test('401: older than ten minutes', async () => {
    const code = await consent(server)
    const start = server.now
    server.now = new Date(start.getTime() + 600_000)
    const lateAnswer = await exchange(server, code)
    server.now = new Date(start.getTime() + 599_999)
    const inTime = await exchange(server, code)
    server.now = start
    assert.deepEqual([lateAnswer.status, lateAnswer.text, inTime.status], [401, codeNotFound, 200])
  })

  test('401: used before, and what it gave is over', async () => {
    const code = await consent(server)
    const { body } = await exchange(server, code)
    const { access_token, refresh_token } = body as Record<string, string>
    assert.equal(await statusOf(server, String(access_token)), 200)
    const repeatedAnswer = await exchange(server, code)
    assert.deepEqual([repeatedAnswer.status, repeatedAnswer.text], [401, codeNotFound])
    server.forgetTokens()
    const read = await server.ask('GET', `/opportunities/${demo.opportunityId}`, {
      token: String(access_token),
    })
    assert.deepEqual([read.status, read.text], [401, invalidToken])
    const fields = { ...credentials, grant_type: 'refresh_token', refresh_token }
    assert.equal((await askToken(server, fields)).status, 400)
  })

  test('401: used before by somebody without the secret ends nothing', async () => {
    const code = await consent(server)
    const { body } = await exchange(server, code)
    const thief = await exchange(server, code, { client_secret: 'guessed' })
    assert.equal(thief.status, 401)
    server.forgetTokens()
    assert.equal(await statusOf(server, String(body.access_token)), 200)
  })

  test('401: used many times at once, one gets tokens and they are dead', async () => {
    const code = await consent(server)
    const answers = await Promise.all(Array.from({ length: 6 }, () => exchange(server, code)))
    const winners = answers.filter(({ status }) => status === 200)
    assert.equal(winners.length, 1)
    assert.deepEqual(
      answers.filter(({ status }) => status !== 200).map(({ text }) => text),
      Array(5).fill(codeNotFound),
    )
    server.forgetTokens()
    assert.equal(await statusOf(server, String(winners[0]?.body.access_token)), 401)
  })

  test('401: another app’s', async () => {
    const { clientId, clientSecret } = await createAnotherApp(server)
    const code = await consent(server)
    const otherCredentials = { client_id: clientId, client_secret: clientSecret }
    const stolen = await exchange(server, code, otherCredentials)
    assert.deepEqual([stolen.status, stolen.text], [401, codeNotFound])
    assert.equal((await exchange(server, code)).status, 200)
  })

  test('401: wrong credentials, and the code is still good', async () => {
    const code = await consent(server)
    for (const wrong of [
      { client_id: 'nobody' },
      { client_secret: demo.clientSecret.toUpperCase() },
      { client_secret: 'x'.repeat(10_000) },
    ]) {
      const { status, text } = await exchange(server, code, wrong)
      assert.equal(status, 401)
      assert.equal(
        text,
        '{"error":"UnAuthorized!","error_description":"Invalid client credentials!"}',
      )
    }
    const grant = { ...credentials, client_secret: 'x', grant_type: 'authorization_code', code }
    const { status, text } = await askToken(server, grant, 'v3')
    assert.equal(status, 401)
    const message = 'Invalid client: client is invalid'
    assert.equal(text, `{"statusCode":401,"message":"${message}","error":"Unauthorized"}`)
    assert.equal((await exchange(server, code)).status, 200)
  })

  test('400: missing', async () => {
    for (const code of [undefined, '']) {
      const grant = { ...credentials, grant_type: 'authorization_code', code }
      for (const version of [null, 'v3']) {
        const { status, text } = await askToken(server, grant, version)
        assert.equal(status, 400)
        assert.equal(text, '{"statusCode":400,"message":"Missing parameter: code"}')
      }
    }
  })

  test('400: another redirect_uri than the code was sent to; none at all is fine', async () => {
    const code = await consent(server)
    for (const redirect_uri of [demo.redirectUris[1], `${redirectUri}/`, 'nonsense']) {
      const { status, text } = await exchange(server, code, { redirect_uri })
      assert.equal(status, 400)
      const message = 'Invalid request: redirect_uri is invalid'
      assert.equal(text, `{"statusCode":400,"message":"${message}"}`)
    }
    assert.equal((await exchange(server, code, { redirect_uri: undefined })).status, 200)
  })

  test('400: a deleted location, and the code waits for it', async () => {
    const { locationId } = demo.otherLocation
    const code = await consent(server, { locationId })
    await setDeleted(server, locationId, true)
    const { status, text } = await exchange(server, code)
    await setDeleted(server, locationId, false)
    assert.equal(status, 400)
    assert.equal(text, '{"statusCode":400,"message":"Location is not active"}')
    assert.equal((await exchange(server, code)).status, 200)
  })

  describe('PKCE', () => {
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
    const s256 = { codeChallenge: sha256(verifier), codeChallengeMethod: 'S256' } as const
    const plain = { codeChallenge: verifier, codeChallengeMethod: 'plain' } as const

    test('200: S256 and plain, and plain when no method was named', async () => {
      assert.equal(sha256(verifier), 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
      for (const challenge of [s256, plain, { codeChallenge: verifier }]) {
        const code = await consent(server, challenge)
        const { status } = await exchange(server, code, { code_verifier: verifier })
        assert.equal(status, 200)
      }
    })

    test('400: a challenge and no verifier', async () => {
      const code = await consent(server, s256)
      const { status, text } = await exchange(server, code)
      assert.equal(status, 400)
      assert.equal(text, '{"statusCode":400,"message":"Missing parameter: code_verifier"}')
      const grant = { grant_type: 'authorization_code', code }
      const v3 = await askToken(server, { ...credentials, ...grant }, 'v3')
      assert.equal(v3.text, '{"statusCode":400,"message":"Missing parameter: codeVerifier"}')
    })

    test('400: a wrong verifier uses the code up', async () => {
      for (const [challenge, wrong] of [
        [s256, `${verifier}x`],
        [s256, sha256(verifier)],
        [plain, `${verifier}x`],
        [plain, sha256(verifier)],
      ] as const) {
        const code = await consent(server, challenge)
        const { status, text } = await exchange(server, code, { code_verifier: wrong })
        assert.equal(status, 400)
        const message = 'Invalid grant: code verifier is invalid'
        assert.equal(text, `{"statusCode":400,"message":"${message}"}`)
        assert.equal((await exchange(server, code, { code_verifier: verifier })).text, codeNotFound)
      }
    })

    test('400: a verifier for a code that was asked for without a challenge', async () => {
      const code = await consent(server)
      const { status } = await exchange(server, code, { code_verifier: verifier })
      assert.equal(status, 400)
    })
  })
})
