import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { traceDatabase } from '../../../src/events/trace.ts'
import { createDebug } from '../../../src/http/log/debug.ts'
import { createLog, formatLine } from '../../../src/http/log/log.ts'
import type { Server } from '../../../src/http/server.ts'
import { createApp } from '../../../src/main.ts'
import { until } from '../../until.ts'
import { testServer } from '../test-server.ts'

type Line = Record<string, unknown> & { debug: string; msg: string; traceId?: string }

const path = `/opportunities/${demo.opportunityId}`
const route = '/opportunities/:id/followers'
const token = demo.privateIntegrationToken

describe('--debug', () => {
  const server = testServer()
  const writtenLines: string[] = []
  const log = createLog('warn', (line) => writtenLines.push(line))
  const debug = createDebug(log, { debug: ['http', 'sql', 'events', 'auth'], logLevel: 'warn' })
  let app: Server
  let url: string

  before(async () => {
    const db = traceDatabase(server.db, debug)
    app = await createApp({ ...server.settings, db }, log, { debug })
    url = await app.listen({ port: 0, host: '127.0.0.1' })
  })
  after(() => app.close())
  beforeEach(() => {
    writtenLines.length = 0
  })

  const lines = () => writtenLines.map((line) => JSON.parse(line) as Line)
  const linesOf = (area: string) => lines().filter((line) => line.debug === area)
  /** The last refusal, without what every line has. */
  function refusalIn(area: string): object {
    const { level, time, traceId, debug, msg, ...rest } = linesOf(area).find(
      (line) => line.msg === 'refused',
    ) as Line
    return rest
  }

  async function ask(body: unknown, headers: Record<string, string> = {}): Promise<void> {
    const response = await fetch(`${url}${path}/followers`, {
      method: 'DELETE',
      headers: {
        version: '2021-07-28',
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    await response.text()
    await until(() => linesOf('http').some(({ msg }) => msg === 'answered'))
  }

  test('tells each step of a request, with its trace id', async () => {
    await ask({ followers: demo.followers.slice(3) })
    await until(() => linesOf('events').length > 0)
    const steps = lines().filter((line) => line.debug === 'http' || line.debug === 'auth')
    assert.deepEqual(
      steps.map(({ msg }) => msg),
      ['request', 'caller', 'scope granted', 'rate limit', 'validated', 'answered'],
    )
    assert.partialDeepStrictEqual(steps, [
      { method: 'DELETE', route, version: '2021-07-28' },
      { kind: 'private-integration', companyId: demo.companyId, locationId: demo.locationId },
      { scope: 'opportunities.write', access: ['bearer'] },
      { remaining: '100', remainingToday: '200000' },
      {},
      { method: 'DELETE', route, status: 200 },
    ])
    const change = linesOf('sql').find(({ sql: text }) => /insert into outbox/.test(String(text)))
    assert.ok(change && Number(change.ms) > 0 && Number(change.values) > 3 && change.rows === 1)
    assert.doesNotMatch(String(change.sql), /\n/)
    const [event] = linesOf('events')
    assert.partialDeepStrictEqual(event, { msg: 'appended', locationId: demo.locationId })
    assert.match(String(event?.type), /^Opportunity/)
    const traceIds = new Set([...steps, change, event].map((line) => line?.traceId))
    assert.equal(traceIds.size, 1)
    assert.match(String(steps[0]?.traceId), /^[0-9a-f-]{36}$/)
    assert.ok(!writtenLines.some((line) => line.includes(token) || line.includes('"level":30')))
  })

  test('tells which step refused', async () => {
    await ask({}, { version: '' })
    assert.deepEqual(refusalIn('http'), { by: 'version', method: 'DELETE', route, status: 401 })
    writtenLines.length = 0
    await ask({}, { authorization: 'Bearer pit-nobody' })
    assert.partialDeepStrictEqual(refusalIn('auth'), {
      by: 'token',
      token: 'private integration',
      status: 401,
      message: 'Invalid Private Integration token',
    })
    writtenLines.length = 0
    await ask({}, { authorization: `Bearer ${demo.agencyPrivateIntegrationToken}` })
    assert.partialDeepStrictEqual(refusalIn('auth'), {
      by: 'scope',
      scope: 'opportunities.write',
      message: 'The token is not authorized for this scope.',
    })
    assert.partialDeepStrictEqual(linesOf('auth')[0], { msg: 'caller', companyId: demo.companyId })
    writtenLines.length = 0
    await ask('{"followers":')
    assert.deepEqual(refusalIn('http'), { by: 'body or address', status: 400 })
    writtenLines.length = 0
    await ask({ followers: 'x', aSecretName: 1 })
    const violations = ['a property should not exist', 'followers must be an array']
    assert.partialDeepStrictEqual(refusalIn('http'), { by: 'validation', at: 'body', violations })
    writtenLines.length = 0
    const other = `${url}/opportunities/pipelines?locationId=${demo.otherLocation.locationId}`
    const headers = { version: '2021-07-28', authorization: `Bearer ${token}` }
    assert.equal((await fetch(other, { headers })).status, 403)
    assert.deepEqual(refusalIn('auth'), { by: 'location', locationIn: 'query', status: 403 })
    writtenLines.length = 0
    const missing = await fetch(`${url}/opportunities/nobody`, { headers })
    assert.deepEqual(refusalIn('http'), { by: 'handler', status: missing.status })
  })

  test('tells of the events of a transaction when it is committed, and of none that is not', async () => {
    const db = traceDatabase(server.db, debug)
    const append = (id: string) => sql`
      insert into outbox (location_id, id, type, version, payload, created_at)
      values (${demo.locationId}, ${id}, 'Tested', 0, '{}', ${server.now})`
    const failure = new Error('taken back')
    await assert.rejects(
      db.transaction(async (tx) => {
        await tx.query(append('zz1'))
        throw failure
      }),
      failure,
    )
    await db.transaction(async (tx) => {
      await tx.query(append('zz2'))
      assert.deepEqual(linesOf('events'), [])
    })
    await until(() => linesOf('events').length > 0)
    assert.partialDeepStrictEqual(linesOf('events'), [{ type: 'Tested', id: 'zz2' }])
    assert.equal(linesOf('events').length, 1)
    // The server's own timers send statements too, outside of a transaction.
    const ofTransactions = linesOf('sql').filter(
      ({ msg, isInTransaction }) => isInTransaction || msg.startsWith('transaction'),
    )
    const names = ofTransactions.map(({ msg }) => msg)
    assert.deepEqual(names, ['statement', 'transaction failed', 'statement', 'transaction'])
  })

  test('is nothing at all where nobody asked for it', () => {
    const none = createDebug(log, { debug: [], logLevel: 'info' })
    assert.equal(none, undefined)
    assert.equal(traceDatabase(server.db, none), server.db)
    const some = createDebug(log, { debug: ['auth'], logLevel: 'info' })
    assert.deepEqual(Object.keys(some ?? {}), ['auth'])
    assert.equal(traceDatabase(server.db, some), server.db)
    const all = createDebug(log, { debug: [], logLevel: 'debug' })
    assert.deepEqual(Object.keys(all ?? {}), ['http', 'sql', 'events', 'auth'])
  })

  test('is a line that a person reads in a terminal, which it cannot write on', () => {
    const line = { level: 20, time: 0, debug: 'sql', ms: 0.5, sql: 'select 1', msg: 'statement' }
    assert.equal(
      formatLine(JSON.stringify(line)),
      '00:00:00.000 sql    statement ms=0.5 sql=select 1\n',
    )
    const err = { type: 'Error', message: 'x\u202e', stack: '    at y\u009b' }
    const failed = { level: 50, time: 0, err, msg: 'bad\u001b[2J' }
    assert.equal(
      formatLine(JSON.stringify(failed)),
      '00:00:00.000 error  bad\\u001b[2J\nError x\\u202e\n    at y\\u009b\n',
    )
  })
})
