import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import fs from 'node:fs'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createPrivateIntegration, rotateToken } from '../../../src/auth/private-integrations.ts'
import { openSigningKeys, rotateSigningKey } from '../../../src/auth/signing-keys.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { traceDatabase } from '../../../src/events/trace.ts'
import { createDebug } from '../../../src/http/log/debug.ts'
import { createLog } from '../../../src/http/log/log.ts'
import { createApp } from '../../../src/main.ts'
import { consent, createAnotherApp, exchange, refresh } from '../oauth/client.ts'
import { type Ask, testServer } from '../test-server.ts'
import { allowReadingAll, everything } from './rows.ts'

const wrong = 'pit-5e1fdb0c-2d7a-4c1e-9f63-8b0a4d2c7e12'

describe('secrets', () => {
  const server = testServer()
  before(() => allowReadingAll(server))

  /** Everything secret that the server ever gave to somebody. */
  async function givenSecrets(): Promise<Record<string, string>> {
    const { id, token } = await createPrivateIntegration(
      server.db,
      { name: 'CRM', ...demo, scopes: ['opportunities.readonly'] },
      server.now,
    )
    const rotated = await rotateToken(server.db, { id, oldTokenEnds: 'later' }, server.now)
    const { clientSecret } = await createAnotherApp(server)
    const code = await consent(server)
    const first = (await exchange(server, code)).body
    const second = (await refresh(server, String(first.refresh_token))).body
    return {
      'the sandbox’s token': demo.privateIntegrationToken,
      'a private integration’s token': token,
      'its rotated one': rotated?.token ?? '',
      'the sandbox’s client secret': demo.clientSecret,
      'an app’s client secret': clientSecret,
      'an authorization code': code,
      'an access token': String(first.access_token),
      'a refresh token': String(first.refresh_token),
      'another access token': String(second.access_token),
      'another refresh token': String(second.refresh_token),
      'a password': demo.admin.password,
    }
  }

  test('are not in the database', async () => {
    const secrets = await givenSecrets()
    const rows = (await everything(server)).join('\n')
    for (const [name, secret] of Object.entries(secrets)) {
      assert.ok(secret.length >= 16, name)
      assert.ok(!rows.includes(secret), name)
      // A signed token is two parts that are no secret, and one that is.
      assert.ok(!rows.includes(secret.split('.')[2] ?? secret), name)
    }
  })

  test('what can be guessed is not in the database in a form that a guess can be tried against', async () => {
    const password = 'correct horse battery staple'
    const body = {
      firstName: 'Ada',
      lastName: 'L',
      email: 'guessed@agency.example',
      password,
      companyId: demo.companyId,
      type: 'account',
      role: 'user',
      locationIds: [demo.locationId],
    }
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
    await consent(server, { codeChallenge: verifier })
    const headers = { 'idempotency-key': 'guessed' }
    const token = demo.agencyPrivateIntegrationToken
    const created = await server.ask('POST', '/users/', { token, body, headers })
    assert.equal(created.status, 201, created.text)
    const [key] = await server.db.query<{ kept: string }>(sql`
      select request_hash as kept from idempotency_keys where key = 'guessed'`)
    assert.match(key?.kept ?? '', /^[\w-]{43}$/)
    const rows = (await everything(server)).join('\n')
    assert.ok(!rows.includes(verifier))
    const request = ['POST', '/users/', body]
    const texts = [password, JSON.stringify(body), JSON.stringify(request), request.join('')]
    for (const text of texts) {
      for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512']) {
        for (const encoding of ['hex', 'base64', 'base64url'] as const) {
          assert.ok(!rows.includes(hash(algorithm, text, encoding)), `${algorithm} of ${text}`)
        }
      }
    }
  })

  test('what a request was is known under another signing key too, and not without the secret', async () => {
    const secretKey = 'a secret of this test, long enough'
    const opened = async (secret: string | undefined) => {
      await server.db.query(sql`delete from oauth_signing_keys`)
      return (await openSigningKeys(server.db, secret, server.now)).fingerprint('a text')
    }
    const first = await opened(secretKey)
    assert.equal(await opened(secretKey), first)
    assert.notEqual(await opened('another secret, of length enough too'), first)
    assert.notEqual(await opened(undefined), first)
  })

  test('the key that signs tokens is stored encrypted, and opens with its own secret alone', async () => {
    const secretKey = 'a secret of this test, long enough'
    const stored = await server.db.query(sql`select * from oauth_signing_keys`)
    assert.equal(stored.length, 1)
    await server.db.query(sql`delete from oauth_signing_keys`)
    const keys = await openSigningKeys(server.db, secretKey, server.now)
    const later = new Date(server.now.getTime() + 1)
    await rotateSigningKey(server.db, secretKey, later)
    const rows = await server.db.query<{ key: string }>(sql`
      select private_key as key from oauth_signing_keys`)
    assert.equal(rows.length, 2)
    for (const { key } of rows) assert.match(key, /^aes-256-gcm:[A-Za-z0-9+/]{1000,}=*$/)
    const reopenedKeys = await openSigningKeys(server.db, secretKey, server.now)
    const token = await keys.sign({ sub: 'x', exp: 4_000_000_000 })
    assert.equal((await reopenedKeys.verify(token, server.now)).sub, 'x')
    assert.equal(reopenedKeys.derive('text'), keys.derive('text'))
    for (const other of ['another secret, of length enough too', undefined]) {
      await assert.rejects(
        openSigningKeys(server.db, other, server.now),
        /encrypted with another GROUNDLEVEL_SECRET_KEY/,
      )
      // Else the newest key would be stored as it is.
      await assert.rejects(
        rotateSigningKey(server.db, other, later),
        /encrypted with another GROUNDLEVEL_SECRET_KEY/,
      )
    }
  })

  test('are not in the logs, whatever they come in and however it ends', async () => {
    const lines: string[] = []
    const log = createLog('trace', (line) => lines.push(line))
    const keys = await openSigningKeys(server.db, 'a secret of this test, long enough', server.now)
    let fails = false
    const db: typeof server.db = {
      ...server.db,
      query: (statement) =>
        fails ? Promise.reject(new Error('the database is on fire')) : server.db.query(statement),
    }
    const debug = createDebug(log, { debug: [], logLevel: 'debug' })
    const traced = traceDatabase(db, debug)
    const app = await createApp({ ...server.settings, db: traced, keys }, log, { debug })
    try {
      const url = await app.listen({ port: 0, host: '127.0.0.1' })
      const secrets = [demo.privateIntegrationToken, wrong, 'e30.e30.abcdefghij', demo.clientSecret]
      const path = `/opportunities/${demo.opportunityId}`
      const ask = (method: string, address: string, { token, body, headers = {} }: Ask) =>
        fetch(url + address, {
          method,
          headers: {
            version: '2021-07-28',
            ...(token ? { authorization: `Bearer ${token}` } : {}),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: String(body) }),
        }).then((response) => response.text())
      for (const failing of [false, true]) {
        fails = failing
        for (const token of secrets) {
          await ask('GET', path, { token })
          await ask('GET', `${path}?access_token=${token}`, {})
          await ask('GET', `/opportunities/${token}`, { token })
          await ask('GET', `/nowhere/${token}`, { token })
          await ask('GET', path, { headers: { authorization: token, version: token } })
          await ask('GET', path, { token, headers: { version: token, cookie: `s=${token}` } })
          for (const text of [
            `{"${token}":1}`,
            `{"followers":["${token}"]}`,
            `{"followers":${token}`,
            `"${token}`,
          ]) {
            await ask('POST', `${path}/followers`, { token, body: text })
          }
          const fields = { grant_type: 'authorization_code', code: token, client_secret: token }
          await ask('POST', '/oauth/token', {
            body: JSON.stringify({ client_id: demo.clientId, ...fields }),
          })
          const statement = sql`select ${token}::text::int`
          await traced.query(statement).catch(() => undefined)
          await traced.transaction((tx) => tx.query(statement)).catch(() => undefined)
        }
      }
      assert.ok(lines.length > 50 && lines.some((line) => line.includes('on fire')))
      for (const area of ['http', 'sql', 'auth']) {
        assert.ok(lines.some((line) => line.includes(`"debug":"${area}"`)))
      }
      for (const secret of secrets) {
        assert.deepEqual(
          lines.filter((line) => line.includes(secret)),
          [],
        )
      }
    } finally {
      await app.close()
    }
  })

  test('are compared by the database as hashes, or in constant time', () => {
    const root = fileURLToPath(new URL('../../../src/', import.meta.url))
    const files = fs.globSync('**/*.ts', { cwd: root })
    const word = String.raw`\w*(?:secret|token|password|hash|verifier|challenge|signature|csrf)\w*`
    const comparison = new RegExp(
      String.raw`\b${word}(?:\(.*?\))? [!=]==? (?!undefined|null|''|')|[!=]==? ${word}\b`,
      'gi',
    )
    const found = files.flatMap((file) =>
      [...fs.readFileSync(root + file, 'utf8').matchAll(comparison)].map(
        ([text]) => `${file}: ${text}`,
      ),
    )
    assert.deepEqual(found, [])
    assert.match('if (clientSecret === stored)', comparison, 'such a line would be found')
  })
})
