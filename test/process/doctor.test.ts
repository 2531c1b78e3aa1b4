import assert from 'node:assert/strict'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { cleanUp, run, startServer, temporaryDirectory } from './groundlevel.ts'

type Check = { name: string; level: string; found: string; todo?: string }

describe('groundlevel doctor', { timeout: 300_000 }, () => {
  let postgres: TestPostgres

  before(async () => {
    postgres = await startPostgres(['fsync=off'])
    assert.equal((await run(['migrate'], { DATABASE_URL: postgres.url })).code, 0)
  })
  after(async () => {
    await cleanUp()
    await postgres.stop()
  })

  /** Runs it; every check by its name, and how it ended. */
  async function examine(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<{ code: number | null; checks: Record<string, Check>; order: string[] }> {
    const port = args.includes('--port') ? [] : ['--port', '0']
    const { code, stdout, stderr } = await run(['doctor', '--json', ...port, ...args], env)
    assert.equal(stderr, '')
    const { checks } = JSON.parse(stdout) as { checks: Check[] }
    const byName = Object.fromEntries(checks.map((check) => [check.name, check]))
    return { code, checks: byName, order: checks.map(({ name }) => name) }
  }

  /** Runs statements as the database's owner. */
  async function execute(text: string, url = postgres.url): Promise<void> {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(text)
    await client.end()
  }

  test('names all that is well, in lines of text', async () => {
    const { code, stdout } = await run(['doctor', '--port', '0'], { DATABASE_URL: postgres.url })
    assert.equal(code, 0)
    const names = ['node', 'port', 'database', 'clock', 'rights', 'schema', 'counts', 'secret key']
    const lines = stdout.trimEnd().split('\n')
    assert.equal(lines.length, names.length)
    lines.forEach((line, i) => {
      assert.ok(line.startsWith(`ok    ${names[i]?.padEnd(12)}`), line)
    })
    assert.match(stdout, /postgres, PostgreSQL \d+\.\d+/)
  })

  test('of a database that does not answer, and of an address that is none', async () => {
    const away = await examine(['--database-url', 'postgres://x@127.0.0.1:1/x'])
    assert.equal(away.code, 1)
    assert.deepEqual(away.order, ['node', 'port', 'database'])
    assert.match(away.checks.database?.found ?? '', /does not answer \(.*ECONNREFUSED/)
    assert.match(away.checks.database?.todo ?? '', /^Start it, or mend its address/)
    const examined = await examine(['--database-url', 'https://h/db'])
    assert.equal(examined.code, 1)
    assert.match(examined.checks.database?.found ?? '', /postgres:\/\/user:password@host/)
  })

  test('of a port that somebody else has, and of one that a server of ours has', async () => {
    const holder = net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const usedPort = String((holder.address() as net.AddressInfo).port)
    const usedPortResult = await examine(['--data-dir', 'memory', '--port', usedPort])
    holder.close()
    assert.equal(usedPortResult.code, 1)
    assert.equal(usedPortResult.checks.port?.level, 'fail')
    assert.match(usedPortResult.checks.port?.found ?? '', /\(EADDRINUSE\)$/)
    const server = await startServer(['dev', '--data-dir', 'memory'])
    const ours = await examine(['--data-dir', 'memory', '--port', new URL(server.url).port])
    await server.end()
    assert.equal(ours.code, 0)
    assert.match(ours.checks.port?.found ?? '', /is a Groundlevel that answers$/)
  })

  test('of a directory: where there is nothing, where a server holds it, and where it is free', async () => {
    const directory = path.join(temporaryDirectory(), 'data')
    const examined = await examine(['--data-dir', directory])
    assert.equal(examined.code, 0)
    assert.match(examined.checks.database?.found ?? '', /there is none in .* yet/)
    assert.ok(!fs.existsSync(directory), 'nothing is made')
    const server = await startServer(['dev', '--data-dir', directory])
    const held = await examine(['--data-dir', directory])
    assert.equal(held.code, 0)
    assert.equal(held.checks.database?.level, 'warn')
    assert.match(held.checks.database?.found ?? '', /a running Groundlevel holds/)
    await server.end()
    const free = await examine(['--data-dir', directory])
    assert.equal(free.code, 0)
    assert.match(free.checks.disk?.found ?? '', /MiB free at/)
    assert.match(free.checks.database?.found ?? '', /^pglite, PostgreSQL/)
    assert.equal(free.checks['secret key']?.found, 'opens 1 keys')
    fs.writeFileSync(path.join(directory, 'version'), 'pglite-0.1\n')
    const lockedResult = await examine(['--data-dir', directory])
    assert.equal(lockedResult.code, 1)
    assert.match(lockedResult.checks.database?.found ?? '', /was made by pglite-0\.1/)
  })

  test('of a role without rights, and of a database that may not be written', async () => {
    await execute('create role guest login')
    await execute('create database closed template template0')
    const guest = new URL(postgres.url)
    guest.username = 'guest'
    guest.pathname = '/closed'
    const closed = await examine(['--database-url', guest.href])
    assert.equal(closed.code, 1)
    assert.equal(closed.checks.rights?.found, 'guest may not create tables')
    assert.match(closed.checks.rights?.todo ?? '', /grant create/)
    assert.match(closed.checks.schema?.found ?? '', /^to apply: 0001-/)
    guest.pathname = new URL(postgres.url).pathname
    await execute('grant create, usage on schema public to guest')
    const unwritable = await examine(['--database-url', guest.href])
    assert.match(unwritable.checks.rights?.found ?? '', /^guest may not write .*locations/)
    guest.pathname = '/closed'
    await execute('alter role guest set default_transaction_read_only = on')
    const readOnly = await examine(['--database-url', guest.href])
    assert.equal(readOnly.checks.rights?.found, 'the database is read-only')
  })

  test('of a schema that is behind, ahead or changed', async () => {
    await execute('create database schema_test')
    const address = new URL(postgres.url)
    address.pathname = '/schema_test'
    const args = ['--database-url', address.href]
    const behind = await examine(args)
    assert.equal(behind.code, 0)
    assert.equal(behind.checks.schema?.level, 'warn')
    assert.match(behind.checks.schema?.todo ?? '', /groundlevel migrate/)
    assert.equal((await run(['migrate', ...args])).code, 0)
    await execute(
      `insert into schema_migrations (version, name, checksum, applied_at)
        values (999, '0999-later.sql', 'x', now())`,
      address.href,
    )
    const ahead = await examine(args)
    assert.equal(ahead.code, 1)
    assert.match(
      ahead.checks.schema?.found ?? '',
      /0999-later\.sql, which this Groundlevel does not/,
    )
    await execute(
      `delete from schema_migrations where version = 999;
        update schema_migrations set checksum = 'x' where version = 1`,
      address.href,
    )
    const changed = await examine(args)
    assert.equal(changed.code, 1)
    assert.match(changed.checks.schema?.found ?? '', /its 0001-server\.sql differs/)
  })

  test('of totals that are off, which --recount puts right', async () => {
    const env = { DATABASE_URL: postgres.url }
    assert.equal((await run(['location', 'create', '--name', 'A'], env)).code, 0)
    await execute(`insert into opportunity_counts (location_id, follower, pipeline_id,
      pipeline_stage_id, status, assigned_to, count, value, weighted, unweighted)
      select location_id, '', 'p', 's', 'open', '*', 1, 0, 0, 0 from locations`)
    const off = await examine([], env)
    assert.equal(off.code, 1)
    assert.match(off.checks.counts?.found ?? '', /^wrong totals of opportunities in \w{20}$/)
    assert.equal(off.checks.counts?.todo, 'Run groundlevel doctor --recount.')
    const mended = await examine(['--recount'], env)
    assert.equal(mended.code, 0)
    assert.equal(mended.checks.counts?.level, 'ok')
  })

  test('of a secret key that is not there, and of another one', async () => {
    const env = { DATABASE_URL: postgres.url }
    const missing = await examine([], { ...env, GROUNDLEVEL_SECRET_KEY: undefined })
    assert.equal(missing.code, 1)
    assert.match(missing.checks['secret key']?.found ?? '', /^Set GROUNDLEVEL_SECRET_KEY/)
    await (await startServer(['serve'], env)).end()
    assert.equal((await examine([], env)).checks['secret key']?.found, 'opens 1 keys')
    const otherEnv = { ...env, GROUNDLEVEL_SECRET_KEY: 'another secret key, of length enough too' }
    const wrong = await examine([], otherEnv)
    assert.equal(wrong.code, 1)
    assert.match(wrong.checks['secret key']?.found ?? '', /encrypted with another/)
    assert.ok(!JSON.stringify(wrong).includes('another secret key'))
  })
})
