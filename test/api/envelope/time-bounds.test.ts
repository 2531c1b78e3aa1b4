import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, before, describe, mock, test } from 'node:test'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { DatabaseUnavailable, engines } from '../../../src/db/database.ts'
import { openDriver } from '../../../src/db/driver.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { finishLeftovers, type Leftover } from '../../../src/events/leftovers.ts'
import { runPeriodically } from '../../../src/events/periodic.ts'
import { createLog } from '../../../src/http/log/log.ts'
import { limits } from '../../../src/limits.ts'
import { createApp } from '../../../src/main.ts'
import { fakeApp } from '../../fake-app.ts'
import { testServer } from '../test-server.ts'

/** For a slow machine, and less than any of these bounds twice. */
const marginMs = 900

function assertTook(startedAt: number, boundMs: number, moreMs = marginMs): void {
  const ms = performance.now() - startedAt
  assert.ok(ms > boundMs - 50 && ms < boundMs + moreMs, `${Math.round(ms)} ms, not ${boundMs}`)
}

describe('bounds of time are what they say', { concurrency: true, timeout: 60_000 }, () => {
  const server = testServer()

  const connect = () => net.connect({ port: Number(new URL(server.url).port), allowHalfOpen: true })

  test('requestMsMax: a request that does not arrive is 408', async () => {
    const { server: http } = server.app
    assert.equal(http.requestTimeout, limits.requestMsMax)
    const late = await createApp(server.settings, createLog('silent'))
    const requestMs = 2_000
    Object.assign(late.server, { requestTimeout: requestMs, headersTimeout: requestMs })
    const url = new URL(await late.listen({ port: 0, host: '127.0.0.1' }))
    try {
      const heads = ['GET /health HTTP/1.1\r\nHost: x\r\n', 'POST /oauth/token HTTP/1.1\r\n']
      const body = 'Host: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{'
      await Promise.all(
        [heads[0], `${heads[1]}${body}`].map(async (text) => {
          const startedAt = performance.now()
          const socket = net.connect(Number(url.port), url.hostname)
          socket.write(text ?? '')
          const answer = (await socket.toArray()).join('')
          assert.match(answer, /^HTTP\/1\.1 408 /)
          assertTook(startedAt, requestMs, limits.requestCheckEveryMs + marginMs)
        }),
      )
    } finally {
      await late.close()
    }
  })

  test('lingerMsMax: a refused connection is cut off', async () => {
    const accepted = once(server.app.server, 'connection')
    const socket = connect()
    socket.on('error', () => undefined)
    socket.write('HELLO\r\n\r\n')
    const [held] = (await accepted) as [net.Socket]
    await once(socket, 'data')
    const answeredAt = performance.now()
    await once(held, 'close')
    assertTook(answeredAt, limits.lingerMsMax)
    socket.destroy()
  })

  test('idempotencyWaitMsMax: a retry waits so long for those before it, and no longer', async () => {
    const hold = Promise.withResolvers<void>()
    const transaction: typeof server.db.transaction = async (work) => {
      await hold.promise
      return server.db.transaction(work)
    }
    const db = { ...server.db, transaction }
    const held = await createApp({ ...server.settings, db }, createLog('silent'))
    const url = await held.listen({ port: 0, host: '127.0.0.1' })
    const ask = async () => {
      const startedAt = performance.now()
      const { status } = await fetch(`${url}/opportunities/${demo.opportunityId}/followers`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${demo.privateIntegrationToken}`,
          version: '2021-07-28',
          'content-type': 'application/json',
          'idempotency-key': 'held',
        },
        body: '{"followers":[]}',
      })
      return { status, startedAt }
    }
    const refusedInTime = async () => {
      const { status, startedAt } = await ask()
      assert.equal(status, 409)
      assertTook(startedAt, limits.idempotencyWaitMsMax)
    }
    try {
      const first = ask()
      await sleep(100)
      const second = refusedInTime()
      await sleep(2_000)
      await Promise.all([second, refusedInTime()])
      hold.resolve()
      assert.equal((await first).status, 201)
      assert.equal((await ask()).status, 201)
    } finally {
      hold.resolve()
      await held.close()
    }
  })

  describe('of a PostgreSQL that takes connections and says nothing', () => {
    let silent: net.Server
    let url: string
    before(async () => {
      silent = net.createServer((socket) => socket.on('error', () => undefined)).listen(0)
      await once(silent, 'listening')
      url = `postgres://postgres@127.0.0.1:${(silent.address() as net.AddressInfo).port}/postgres`
    })
    after(() => silent.close())

    test('connectMsMax, and closeConnectionsMsMax for the end', async () => {
      const db = openDriver({
        engine: engines.postgres,
        sharedLanes: 1,
        sharedLaneStatementsMax: 1,
        ownLanes: 1,
        connection: async () => ({ connectionString: url }),
        close: async () => undefined,
      })

      const startedAt = performance.now()
      await Promise.all(
        [db.query(sql`select 1`), db.transaction((tx) => tx.query(sql`select 1`))].map(
          async (asked) => {
            await assert.rejects(asked, DatabaseUnavailable)
            assertTook(startedAt, limits.connectMsMax)
          },
        ),
      )
      const asked = assert.rejects(db.query(sql`select 1`), DatabaseUnavailable)
      // It is on its way to a connection by then.
      await sleep(50)
      const closedAt = performance.now()
      await db.close()
      assertTook(closedAt, limits.closeConnectionsMsMax)
      await asked
    })
  })
})

describe('bounds of work in the background are what they say', () => {
  const never = () => new Promise<never>(() => undefined)

  test('clearingMsMax and taskStopMsMax: nobody waits longer for what does not end', async () => {
    const leftover: Leftover = { failureMessage: '', find: async () => [1], runStep: never }
    const leftovers = fakeApp()
    const finish = finishLeftovers(leftovers.app, {} as never, [leftover])
    const startedAt = performance.now()
    await Promise.all([finish(leftover), sleep(10)])
    assertTook(startedAt, limits.clearingMsMax)

    const periodic = fakeApp()
    const context = { db: {} as never, now: () => new Date() }
    runPeriodically(periodic.app, context, { everyMs: 1, failureMessage: '', run: never })
    periodic.run('onListen')
    await sleep(50)
    for (const { run } of [leftovers, periodic]) {
      const stoppedAt = performance.now()
      await Promise.all([run('onClose'), sleep(10)])
      // Less than twice the bound.
      assertTook(stoppedAt, limits.taskStopMsMax, limits.taskStopMsMax * 0.9)
    }
  })

  test('periodicRetryMsMax: work that fails is tried again no later', async () => {
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const { app, run } = fakeApp()
      let elapsedMs = 0
      const triedAt: number[] = []
      const fail = async () => {
        triedAt.push(elapsedMs)
        throw new Error('away')
      }
      const context = { db: {} as never, now: () => new Date() }
      runPeriodically(app, context, { everyMs: 200, failureMessage: '', run: fail })
      run('onListen')
      for (; elapsedMs < 60_000; elapsedMs += 50) {
        mock.timers.tick(50)
        await turn()
      }
      const pauses = triedAt.slice(1).map((at, i) => at - (triedAt[i] ?? 0))
      assert.equal(pauses[0], 400)
      assert.equal(Math.max(...pauses), limits.periodicRetryMsMax)
    } finally {
      mock.timers.reset()
    }
  })
})
