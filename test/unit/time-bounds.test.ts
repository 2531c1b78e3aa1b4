import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import net from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { oauthLimits } from '../../src/api/oauth/limits.ts'
import { opportunityLimits } from '../../src/api/opportunities/limits.ts'
import { foldAllCounts, foldingTasks } from '../../src/api/opportunities/store/folding.ts'
import type { Caller } from '../../src/auth/caller.ts'
import { cacheCallers } from '../../src/auth/token-cache.ts'
import type { Database } from '../../src/db/database.ts'
import { newLane, sharedLanes } from '../../src/db/lanes/lanes.ts'
import { Overloaded, runForTenant } from '../../src/db/lanes/tenant.ts'
import { takeTurns } from '../../src/db/lanes/turns.ts'
import { startUpkeep } from '../../src/db/pglite/open.ts'
import { endServers } from '../../src/db/server-sessions.ts'
import type { Sql } from '../../src/db/sql.ts'
import { expiryTask, removeExpired } from '../../src/events/expiry.ts'
import { type PeriodicTask, runPeriodically } from '../../src/events/periodic.ts'
import type { Counts } from '../../src/http/rate-limit/counts.ts'
import { guard } from '../../src/http/rate-limit/guard.ts'
import { rateLimit } from '../../src/http/rate-limit/rate-limit.ts'
import { redisCounts } from '../../src/http/rate-limit/redis.ts'
import type { Server } from '../../src/http/server.ts'
import { limits } from '../../src/limits.ts'
import { fakeApp } from '../fake-app.ts'

// The bounds that a request can be measured by are in test/api/envelope/time-bounds.test.ts.

/** Timers and the monotonic clock go on only when told. */
function holdClock(t: TestContext) {
  let ms = 1_000
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  t.mock.method(performance, 'now', () => ms)
  return {
    now: () => ms,
    async pass(untilMs: number, stepMs = untilMs): Promise<void> {
      for (let passed = 0; passed < untilMs; passed += stepMs) {
        ms += stepMs
        t.mock.timers.tick(stepMs)
        for (let i = 0; i < 5; i++) await turn()
      }
    },
  }
}

/** Bounds that upstream or a standard gives: the tests that say these words state the number. */
const measuredByNumber: Readonly<Record<string, string>> = {
  tokenOverlapMs: 'a rotation leaves the old token seven days, and not a moment more',
  concurrentRefreshMs: '200: the same pair within 30 seconds, and 400 after them',
  signInWindowSeconds: 'Wait 15 minutes',
  browserKnownSeconds: 'Max-Age=31536000',
  stopMsMax: 'performance.now() - signalled < stopMsMax',
}

function isMeasuredByNumber(name: string, tests: string): boolean {
  const words = measuredByNumber[name]
  return words !== undefined && tests.split(words).length > 2
}

async function assertRefusedAfter(
  clock: ReturnType<typeof holdClock>,
  waiting: Promise<unknown>,
  msMax: number,
): Promise<void> {
  const refusals: unknown[] = []
  waiting.catch((error) => refusals.push(error))
  await clock.pass(msMax - 1)
  assert.equal(refusals.length, 0)
  await clock.pass(1)
  assert.ok(refusals[0] instanceof Overloaded)
}

/** The times at which a task runs on a timer, from the start of the server. */
async function runsOf(t: TestContext, task: PeriodicTask, untilMs: number, stepMs: number) {
  const clock = holdClock(t)
  const startedAt = clock.now()
  const { app, run: runHook } = fakeApp()
  const runs: number[] = []
  const run = async () => void runs.push(clock.now() - startedAt)
  runPeriodically(app, { db: {} as Database, now: () => new Date(0) }, { ...task, run })
  runHook('onListen')
  await clock.pass(untilMs, stepMs)
  return runs
}

