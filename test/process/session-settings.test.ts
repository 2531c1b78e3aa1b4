import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { demo } from '../../src/demo/ids.ts'
import { limits } from '../../src/limits.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { openWithDemo } from '../test-database.ts'
import { until } from '../until.ts'
import { cleanUp, type Groundlevel, startServer } from './groundlevel.ts'

/** Writes answer this long after the database takes them again. */
const recoverMsMax = 5_000

describe('settings of the database change under a server', { timeout: 120_000 }, () => {
  let postgres: TestPostgres
  let admin: pg.Client
  let server: Groundlevel & { url: string }

  before(async () => {
    postgres = await startPostgres(['fsync=off'])
    const db = await openWithDemo(postgres.url)
    await db.close()
    // What a connection asks for counts before what its role or database was given.
    admin = new pg.Client({
      connectionString: postgres.url,
      options: '-c search_path=public -c default_transaction_read_only=off',
    })
    await admin.connect()
    await admin.query('create role stranger')
    server = await startServer(['serve', '--rate-limit', 'off'], { DATABASE_URL: postgres.url })
  })

  after(async () => {
    await cleanUp()
    await admin.end()
    await postgres.stop()
  })

  async function ask(method: string, path: string, headers = {}, body?: object): Promise<number> {
    const response = await fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${demo.privateIntegrationToken}`,
        version: '2021-07-28',
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    await response.arrayBuffer()
    return response.status
  }

  const opportunity = `/opportunities/${demo.opportunityId}`
  const ready = () => ask('GET', '/ready')
  const read = () => ask('GET', opportunity)
  const write = () => ask('PUT', `${opportunity}/status`, {}, { status: 'open' })
  let key = 0
  const writeInTransaction = () =>
    ask('PUT', `${opportunity}/status`, { 'idempotency-key': `key-${key++}` }, { status: 'open' })
  /** More at once than there are connections, so that each of them is used. */
  const many = async (one: () => Promise<number>) =>
    (await Promise.all(Array.from({ length: 24 }, one))).every((status) => status === 200)

  /** Ends the sessions of the server, which begins its next ones with the settings of now. */
  const endSessions = () =>
    admin.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where application_name like 'groundlevel%'`)

  for (const whose of ['database', 'role']) {
    test(`a ${whose} only reads: 503, /ready too, and writes within 5 s of its end`, async () => {
      assert.ok((await many(write)) && (await many(writeInTransaction)))
      await admin.query(`alter ${whose} postgres set default_transaction_read_only = on`)
      await endSessions()
      await until(async () => (await read()) === 200 && (await ready()) === 503)
      // Past the age at which a session is given up, and again.
      for (let i = 0; i < 3; i++) {
        await sleep(limits.sessionMsMin * 0.7)
        assert.deepEqual(
          [await write(), await writeInTransaction(), await ready()],
          [503, 503, 503],
        )
        assert.deepEqual([await read(), await ask('GET', '/health')], [200, 200])
      }
      await admin.query(`alter ${whose} postgres reset default_transaction_read_only`)
      const resetAt = performance.now()
      await until(async () => (await ready()) === 200, recoverMsMax)
      await until(async () => (await many(write)) && (await many(writeInTransaction)), recoverMsMax)
      assert.ok(performance.now() - resetAt < recoverMsMax)
      assert.ok((await many(read)) && (await many(write)) && (await many(writeInTransaction)))
    })
  }

  test('a search path, a role or an isolation of before does not outlive its first error', async () => {
    for (const set of [
      'alter role postgres set search_path = nowhere',
      'alter role postgres set role = stranger',
      "alter role postgres set default_transaction_isolation = 'serializable'",
    ]) {
      assert.ok(await many(write), set)
      await admin.query(set)
      await endSessions()
      await many(write)
      await sleep(limits.sessionMsMin * 1.1)
      await many(write)
      await admin.query('alter role postgres reset all')
      await until(async () => (await many(write)) && (await many(read)), recoverMsMax)
      await until(() => many(writeInTransaction), recoverMsMax)
    }
  })

  test('a statement that was prepared before a column came works again', async () => {
    assert.ok((await many(read)) && (await many(write)) && (await many(writeInTransaction)))
    await sleep(limits.sessionMsMin * 1.1)
    await admin.query('alter table opportunities alter column source type varchar(6000)')
    await until(async () => (await many(read)) && (await many(write)), recoverMsMax)
    await until(() => many(writeInTransaction), recoverMsMax)
  })
})
