import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPrivateIntegration } from '../../src/auth/private-integrations.ts'
import type { Database } from '../../src/db/database.ts'
import { demo } from '../../src/demo/ids.ts'
import { limits } from '../../src/limits.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { noRedis, type TestRedis, testRedis } from '../redis.ts'
import { openWithDemo } from '../test-database.ts'
import { ask, cleanUp, type Groundlevel, startServer } from './groundlevel.ts'

describe('rate limits of several servers on one Redis', { skip: noRedis }, () => {
  let postgres: TestPostgres
  let redis: TestRedis
  let db: Database
  let first: Groundlevel & { url: string }
  let second: Groundlevel & { url: string }

  const serve = (redisUrl: string) =>
    startServer(['serve'], {
      DATABASE_URL: postgres.url,
      GROUNDLEVEL_SECRET_KEY: 'a secret of this test, long enough',
      REDIS_URL: redisUrl,
    })
  /** A private integration of its own counts for itself, from nothing on. */
  const newToken = async () => {
    const integration = { name: 'CRM', ...demo, scopes: ['opportunities.readonly'] as const }
    return (await createPrivateIntegration(db, integration, new Date())).token
  }
  const get = (url: string, token: string) =>
    ask(url, 'GET', `/opportunities/${demo.opportunityId}`, undefined, token)

  /** Sends 240 requests of a new app to both servers in turns; says what each of them granted. */
  async function send(token: string): Promise<[number, number]> {
    const count = async ({ url }: { url: string }) => {
      const answers = await Promise.all(Array.from({ length: 120 }, () => get(url, token)))
      for (const { status } of answers) assert.ok(status === 200 || status === 429, `${status}`)
      return answers.filter(({ status }) => status === 200).length
    }
    return Promise.all([count(first), count(second)])
  }

  async function assertTogether(token: string): Promise<void> {
    const [firstAnswer, secondAnswer] = await send(token)
    assert.ok(
      firstAnswer + secondAnswer >= 90 && firstAnswer + secondAnswer <= 110,
      `${firstAnswer} and ${secondAnswer}`,
    )
    for (const { url } of [first, second]) {
      const { status, headers } = await get(url, token)
      assert.equal(status, 429, 'on each of them')
      const seconds = Number(headers.get('retry-after'))
      assert.ok(seconds >= 1 && seconds <= limits.rateWindowSeconds, `Retry-After: ${seconds}`)
    }
  }

  /** Until the store of counts is asked again after it failed. */
  const forgiven = () => sleep(limits.rateRetryMs + limits.redisRetryMs)

  before(async () => {
    redis = await testRedis()
    await redis.start()
    postgres = await startPostgres(['fsync=off'])
    db = await openWithDemo(postgres.url)
    const servers = [serve(redis.url), serve(redis.url)] as const
    ;[first, second] = await Promise.all(servers)
  })

  after(async () => {
    await cleanUp()
    await db?.close()
    await redis?.kill()
    await postgres?.stop()
  })

  test('together 100 in 10 s, within 10 %', async () => assertTogether(await newToken()))

  test('when it is killed under load each server counts for itself; back again, they share', async () => {
    const load = send(await newToken())
    await redis.kill()
    await load
    assert.deepEqual(await send(await newToken()), [100, 100])
    await redis.start()
    await forgiven()
    await assertTogether(await newToken())
  })

  test('when it hangs, requests go on all the same', async () => {
    redis.signal('SIGSTOP')
    const started = performance.now()
    assert.deepEqual(await send(await newToken()), [100, 100])
    assert.ok(performance.now() - started < 5_000)
    await sleep(limits.redisSilentMsMax)
    redis.signal('SIGCONT')
    await forgiven()
    await assertTogether(await newToken())
  })

  test('one that is away when a server starts is done without, and says so once', async () => {
    const away = await testRedis()
    const server = await serve(away.url)
    const token = await newToken()
    for (let i = 0; i < 5; i++) assert.equal((await get(server.url, token)).status, 200)
    const warnings = server.logs().filter(({ level }) => level === 40)
    assert.equal(warnings.length, 1)
    assert.match(String(warnings[0]?.msg), /each process counts for itself/)
    const stopped = performance.now()
    assert.deepEqual(await server.end(), { code: 0, signal: null })
    assert.ok(performance.now() - stopped < 5_000)
  })

  test('servers stop at once, whether Redis is there or not', async () => {
    assert.deepEqual(await first.end(), { code: 0, signal: null })
    redis.signal('SIGSTOP')
    const stopped = performance.now()
    assert.deepEqual(await second.end(), { code: 0, signal: null })
    assert.ok(performance.now() - stopped < 5_000)
    redis.signal('SIGCONT')
  })
})
