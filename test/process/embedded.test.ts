import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPglite } from '../../src/db/pglite/open.ts'
import { sql } from '../../src/db/sql.ts'
import { demo } from '../../src/demo/ids.ts'
import { demoImage } from '../../src/demo/image.ts'
import { until } from '../until.ts'
import { ask, cleanUp, Groundlevel, run, startServer, temporaryDirectory } from './groundlevel.ts'
import { allowMany, assertEventsMatch, Load } from './load.ts'

const opportunity = `/opportunities/${demo.opportunityId}`
const dev = (directory: string) => ['dev', '--data-dir', directory]

/** Opens a data directory that no process holds, and closes it again. */
async function inDirectory(
  directory: string,
  look: (db: Awaited<ReturnType<typeof openPglite>>) => Promise<void>,
): Promise<void> {
  const db = await openPglite(directory, demoImage)
  try {
    await look(db)
  } finally {
    await db.close()
  }
}

/** A command that fails on a mistake says so in a sentence: no stack, nothing on stdout. */
async function assertRefused(args: string[], sentence: RegExp): Promise<void> {
  const { code, stdout, stderr } = await run(args)
  assert.equal(code, 1, stderr)
  assert.equal(stdout, '')
  assert.match(stderr, /^groundlevel: [^\n]+\.\n$/, 'one sentence, without a stack')
  assert.match(stderr, sentence)
}

/** A directory as a first start leaves it, and as each test begins with a copy of it. */
let good: string

before(async () => {
  good = path.join(temporaryDirectory(), 'data')
  await inDirectory(good, allowMany)
})

after(cleanUp)

/** A copy of it, with something done to it. */
function copied(change: (directory: string) => void = () => undefined): string {
  const directory = path.join(temporaryDirectory(), 'data')
  fs.cpSync(good, directory, { recursive: true })
  change(directory)
  return directory
}

describe('the embedded database', { timeout: 300_000 }, () => {
  test('keeps every acknowledged change through kill -9, three times over', async (t) => {
    const directory = copied()
    for (let round = 0; round < 3; round++) {
      const server = await startServer(dev(directory))
      const load = new Load(server.url, 16)
      await until(() => load.acknowledged > 50)
      await sleep(Math.random() * 1000)
      await server.end('SIGKILL')
      await load.stop()
      t.diagnostic(`${load.acknowledged} changes acknowledged before kill -9`)
      await inDirectory(directory, async (db) => {
        await load.assertKept(db)
        await assertEventsMatch(db)
      })
    }
  })

  test('belongs to one process, and to the next as soon as that is gone', async () => {
    const directory = copied()
    const first = await startServer(dev(directory))
    await assertRefused([...dev(directory), '--port', '0'], /is in use by another Groundlevel/)
    await assertRefused(['location', 'list', '--data-dir', directory], /is in use by another/)
    assert.equal((await ask(first.url, 'GET', opportunity)).status, 200)
    await first.end('SIGKILL')
    const second = await startServer(dev(directory))
    assert.equal((await ask(second.url, 'GET', opportunity)).status, 200)
    assert.equal((await second.end()).code, 0)
  })

  test('opens after a first start that was killed at any moment', async (t) => {
    const measured = new Groundlevel([...dev(path.join(temporaryDirectory(), 'data')), '--json'], {
      PORT: '0',
    })
    await measured.line()
    const startMs = performance.now() - measured.started
    await measured.end('SIGKILL')
    for (let i = 0; i < 3; i++) {
      const directory = path.join(temporaryDirectory(), 'data')
      // Most of the time goes by before the directory is touched.
      const wait = startMs * (0.3 + 0.25 * i + Math.random() * 0.1)
      const child = new Groundlevel([...dev(directory), '--json', '--port', '0'])
      await sleep(wait)
      await child.end('SIGKILL')
      const leftFiles = fs.existsSync(directory) ? fs.readdirSync(directory).join(' ') : 'nothing'
      t.diagnostic(`killed after ${Math.round(wait)} of ${Math.round(startMs)} ms: ${leftFiles}`)
      await inDirectory(directory, async (db) => {
        const [row] = await db.query<{ count: number }>(sql`
          select count(*) as count from opportunities where location_id = ${demo.locationId}`)
        assert.equal(row?.count, 60)
      })
    }
  })

  test('syncs every commit to the disk', async () => {
    await inDirectory(copied(), async (db) => {
      const atFirst = await db.syncs()
      for (let i = 0; i < 20; i++) await allowMany(db)
      const after = await db.syncs()
      assert.ok(after - atFirst >= 20, `${after - atFirst} syncs for 20 commits`)
      await db.query(sql`select 1`)
      assert.equal(await db.syncs(), after, 'reading needs none')
    })
  })

  test('in memory forgets everything, and begins the same each time', async () => {
    const args = dev('memory')
    const [firstServer, secondServer] = await Promise.all([startServer(args), startServer(args)])
    const { url: _one, pid: _onePid, ...firstLine } = await firstServer.line()
    const { url: _other, pid: _otherPid, ...otherLine } = await secondServer.line()
    assert.deepEqual(otherLine, firstLine)
    const removed = await ask(firstServer.url, 'DELETE', `${opportunity}/followers`, {
      followers: demo.followers,
    })
    assert.equal(removed.status, 200)
    await firstServer.end()
    const restarted = await startServer(args)
    const bodies = await Promise.all(
      [secondServer, restarted].map(async ({ url }) => {
        const { traceId, ...body } = JSON.parse((await ask(url, 'GET', opportunity)).text)
        assert.ok(traceId)
        return body
      }),
    )
    assert.deepEqual(bodies[0], bodies[1])
    assert.deepEqual(bodies[0].opportunity.followers, demo.followers)
    assert.deepEqual(await Promise.all([secondServer.end(), restarted.end()]), [
      { code: 0, signal: null },
      { code: 0, signal: null },
    ])
  })
})

