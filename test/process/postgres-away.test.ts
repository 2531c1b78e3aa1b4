import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../../src/db/database.ts'
import { demo } from '../../src/demo/ids.ts'
import { limits } from '../../src/limits.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { openWithDemo } from '../test-database.ts'
import { until } from '../until.ts'
import { type Answer, ask, cleanUp, type Groundlevel, startServer } from './groundlevel.ts'
import { allowMany, assertEventsMatch, Load } from './load.ts'
import { stallProxy } from './stall-proxy.ts'

const opportunity = `/opportunities/${demo.opportunityId}`

/** For a slow machine, beyond what the server itself may take. */
const marginMs = 4_000
const recoverMsMax = 10_000
const stopMsMax = 5_000

function assertUnavailable({ status, headers, text }: Answer): void {
  assert.equal(status, 503, text)
  assert.equal(headers.get('retry-after'), String(limits.retryAfterSeconds))
  assert.match(
    text,
    /^\{"statusCode":503,"message":"Service Unavailable","traceId":"[0-9a-f-]{36}"\}$/,
  )
}

describe('PostgreSQL is away', { timeout: 300_000 }, () => {
  let postgres: TestPostgres
  let db: Database
  let server: Groundlevel & { url: string }

  before(async () => {
    postgres = await startPostgres()
    db = await openWithDemo(postgres.url)
    await allowMany(db)
  })

  after(async () => {
    await cleanUp()
    await db.close()
    await postgres.stop()
  })

  const isReady = async () => (await ask(server.url, 'GET', '/ready')).status === 200

  /** What the server says while the database does not answer. */
  async function assertAway(): Promise<void> {
    const [health, ready, read, change] = await Promise.all([
      ask(server.url, 'GET', '/health'),
      ask(server.url, 'GET', '/ready'),
      ask(server.url, 'GET', opportunity),
      ask(server.url, 'DELETE', `${opportunity}/followers`, { followers: [] }),
    ])
    assert.equal(health.status, 200)
    assert.match(health.text, /^\{"status":"ok","traceId":/)
    for (const answer of [ready, read, change]) assertUnavailable(answer)
    for (const { ms } of [ready, read, change]) assert.ok(ms < limits.answerMsMax + marginMs)
  }

  test('stopped twice and killed once under load: 503, and nothing acknowledged is lost', async (t) => {
    server = await startServer(['serve', '--rate-limit', 'off'], { DATABASE_URL: postgres.url })
    const load = new Load(server.url, 32)
    // A test that fails must not go on asking for ever.
    t.after(() => load.stop())
    for (const end of ['pause', 'pause', 'kill'] as const) {
      const sofar = load.acknowledged
      await until(() => load.acknowledged > sofar + 200)
      await postgres[end]()
      await assertAway()
      await sleep(500)
      await assertAway()
      await postgres.resume()
      const resumed = performance.now()
      await until(isReady, recoverMsMax)
      t.diagnostic(`ready ${Math.round(performance.now() - resumed)} ms after ${end}`)
    }
    const sofar = load.acknowledged
    await until(() => load.acknowledged > sofar + 200)
    await load.stop()
    t.diagnostic(`${load.acknowledged} acknowledged, ${load.refusals.length} refused`)
    assert.equal(load.lost, 0, 'every request was answered')
    assert.ok(load.refusals.length > 0)
    for (const answer of load.refusals) assertUnavailable(answer)
    assert.ok(load.slowestMs < limits.answerMsMax + marginMs, `${load.slowestMs} ms`)
    await load.assertKept(db)
    await assertEventsMatch(db)
    const unexpected = server.logs().filter(({ msg }) => msg === 'unexpected error')
    assert.deepEqual(unexpected, [])
    assert.deepEqual(await server.end(), { code: 0, signal: null })
  })

  test('hanging under load: 503 within the bound, and then all is as before', async (t) => {
    const proxy = await stallProxy(postgres.url)
    t.after(() => proxy.close())
    server = await startServer(['serve', '--rate-limit', 'off'], { DATABASE_URL: proxy.url })
    const load = new Load(server.url, 16)
    // A test that fails must not go on asking for ever.
    t.after(() => load.stop())
    await until(() => load.acknowledged > 100)
    proxy.stall()
    await assertAway()
    await assertAway()
    proxy.resume()
    await until(isReady, recoverMsMax)
    const sofar = load.acknowledged
    await until(() => load.acknowledged > sofar + 100)
    await load.stop()
    t.diagnostic(`the slowest request took ${Math.round(load.slowestMs)} ms`)
    assert.equal(load.lost, 0, 'every request was answered')
    for (const answer of load.refusals) assertUnavailable(answer)
    assert.ok(load.slowestMs > limits.answerMsMax / 2, 'requests did hang')
    assert.ok(load.slowestMs < limits.answerMsMax + marginMs, `${load.slowestMs} ms`)
    await load.assertKept(db)
    await assertEventsMatch(db)

    proxy.stall()
    const hanging = Promise.allSettled([ask(server.url, 'GET', opportunity)])
    await ask(server.url, 'GET', '/health')
    const signalled = performance.now()
    assert.deepEqual(await server.end(), { code: 0, signal: null })
    assert.ok(performance.now() - signalled < stopMsMax, 'it stops without its database')
    await hanging
  })
})