describe('bounds of time', () => {
  test('all are named by a test that measures them', () => {
    const files = globSync('test/**/*.test.ts').filter((file) => !file.startsWith('test/contract'))
    const tests = files.map((file) => readFileSync(file, 'utf8')).join('\n')
    const bounds = [limits, oauthLimits, opportunityLimits].flatMap((of) => Object.keys(of))
    const ofTime = bounds.filter((name) => /(Ms|Seconds)(Max|Min)?$/.test(name))
    assert.ok(ofTime.length > 45)
    const missing = ofTime.filter((name) => {
      return !new RegExp(`[lL]imits\\.${name}\\b`).test(tests) && !isMeasuredByNumber(name, tests)
    })
    assert.deepEqual(missing, [])
  })

  test('tokenFreshMs, tokenRenewMs: a token is looked up again, then not trusted', async () => {
    let ms = 0
    let lookUps = 0
    const caller = { expiresAt: Number.POSITIVE_INFINITY } as Caller
    const find = async () => {
      lookUps++
      return caller
    }
    const cache = cacheCallers({ now: () => new Date(0), monotonicMs: () => ms }, find)
    await cache.lookUp('hash', 'token')
    ms = limits.tokenRenewMs
    assert.equal(cache.fresh('hash', 'token'), caller)
    assert.equal(lookUps, 1)
    ms = limits.tokenRenewMs + 1
    assert.equal(cache.fresh('hash', 'token'), caller)
    assert.equal(lookUps, 2)
    await turn()
    ms = limits.tokenRenewMs + 1 + limits.tokenFreshMs
    assert.equal(cache.fresh('hash', 'token'), caller)
    await turn()
    ms += limits.tokenFreshMs + 1
    assert.equal(cache.fresh('hash', 'token'), undefined)
  })

  test('turnMsMax: nobody waits longer for a turn', async (t) => {
    const clock = holdClock(t)
    const turns = takeTurns<{ tenant: string; line: string }, true>(8)
    await assertRefusedAfter(clock, turns.wait({ tenant: 'a', line: 'a' }), limits.turnMsMax)
  })

  test('loneLaneTurnMsMax: nor for the one connection of PGlite', async (t) => {
    const clock = holdClock(t)
    const lanes = sharedLanes([newLane()], 8, limits.loneLaneTurnMsMax)
    await lanes.take('transaction')
    const waiting = runForTenant('a', async () => lanes.take('statement'))
    await assertRefusedAfter(clock, waiting, limits.loneLaneTurnMsMax)
  })

  test('expiryEveryMs and expiredKeptMs: what expired is kept, and then removed', async (t) => {
    const task = expiryTask([])
    const runs = await runsOf(t, task, 3 * limits.expiryEveryMs, limits.expiryEveryMs / 4)
    assert.deepEqual(
      runs,
      [1, 2, 3].map((i) => i * limits.expiryEveryMs),
    )
    const before: Date[] = []
    const statement = (time: Date) => {
      before.push(time)
      return {} as Sql
    }
    await removeExpired({ query: async () => [] }, [statement], new Date(limits.expiredKeptMs + 7))
    assert.deepEqual(before, [new Date(7)])
  })

  test('countsFoldEveryMs and countsFoldAllEveryMs: busy locations often, all rarely', async (t) => {
    const { countsFoldEveryMs, countsFoldAllEveryMs } = opportunityLimits
    const [busy, all] = foldingTasks
    assert.ok(busy && all)
    assert.deepEqual(await runsOf(t, busy, opportunityLimits.countsFoldEveryMs * 2, 50), [
      countsFoldEveryMs,
      2 * countsFoldEveryMs,
    ])
    t.mock.restoreAll()
    t.mock.timers.reset()
    assert.deepEqual(await runsOf(t, all, opportunityLimits.countsFoldAllEveryMs * 2, 10_000), [
      countsFoldAllEveryMs,
      2 * countsFoldAllEveryMs,
    ])
  })

  test('countsFoldPauseMs: rounds over a busy location leave room for others', async () => {
    const foldedAt: number[] = []
    const db = {
      query: async () => [{ id: 'busy' }],
      transaction: async () => {
        foldedAt.push(performance.now())
        return opportunityLimits.countsFoldRowsMin
      },
    } as unknown as Database
    await foldAllCounts(db, 1)
    const pauses = foldedAt.slice(1).map((at, i) => at - (foldedAt[i] ?? 0))
    assert.equal(pauses.length, opportunityLimits.countsFoldRoundsMax - 1)
    assert.ok(Math.min(...pauses) > opportunityLimits.countsFoldPauseMs - 2, String(pauses))
  })

  test('checkpointEveryMs, vacuumEveryMs, analyzeEveryMs: PGlite has its upkeep', async (t) => {
    const clock = holdClock(t)
    const startedAt = clock.now()
    const ran: Record<string, number[]> = {}
    const query = async ({ text }: Sql) => {
      ran[text] = [...(ran[text] ?? []), clock.now() - startedAt]
      return []
    }
    const stop = startUpkeep({ query } as unknown as Database)
    await clock.pass(limits.analyzeEveryMs, 10_000)
    stop()
    await clock.pass(limits.analyzeEveryMs, 10_000)
    const each = (ms: number) =>
      Array.from({ length: limits.analyzeEveryMs / ms }, (_, i) => (i + 1) * ms)
    assert.deepEqual(ran, {
      checkpoint: each(limits.checkpointEveryMs),
      vacuum: each(limits.vacuumEveryMs),
      analyze: each(limits.analyzeEveryMs),
    })
  })

  test('endServerMsMax: PostgreSQL waits so long for the end of a session', async () => {
    const waits: unknown[] = []
    const tx = {
      script: async () => undefined,
      slowQuery: async ({ text, values }: Sql) => {
        assert.match(text, /pg_terminate_backend\(s\.pid, \$1\)/)
        waits.push(values[0])
        return waits.length < 2 ? [{}] : []
      },
    } as unknown as Parameters<typeof endServers>[0]
    await endServers(tx)
    assert.deepEqual(waits, [limits.endServerMsMax, limits.endServerMsMax])
  })
})