describe('a data directory that cannot be used', { timeout: 300_000 }, () => {
  const removed = (...names: string[]) =>
    copied((directory) => fs.rmSync(path.join(directory, ...names)))
  const truncated = (length: number, ...names: string[]) =>
    copied((directory) => fs.truncateSync(path.join(directory, ...names), length))
  const written = (text: string, ...names: string[]) =>
    copied((directory) => fs.writeFileSync(path.join(directory, ...names), text))

  test('because it cannot be there, or be written', async () => {
    const file = path.join(temporaryDirectory(), 'file')
    fs.writeFileSync(file, 'not a directory')
    for (const directory of [file, path.join(file, 'sub')]) {
      await assertRefused([...dev(directory), '--port', '0'], /cannot be used .*--data-dir/)
    }
    assert.equal(fs.readFileSync(file, 'utf8'), 'not a directory')
  })

  test('because another version made it', async () => {
    const directory = written('pglite-0.1\n', 'version')
    await assertRefused([...dev(directory), '--port', '0'], /made by pglite-0\.1/)
    assert.ok(fs.existsSync(path.join(directory, 'pgdata', 'PG_VERSION')), 'nothing is lost')
  })

  test('because its schema is from before the first release', async () => {
    const directory = copied()
    await inDirectory(directory, async (db) => {
      await db.query(sql`update schema_migrations set name = ${'0001-old.sql'} where version = 1`)
    })
    const remedy = `Stop Groundlevel, delete ${directory} and start again.`
    const { stderr } = await run([...dev(directory), '--port', '0'])
    assert.equal(
      stderr,
      'groundlevel: The database was made by a Groundlevel from before the first release, which ' +
        'this one cannot open (it has 0001-old.sql where 0001-server.sql is expected). ' +
        `${remedy}\n`,
    )
    await assertRefused([...dev(directory), '--port', '0'], /delete /)
  })

  test('because it is damaged', async (t) => {
    const damaged: [what: string, directory: string][] = [
      ['no PG_VERSION', removed('pgdata', 'PG_VERSION')],
      ['an empty pg_control', truncated(0, 'pgdata', 'global', 'pg_control')],
      ['half a pg_control', truncated(100, 'pgdata', 'global', 'pg_control')],
      ['no pg_control', removed('pgdata', 'global', 'pg_control')],
    ]
    for (const [what, directory] of damaged) {
      t.diagnostic(what)
      const args = [...dev(directory), '--port', '0']
      await assertRefused(args, /(damaged|cannot be opened).*Restore it from a copy/)
    }
  })

  test('is none of these: the copy opens', async () => {
    const server = await startServer(dev(copied()))
    assert.equal((await ask(server.url, 'GET', opportunity)).status, 200)
    assert.equal((await server.end()).code, 0)
  })
})
