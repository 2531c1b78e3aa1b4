import assert from 'node:assert/strict'
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import {
  openSigningKeys,
  rotateSigningKey,
  type SigningKeys,
} from '../../../src/auth/signing-keys.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { invalidJwt } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { claimsOf, consent, invalidToken, statusOf, type Tokens, tokensFor } from './client.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })

describe('access tokens', () => {
  const server = testServer()
  let tokens: Tokens
  let claims: Record<string, unknown>
  let kid: string
  let publicPem: string

  before(async () => {
    tokens = await tokensFor(server, consent(server))
    claims = claimsOf(tokens.access_token)
    kid = JSON.parse(
      Buffer.from(tokens.access_token.split('.')[0] ?? '', 'base64url').toString(),
    ).kid
    const { body } = await server.ask('GET', '/.well-known/jwks.json', { token: null })
    const [key] = body.keys as Record<string, string>[]
    publicPem = createPublicKey({ key: key as never, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString()
  })

  const read = (token: string) =>
    server.ask('GET', `/opportunities/${demo.opportunityId}`, { token })

  /** A token that somebody else signed. */
  function forge(header: object, body: object = claims): string {
    const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid, ...header })}.${encode(body)}`
    return `${signed}.${sign('sha256', Buffer.from(signed), stranger.privateKey).toString('base64url')}`
  }

  async function refused(attacks: Record<string, string>, body = invalidToken): Promise<void> {
    for (const [name, token] of Object.entries(attacks)) {
      const { status, text } = await read(token)
      assert.deepEqual([name, status, text], [name, 401, body])
    }
    assert.equal(await statusOf(server, tokens.access_token), 200)
  }

  test('401: without a signature, in every spelling of none', async () => {
    const attacks: Record<string, string> = {}
    for (const alg of ['none', 'None', 'NONE', '', null]) {
      const header = encode({ alg, typ: 'JWT', kid })
      attacks[`alg ${alg}`] = `${header}.${encode(claims)}.`
      const signature = tokens.access_token.split('.')[2]
      attacks[`alg ${alg} with a signature`] = `${header}.${encode(claims)}.${signature}`
    }
    const [head, body] = tokens.access_token.split('.')
    attacks['signature left out'] = `${head}.${body}.`
    await refused(attacks)
  })

  test('401: signed with the public key as if it were a shared secret', async () => {
    const attacks: Record<string, string> = {}
    for (const alg of ['HS256', 'HS512']) {
      const signed = `${encode({ alg, typ: 'JWT', kid })}.${encode(claims)}`
      const hmac = createHmac(alg === 'HS256' ? 'sha256' : 'sha512', publicPem).update(signed)
      attacks[alg] = `${signed}.${hmac.digest('base64url')}`
    }
    await refused(attacks)
  })

  test('401: signed by another key, whatever it says of keys', async () => {
    const jwk = { ...stranger.publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }
    await refused({
      'our kid': forge({}),
      'no kid': forge({ kid: undefined }),
      'unknown kid': forge({ kid: 'f'.repeat(24) }),
      'kid that is a path': forge({ kid: '../../../../dev/null' }),
      'kid that is SQL': forge({ kid: "' or '1'='1" }),
      'kid that is no text': forge({ kid: { $ne: null } }),
      'key brought along': forge({ jwk }),
      'keys elsewhere': forge({ jku: 'http://127.0.0.1:1/jwks.json', x5u: 'http://127.0.0.1:1/' }),
      'critical header': forge({ crit: ['exp'] }),
      PS256: forge({ alg: 'PS256' }),
      ES256: forge({ alg: 'ES256' }),
    })
  })

  test('401: changed on the way', async () => {
    const [head, , signature] = tokens.access_token.split('.')
    const changed = (more: object) => `${head}.${encode({ ...claims, ...more })}.${signature}`
    await refused({
      'another location': changed({ authClassId: demo.otherLocation.locationId }),
      'another kind': changed({ authClass: 'Company', authClassId: demo.companyId }),
      'a later end': changed({ exp: 4_000_000_000 }),
      'another grant': changed({ jti: 'someoneelse-1' }),
      'another signature': `${tokens.access_token.slice(0, -8)}AAAAAAAA`,
      'a header of its own': `${encode({ alg: 'RS256' })}.${tokens.access_token.split('.')[1]}.${signature}`,
    })
  })

  test('401: expired to the second, and good the second before', async () => {
    const start = server.now
    server.now = new Date(start.getTime() + 86_398_000)
    const inTime = await read(tokens.access_token)
    server.now = new Date(start.getTime() + 86_399_000)
    const lateAnswer = await read(tokens.access_token)
    server.now = start
    assert.deepEqual([inTime.status, lateAnswer.status, lateAnswer.text], [200, 401, invalidToken])
  })

  test('401: rightly signed, but of no grant', async () => {
    const keys = await openSigningKeys(server.db, undefined, server.now)
    const signWith = (more: object) => keys.sign({ ...claims, ...more })
    await refused({
      'unknown grant': await signWith({ jti: '0PqRsTuVwXyZ00000000-1' }),
      'no jti': await signWith({ jti: undefined }),
      'empty jti': await signWith({ jti: '' }),
      'jti that is no text': await signWith({ jti: { a: 1 } }),
      'jti with NUL': await signWith({ jti: 'a\0b-1' }),
    })
    assert.equal((await read(await signWith({}))).status, 200)
  })

  test('401: not of the form of a JWT', async () => {
    const [head, body] = tokens.access_token.split('.')
    const attacks = {
      text: 'ab12dc0ae1234a7898f9ff06d4f69gh',
      dots: '..',
      'two parts': `${head}.${body}`,
      'not base64': 'ä.ö.ü'.normalize('NFD').replaceAll(/[^\w.]/g, '*'),
      'five parts, as encrypted ones': 'a.b.c.d.e',
      'a refresh token': tokens.refresh_token,
    }
    await refused(attacks, invalidJwt)
  })

  test('401: of that form with something else in it, and a very long one', async () => {
    const [head, , signature] = tokens.access_token.split('.')
    await refused({
      'not JSON': `${Buffer.from('hello').toString('base64url')}.${signature}.${signature}`,
      'JSON of nothing': `${encode(null)}.${encode(null)}.${signature}`,
      'a list': `${head}.${encode([1, 2])}.${signature}`,
      long: `${head}.${encode({ ...claims, long: 'x'.repeat(8_000) })}.${signature}`,
    })
  })

  test('431: longer than headers may be', async () => {
    const response = await fetch(`${server.url}/opportunities/${demo.opportunityId}`, {
      headers: { authorization: `Bearer ${'x'.repeat(20_000)}`, version: '2021-07-28' },
    })
    assert.equal(response.status, 431)
  })

  test('200: blanks around the token, and any case of the scheme', async () => {
    for (const authorization of [
      `bearer ${tokens.access_token}`,
      `BEARER   ${tokens.access_token}  `,
    ]) {
      const path = `/opportunities/${demo.opportunityId}`
      const { status } = await server.ask('GET', path, { token: null, headers: { authorization } })
      assert.equal(status, 200)
    }
  })

  test('401: a scope that was not granted', async () => {
    const { access_token } = await tokensFor(
      server,
      consent(server, { scopes: ['contacts.readonly'] }),
    )
    const { status, text } = await read(access_token)
    assert.equal(status, 401)
    assert.equal(text, '{"statusCode":401,"message":"The token is not authorized for this scope."}')
  })

  describe('GET /.well-known/jwks.json', () => {
    test('200: verifies a token for whoever asks, and holds nothing secret', async () => {
      const { status, headers, body } = await server.ask('GET', '/.well-known/jwks.json', {
        token: null,
        version: null,
      })
      assert.equal(status, 200)
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
      const [key] = body.keys as object[]
      assert.deepEqual(Object.keys(key ?? {}).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
      const jwks = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`))
      const options = { currentDate: server.now, algorithms: ['RS256'] }
      const { payload } = await jwtVerify(tokens.access_token, jwks, options)
      assert.equal(payload.authClassId, demo.locationId)
    })

    test('200: after a rotation tokens of the key before are good, and the new key signs', async () => {
      const newest = await rotateSigningKey(server.db, undefined, new Date())
      const keys = await openSigningKeys(server.db, undefined, new Date())
      assert.deepEqual(
        (await keys.jwks()).keys.map((key) => key.kid),
        [newest, kid],
      )
      const { jti } = await keys.verify(tokens.access_token, server.now)
      assert.equal(jti, claims.jti)
      const [header] = (await keys.sign(claims)).split('.')
      assert.equal(JSON.parse(Buffer.from(header ?? '', 'base64url').toString()).kid, newest)
    })

    describe('for a server that read the keys before a rotation', () => {
      let running: SigningKeys
      let newest = ''
      before(async () => {
        running = await openSigningKeys(server.db, undefined, new Date())
        newest = await rotateSigningKey(server.db, undefined, new Date())
      })
      const kidOf = (token: string) =>
        JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid

      test('200: tokens of the new key are good at once, however many come together', async (t) => {
        const signed = await (await openSigningKeys(server.db, undefined, new Date())).sign(claims)
        assert.equal(kidOf(signed), newest)
        const start = performance.now()
        t.mock.method(performance, 'now', () => start + 1_000)
        const claimSets = await Promise.all([1, 2, 3].map(() => running.verify(signed, server.now)))
        assert.deepEqual(
          claimSets.map(({ jti }) => jti),
          [claims.jti, claims.jti, claims.jti],
        )
      })

      test('the new key signs after a minute at most', async (t) => {
        newest = await rotateSigningKey(server.db, undefined, new Date())
        const start = performance.now()
        let passed = 1_000
        t.mock.method(performance, 'now', () => start + passed)
        assert.notEqual(kidOf(await running.sign(claims)), newest)
        passed += 60_000
        assert.equal(kidOf(await running.sign(claims)), newest)
      })

      test('a key that is ended at once signs and opens nothing after a minute', async (t) => {
        const signed = await running.sign(claims)
        newest = await rotateSigningKey(server.db, undefined, new Date(), 'now')
        const fresh = await openSigningKeys(server.db, undefined, new Date())
        assert.deepEqual(
          (await fresh.jwks()).keys.map((key) => key.kid),
          [newest],
        )
        await assert.rejects(fresh.verify(signed, server.now))
        assert.ok(await running.verify(signed, server.now))
        const start = performance.now()
        t.mock.method(performance, 'now', () => start + 600_000)
        await assert.rejects(running.verify(signed, server.now))
        assert.equal(kidOf(await running.sign(claims)), newest)
      })
    })
  })
})

describe('the first key', () => {
  const server = testServer()

  test('is the same for all processes that start at once on an empty database', async () => {
    await server.db.query(sql`delete from oauth_signing_keys`)
    const opened = await Promise.all(
      [1, 2, 3].map(() => openSigningKeys(server.db, undefined, new Date())),
    )
    const kids = await Promise.all(opened.map(async (keys) => (await keys.jwks()).keys[0]?.kid))
    assert.deepEqual(kids, Array(3).fill(kids[0]))
    const secrets = opened.map((keys) => keys.derive('a text'))
    assert.deepEqual(secrets, Array(3).fill(secrets[0]))
    const stored = await server.db.query(sql`select kid from oauth_signing_keys`)
    assert.deepEqual(stored, [{ kid: kids[0] }])
  })
})
