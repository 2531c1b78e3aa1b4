import assert from 'node:assert/strict'
import { after, beforeEach, describe, mock, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { type Counts, memoryCounts, postgresCounts } from '../../../src/http/rate-limit/counts.ts'
import { limits } from '../../../src/limits.ts'
import { testServer } from '../test-server.ts'
import {
  countGranted,
  endLimitedServers,
  endlessWindows,
  inWindowsOf,
  type LimitedAnswer,
  rates,
  startLimitedServer,
} from './limited.ts'

after(endLimitedServers)

const body = /^\{"statusCode":429,"message":"Too Many Requests","traceId":"[0-9a-f-]{36}"\}$/

describe('rate limits', () => {
  const server = testServer()
  const forget = async () => {
    await endLimitedServers()
    await server.db.query(sql`delete from rate_limits`)
  }
  beforeEach(forget)
  const kinds = () => [memoryCounts(), postgresCounts(server.db)]

  test('429: past the bound, with the five headers and when to come again', async () => {
    for (const counts of kinds()) {
      const { ask } = await startLimitedServer(server, counts, { max: 4 })
      for (let i = 0; i < 4; i++) assert.equal((await ask()).status, 200)
      for (let i = 0; i < 3; i++) {
        const answer = await ask()
        assert.equal(answer.status, 429)
        assert.match(answer.text, body)
        assert.deepEqual(rates(answer), [100_000, 99_996, 10_000, 4, 0])
        const seconds = Number(answer.headers.get('retry-after'))
        assert.ok(seconds >= 1 && seconds <= 10, `Retry-After: ${seconds}`)
      }
      const followers = `/opportunities/${demo.opportunityId}/followers`
      const write = await ask({ method: 'DELETE', path: `${followers}?isRemoveAllFollowers=true` })
      assert.equal(write.status, 429)
    }
    assert.deepEqual(await server.newEvents(), [], 'what is refused does nothing')
  })

  test('200: after the time that Retry-After names', async () => {
    for (const counts of kinds()) {
      const { ask } = await startLimitedServer(server, inWindowsOf(2, counts), { max: 2 })
      await ask()
      await ask()
      const refused = await ask()
      assert.equal(refused.status, 429)
      await sleep(Number(refused.headers.get('retry-after')) * 1000 + 20)
      const answer = await ask()
      assert.equal(answer.status, 200)
      assert.equal(rates(answer)[4], 1)
    }
  })

  test('429: the day’s bound, which says so by its own header', async () => {
    for (const counts of kinds()) {
      const { ask } = await startLimitedServer(server, counts, { dailyMax: 3 })
      for (let i = 1; i <= 3; i++) assert.equal(rates(await ask())[1], 3 - i)
      const refused = await ask()
      assert.equal(refused.status, 429)
      assert.match(refused.text, body)
      assert.equal(rates(refused)[1], 0)
      const seconds = Number(refused.headers.get('retry-after'))
      assert.ok(seconds > 86_000 && seconds <= 86_400, `Retry-After: ${seconds}`)
    }
  })

  test('one process grants exactly what is allowed, however many ask at once', async () => {
    for (const counts of kinds()) {
      const { ask } = await startLimitedServer(server, endlessWindows(counts), { max: 50 })
      const answers = await Promise.all(Array.from({ length: 90 }, () => ask()))
      assert.equal(countGranted(answers), 50)
      const left = answers.map((answer) => rates(answer)[4] ?? 0)
      assert.deepEqual(
        left.filter((n) => n > 0).sort((a, b) => b - a),
        Array.from({ length: 49 }, (_, i) => 49 - i),
      )
    }
  })

  test('four processes on one database grant together what is allowed, within 10 %', async () => {
    const one = () =>
      startLimitedServer(server, endlessWindows(postgresCounts(server.db)), { max: 100 })
    const patterns: Record<string, (turn: number) => number> = {
      'in turns': (turn) => turn % 4,
      'one after the other': (turn) => Math.floor(turn / 40) % 4,
      'one almost alone': (turn) => (turn < 4 ? turn : 0),
    }
    for (const [name, choose] of Object.entries(patterns)) {
      await forget()
      const servers = [await one(), await one(), await one(), await one()]
      const answers: LimitedAnswer[] = []
      for (let turn = 0; turn < 160; turn++) {
        const answer = await servers[choose(turn)]?.ask()
        if (answer) answers.push(answer)
      }
      const found = countGranted(answers)
      assert.ok(found >= 90 && found <= 110, `${name}: ${found}`)
    }
    await forget()
    const servers = [await one(), await one(), await one(), await one()]
    const burst = servers.flatMap(({ ask }) => Array.from({ length: 60 }, () => ask()))
    const found = countGranted(await Promise.all(burst))
    assert.ok(found >= 90 && found <= 110, `all at once: ${found}`)
  })

  test('the day’s count outlives the process, and another one goes on from it', async () => {
    const first = await startLimitedServer(server, postgresCounts(server.db), { dailyMax: 5_000 })
    for (let i = 0; i < 7; i++) await first.ask()
    await endLimitedServers()
    const second = await startLimitedServer(server, postgresCounts(server.db), { dailyMax: 5_000 })
    assert.equal(rates(await second.ask())[1], 4_992)
  })

  test('a store that fails or hangs leaves each process to itself, which it says once', async () => {
    const failures = [
      () => Promise.reject(new Error('gone fishing')),
      () => new Promise<never>(() => undefined),
    ]
    for (const fail of failures) {
      let asked = 0
      const broken: Counts = {
        counter: () => () => {
          asked++
          return fail()
        },
        close: async () => undefined,
      }
      const { ask, warnings } = await startLimitedServer(server, broken, { max: 4 })
      for (let i = 1; i <= 4; i++) {
        const answer = await ask()
        assert.equal(answer.status, 200)
        assert.deepEqual(rates(answer), [100_000, 100_000 - i, 10_000, 4, 4 - i])
      }
      assert.equal((await ask()).status, 429)
      assert.equal((await ask({ token: '' })).status, 401)
      assert.equal(asked, 1, 'only the first request waits')
      assert.equal(warnings.length, 1)
      assert.match(warnings[0] ?? '', /each process counts for itself/)
    }
  })

  test('counts of windows that are over are removed', async () => {
    mock.timers.enable({ apis: ['setInterval'] })
    const counts = postgresCounts(server.db)
    try {
      const count = counts.counter('test', 10)
      const first = await count('over', 3)
      assert.equal(first.total, 3)
      assert.ok(first.endsInMs > 9_000 && first.endsInMs <= 10_001, `${first.endsInMs}`)
      assert.equal((await count('over', 4)).total, 7)
      await count('under way', 1)
      await server.db.query(sql`
        update rate_limits set expires_at = now() - interval '1 second' where key = 'test:over'`)
      mock.timers.tick(limits.rateSweepEveryMs)
      const keys = () => server.db.query(sql`select key from rate_limits where key like 'test:%'`)
      for (let i = 0; i < 50 && (await keys()).length > 1; i++) await sleep(10)
      assert.deepEqual(await keys(), [{ key: 'test:under way' }])
      await server.db.query(sql`
        update rate_limits set expires_at = now() - interval '1 second' where key like 'test:%'`)
      assert.equal((await count('under way', 2)).total, 2, 'a window that is over begins anew')
    } finally {
      mock.timers.reset()
      await counts.close()
    }
  })
})
