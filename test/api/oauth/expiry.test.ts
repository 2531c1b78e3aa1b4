import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import pino from 'pino'
import { findInstall, uninstallApp } from '../../../src/api/oauth/installs/install.ts'
import { oauthLimits } from '../../../src/api/oauth/limits.ts'
import { beginSession } from '../../../src/auth/sessions.ts'
import { rotateSigningKey } from '../../../src/auth/signing-keys.ts'
import type { Queryable } from '../../../src/db/database.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { expiryTask, removeExpired } from '../../../src/events/expiry.ts'
import { runPeriodically } from '../../../src/events/periodic.ts'
import { createServer } from '../../../src/http/server.ts'
import { limits } from '../../../src/limits.ts'
import { expiryStatements } from '../../../src/main.ts'
import { until } from '../../until.ts'
import { testServer } from '../test-server.ts'
import { agencyConsent, consent, exchange, form, refresh, statusOf, tokensFor } from './client.ts'

const day = 86_400_000
const { clientId, companyId, locationId } = demo

type Counts = Record<'sessions' | 'codes' | 'tokens' | 'grants' | 'keys', number>
type Table = keyof Counts

describe('what has expired is removed', () => {
  const server = testServer()
  const begun = server.now

  const counts = async (): Promise<Counts> => {
    const [row] = await server.db.query<Counts>(sql`
      select (select count(*) from sessions) as sessions,
        (select count(*) from oauth_codes) as codes,
        (select count(*) from oauth_refresh_tokens) as tokens,
        (select count(*) from oauth_grants) as grants,
        (select count(*) from oauth_signing_keys) as keys`)
    assert.ok(row)
    return row
  }
  /** Removes as if it were so much later than the beginning, and says what that removed. */
  const expiredAfter = async (ms: number): Promise<Partial<Counts>> => {
    const earlier = await counts()
    const total = await removeExpired(server.db, expiryStatements, new Date(begun.getTime() + ms))
    const laterCounts = await counts()
    const removed = (Object.keys(laterCounts) as Table[])
      .map((table) => [table, earlier[table] - laterCounts[table]] as const)
      .filter(([, count]) => count !== 0)
    if (total === 0) assert.deepEqual(removed, [])
    return Object.fromEntries(removed)
  }

  beforeEach(async () => {
    server.now = begun
    await server.db.query(sql`delete from oauth_grants`)
    await server.db.query(sql`delete from oauth_codes`)
    await server.db.query(sql`delete from sessions`)
  })

  test('nothing of what lives, nor of what ended within a day', async () => {
    await tokensFor(server, consent(server))
    await tokensFor(server, agencyConsent(server))
    await beginSession(server.db, 'secret', { id: demo.admin.id }, begun)
    assert.deepEqual(await expiredAfter(0), {})
    assert.deepEqual(await expiredAfter(oauthLimits.codeMsMax + day - 1), {})
  })

  test('a code, a day after its time; what it gave lives on', async () => {
    const tokens = await tokensFor(server, consent(server))
    assert.deepEqual(await expiredAfter(oauthLimits.codeMsMax + day), { codes: 1 })
    assert.equal(await statusOf(server, tokens.access_token), 200)
    assert.equal((await refresh(server, tokens.refresh_token)).status, 200)
  })

  test('a code that is used twice still ends what it gave, however often is removed', async () => {
    const code = await consent(server)
    const { body } = await exchange(server, code)
    server.now = new Date(begun.getTime() + oauthLimits.codeMsMax - 1)
    assert.equal(await removeExpired(server.db, expiryStatements, server.now), 0)
    assert.equal((await exchange(server, code)).status, 401)
    server.forgetTokens()
    assert.equal(await statusOf(server, String(body.access_token)), 401)
  })

  test('a session, a day after its end', async () => {
    await beginSession(server.db, 'secret', { id: demo.admin.id }, begun)
    const end = limits.sessionSecondsMax * 1000 + day
    assert.deepEqual(await expiredAfter(end - 1), {})
    assert.deepEqual(await expiredAfter(end), { sessions: 1 })
  })

  test('a grant with all its tokens, a day after it was revoked, and no other', async () => {
    const tokens = await tokensFor(server, consent(server))
    await refresh(server, tokens.refresh_token)
    const otherTenant = { locationId: demo.otherLocation.locationId }
    const living = await tokensFor(server, consent(server, otherTenant))
    const install = String(await findInstall(server.db, { clientId, companyId, locationId }))
    await uninstallApp(server.db, install, begun)
    assert.deepEqual(await expiredAfter(day - 1), {})
    assert.deepEqual(await expiredAfter(day), { grants: 1, tokens: 2 })
    assert.equal((await refresh(server, living.refresh_token)).status, 200)
    assert.equal((await refresh(server, tokens.refresh_token)).status, 400)
    assert.equal(await statusOf(server, tokens.access_token), 401)
  })

  test('a refresh token, used or not, a day after its year, with the grant of the last', async () => {
    const tokens = await tokensFor(server, consent(server))
    server.now = new Date(begun.getTime() + 10 * day)
    const next = await refresh(server, tokens.refresh_token)
    await removeExpired(server.db, expiryStatements, server.now)
    const year = oauthLimits.refreshTokenMsMax
    assert.deepEqual(await expiredAfter(year + day - 1), {})
    assert.deepEqual(await expiredAfter(year + day), { tokens: 1 })
    server.now = new Date(begun.getTime() + year + 9 * day)
    assert.equal((await refresh(server, String(next.body.refresh_token))).status, 200)
    const last = year + 9 * day + year + day
    assert.deepEqual(await expiredAfter(last - 1), { tokens: 1 })
    assert.deepEqual(await expiredAfter(last), { tokens: 1, grants: 1 })
  })

  test('a code, and the location’s grant of it stays apart from the one of the agency', async () => {
    const locationTokens = await tokensFor(server, consent(server))
    const agency = await tokensFor(server, agencyConsent(server, []))
    await removeExpired(server.db, expiryStatements, new Date(begun.getTime() + 2 * day))
    assert.equal((await counts()).codes, 0)
    const request = form({ companyId, locationId })
    const issued = await server.ask('POST', '/oauth/locationToken', {
      ...request,
      token: agency.access_token,
    })
    assert.equal(issued.status, 200, issued.text)
    const { client_id, client_secret } = { client_id: clientId, client_secret: demo.clientSecret }
    const token = String(issued.body.refresh_token)
    const fields = form({ client_id, client_secret, token })
    assert.equal(
      (await server.ask('POST', '/oauth/revoke', { ...fields, token: null })).status,
      200,
    )
    assert.equal((await refresh(server, token)).status, 400)
    assert.equal((await refresh(server, locationTokens.refresh_token)).status, 200)
  })

  test('a retired key, a day after the last of its tokens', async () => {
    await removeExpired(server.db, expiryStatements, begun)
    const earlier = (await counts()).keys
    await rotateSigningKey(server.db, undefined, begun)
    assert.equal((await counts()).keys, earlier + 1)
    assert.deepEqual(await expiredAfter(3 * day - 1), {})
    assert.deepEqual(await expiredAfter(3 * day), { keys: earlier })
  })

  describe('of many rows', () => {
    const rowCount = 2 * limits.expiryRows + 1
    const laterDate = new Date(begun.getTime() + 10 * day)
    beforeEach(async () => {
      await server.db.query(sql`
        insert into sessions (hash, user_id, created_at, expires_at)
        select 'session ' || i, ${demo.admin.id}, ${begun}, ${begun}
        from generate_series(1, ${rowCount}::int) i`)
    })

    test('all of them, in commits of some', async () => {
      const sizes: number[] = []
      const noting: Queryable = {
        async query<Row>(statement: Parameters<Queryable['query']>[0]) {
          const rows = await server.db.query<Row>(statement)
          sizes.push(rows.length)
          return rows
        },
      }
      assert.equal(await removeExpired(noting, expiryStatements, laterDate), rowCount)
      const { expiryRows: most } = limits
      assert.deepEqual(
        sizes.filter((size) => size > 0),
        [most, most, 1],
      )
    })

    test('each once, by several servers at once', async () => {
      const totals = await Promise.all(
        [1, 2, 3].map(() => removeExpired(server.db, expiryStatements, laterDate)),
      )
      assert.equal(
        totals.reduce((sum, total) => sum + total),
        rowCount,
      )
      assert.equal((await counts()).sessions, 0)
    })

    test('no more of them once the server stops', async () => {
      let queryCount = 0
      const total = await removeExpired(
        server.db,
        expiryStatements,
        laterDate,
        () => ++queryCount > 1,
      )
      assert.equal(total, limits.expiryRows)
    })
  })

  describe('on a timer', () => {
    const logged: string[] = []
    const log = pino({ base: null }, { write: (line: string) => void logged.push(line) })
    const app = createServer(log)
    let failures = 2
    const db = new Proxy({} as typeof server.db, {
      get: (_target, name) => {
        if (name !== 'query') return Reflect.get(server.db, name)
        if (failures-- > 0) return () => Promise.reject(new Error('no database'))
        return server.db.query.bind(server.db)
      },
    })
    before(async () => {
      const now = () => new Date(begun.getTime() + 10 * day)
      runPeriodically(app, { db, now }, expiryTask(expiryStatements, 5))
    })
    after(() => app.close())

    test('from when it listens, through errors, until it is closed', async () => {
      const begin = () => beginSession(server.db, 'secret', { id: demo.admin.id }, begun)
      const count = async () => (await counts()).sessions
      await begin()
      await app.listen({ port: 0, host: '127.0.0.1' })
      await until(async () => (await count()) === 0)
      assert.equal(await count(), 0)
      const errors = logged.filter((line) => line.includes('what has expired could not be removed'))
      assert.equal(errors.length, 2)
      await app.close()
      await begin()
      await new Promise((resolve) => setTimeout(resolve, 50))
      assert.equal(await count(), 1)
    })
  })
})
