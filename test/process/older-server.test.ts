import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Database } from '../../src/db/database.ts'
import { type Migration, migrate, readMigrations } from '../../src/db/migrate.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { sql } from '../../src/db/sql.ts'
import { StartupError } from '../../src/db/startup-error.ts'
import { demo } from '../../src/demo/ids.ts'
import { limits } from '../../src/limits.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { openWithDemo } from '../test-database.ts'
import { until } from '../until.ts'
import { ask, cleanUp, run, startServer } from './groundlevel.ts'
import { allowMany, assertEventsMatch, Load } from './load.ts'

const opportunity = `/opportunities/${demo.opportunityId}`
const migrations = readMigrations()

/** The migrations of a next version, which has one more. */
function next(text: string): Migration[] {
  const checksum = createHash('sha256').update(text).digest('hex')
  const version = migrations.length + 1
  return [...migrations, { version, name: `00${version}-next.sql`, text, checksum }]
}

/** Tells what had been written when the new schema was there. */
const witness = `create table witness as
  select (select count(*)::int from outbox) as events, (select count(*)::int from opportunities) as rows`

describe('a server that is older than the schema', { timeout: 300_000 }, () => {
  let postgres: TestPostgres
  let db: Database

  before(async () => {
    postgres = await startPostgres(['fsync=off'])
    db = await openWithDemo(postgres.url)
    await allowMany(db)
  })

  after(async () => {
    await cleanUp()
    await db.close()
    await postgres.stop()
  })

  const serve = () => startServer(['serve', '--rate-limit', 'off'], { DATABASE_URL: postgres.url })

  const isReady = async (url: string) => (await ask(url, 'GET', '/ready')).status === 200

  test('goes on when the migration fails', async (t) => {
    const server = await serve()
    const load = new Load(server.url, 8)
    t.after(() => load.stop())
    await until(() => load.acknowledged > 100)
    const failing = migrate(db, next('create table a (id int); select 1 / 0'))
    await assert.rejects(failing, { code: '22012' })
    await until(() => isReady(server.url))
    const sofar = load.acknowledged
    await until(() => load.acknowledged > sofar + 100)
    await load.stop()
    await load.assertKept(db)
    await assertEventsMatch(db)
    assert.equal((await server.end()).code, 0)
  })

  test('does not share a database user with the migration: that says to stop it', async (t) => {
    const otherUrl = new URL(postgres.url)
    const administer = new pg.Client({ connectionString: postgres.url })
    await administer.connect()
    t.after(() => administer.end())
    await administer.query(`create role other login password 'other'; grant create on schema public
      to other; grant all on all tables in schema public to other`)
    otherUrl.username = 'other'
    otherUrl.password = 'other'
    const server = await serve()
    const migrating = await openPostgres(otherUrl.href)
    t.after(() => migrating.close())
    await administer.query('alter table schema_migrations owner to other')
    await assert.rejects(migrate(migrating, next(witness)), (error) => {
      assert.ok(error instanceof StartupError)
      assert.match(error.message, /connected as another user of the database.* Stop them first\.$/)
      return true
    })
    await administer.query('reassign owned by other to postgres')
    assert.ok(await isReady(server.url))
    assert.equal((await server.end()).code, 0)
  })

  test('writes nothing once the new schema is there, and says so', async (t) => {
    const servers = await Promise.all([serve(), serve()])
    const loads = servers.map(({ url }) => new Load(url, 16))
    t.after(() => Promise.all(loads.map((load) => load.stop())))
    await until(() => loads.every((load) => load.acknowledged > 200))
    const started = performance.now()
    assert.deepEqual(await migrate(db, next(witness)), [`00${migrations.length + 1}-next.sql`])
    t.diagnostic(`migrated under load in ${Math.round(performance.now() - started)} ms`)
    const [at] = await db.query<{ events: number; rows: number }>(sql`select * from witness`)
    await sleep(2_000)
    await Promise.all(loads.map((load) => load.stop()))
    const now = await db.query(sql`
      select (select count(*)::int from outbox) as events,
        (select count(*)::int from opportunities) as rows`)
    assert.deepEqual(now, [at])
    for (const load of loads) {
      assert.equal(load.lost, 0, 'every request was answered')
      await load.assertKept(db)
    }
    await assertEventsMatch(db)
    for (const server of servers) {
      const followers = ask(server.url, 'DELETE', `${opportunity}/followers`, { followers: [] })
      for (const answer of await Promise.all([followers, ask(server.url, 'GET', '/ready')])) {
        assert.equal(answer.status, 503, answer.text)
        assert.equal(answer.headers.get('retry-after'), String(limits.retryAfterSeconds))
      }
      assert.equal((await ask(server.url, 'GET', '/health')).status, 200)
      assert.match(server.stderr, /schema of \d{4}-next\.sql.*another version has migrated it/)
      assert.equal((await server.end()).code, 0)
    }
    const lateRun = await run(['serve', '--port', '0'], { DATABASE_URL: postgres.url })
    assert.match(lateRun.stderr, /^groundlevel: The database has migration .* start that\.\n$/)
  })
})