describe('bounds of time of the rate limit', () => {
  const never: Counts = {
    counter: () => () => new Promise(() => undefined),
    close: async () => undefined,
  }

  test('rateCountMsMax, rateRetryMs, rateWarnEveryMs: a store that does not answer', async (t) => {
    const clock = holdClock(t)
    const warnings: number[] = []
    const warn = () => warnings.push(clock.now())
    const count = guard(never, { warn } as unknown as Server['log'])('window', 10)
    let answers = 0
    const ask = () => void count('key', 1).then(() => answers++)
    ask()
    await clock.pass(limits.rateCountMsMax - 1)
    assert.equal(answers, 0)
    await clock.pass(1)
    assert.equal(answers, 1)
    const [failedAt = 0] = warnings

    await clock.pass(limits.rateRetryMs - 1)
    ask()
    await turn()
    assert.equal(answers, 2, 'it is not asked yet')
    await clock.pass(1)
    ask()
    await turn()
    assert.equal(answers, 2, 'it is asked again')

    while (clock.now() < failedAt + limits.rateWarnEveryMs * 2 + limits.rateRetryMs) {
      ask()
      await clock.pass(limits.rateCountMsMax)
    }
    const pauses = warnings.slice(1).map((at, i) => at - (warnings[i] ?? 0))
    assert.ok(pauses.length >= 1)
    for (const pause of pauses) {
      const late = pause - limits.rateWarnEveryMs
      assert.ok(late >= 0 && late <= limits.rateRetryMs + limits.rateCountMsMax, String(pause))
    }
  })

  test('rateWindowSeconds, rateDaySeconds, rateReportMs, rateDayReportMs', async (t) => {
    const clock = holdClock(t)
    const startedAt = clock.now()
    const windows: Record<string, number> = {}
    const reported = new Map<string, number[]>()
    const counts: Counts = {
      counter: (name, seconds) => {
        windows[name] = seconds
        return async () => {
          reported.set(name, [...(reported.get(name) ?? []), clock.now() - startedAt])
          return { total: 1, endsInMs: seconds * 1000 }
        }
      },
      close: async () => undefined,
    }
    const rates = { max: 100_000, dailyMax: 1_000, refusedMax: 1 }
    const limit = rateLimit(rates, counts, {} as Server['log'])
    assert.deepEqual(windows, {
      window: limits.rateWindowSeconds,
      day: limits.rateDaySeconds,
      refused: limits.rateWindowSeconds,
    })
    const reply = { raw: { setHeader: () => undefined } } as never
    const ask = () => new Promise<void>((done) => limit.count(reply, 'app', () => done()))
    await ask()
    await ask()
    // The day's count is read before anything is granted; what is granted is reported later.
    assert.deepEqual([...reported], [['day', [0]]])
    await clock.pass(limits.rateReportMs - 1)
    assert.equal(reported.get('window'), undefined)
    await clock.pass(1)
    assert.deepEqual(reported.get('window'), [limits.rateReportMs])
    await clock.pass(limits.rateDayReportMs - limits.rateReportMs - 1)
    assert.deepEqual(reported.get('day'), [0])
    await clock.pass(1)
    assert.deepEqual(reported.get('day'), [0, limits.rateDayReportMs])
  })

  test('redisPingEveryMs: a connection that nobody uses is tried', {
    timeout: 20_000,
  }, async () => {
    const pingedAt: number[] = []
    const second = Promise.withResolvers<void>()
    const redis = net.createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (bytes) => {
        const commands = bytes.toString().match(/^\*\d+/gm)?.length ?? 1
        if (/PING/i.test(bytes.toString()) && pingedAt.push(performance.now()) === 2) {
          second.resolve()
        }
        socket.write('+OK\r\n'.repeat(commands))
      })
    })
    await new Promise<void>((listening) => redis.listen(0, '127.0.0.1', listening))
    const { port } = redis.address() as net.AddressInfo
    const counts = await redisCounts(`redis://127.0.0.1:${port}`)
    await second.promise
    await counts.close()
    redis.close()
    const pause = (pingedAt[1] ?? 0) - (pingedAt[0] ?? 0)
    assert.ok(
      pause > limits.redisPingEveryMs - 50 && pause < limits.redisPingEveryMs * 1.9,
      `${pause}`,
    )
  })
})
