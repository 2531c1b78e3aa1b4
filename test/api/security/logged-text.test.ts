import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DatabaseUnavailable } from '../../../src/db/database.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { traceDatabase } from '../../../src/events/trace.ts'
import { createDebug } from '../../../src/http/log/debug.ts'
import { createLog, formatLine } from '../../../src/http/log/log.ts'
import type { Server } from '../../../src/http/server.ts'
import { limits } from '../../../src/limits.ts'
import { createApp } from '../../../src/main.ts'
import { creationBody } from '../opportunities/creation.ts'
import { testServer } from '../test-server.ts'
import { operationsOf, send } from './operations.ts'
import { poisoned } from './poisoned.ts'

const marker = 'TEXT-OF-A-REQUEST'
/** Ends a quotation, and makes a terminal do something. */
const payload = `${marker}"'\u001b]0;title\u0007\u009b31m\u202e\u007f: /${marker}/`
/** Everything that a terminal obeys. */
const obeyed = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u

describe('text of requests in the log', () => {
  const server = testServer()
  const lines: string[] = []
  const log = createLog('trace', (line) => lines.push(line))
  const debug = createDebug(log, { debug: [], logLevel: 'trace' })
  let failure: ((text: string) => Error) | undefined
  let app: Server
  /** The same server, with its every step logged. */
  const logging = Object.create(server) as typeof server

  before(async () => {
    const query: typeof server.db.query = async (statement) => {
      if (failure && statement.values.includes(payload)) throw failure(payload)
      return server.db.query(statement)
    }
    const db = traceDatabase({ ...server.db, query }, debug)
    app = await createApp({ ...server.settings, db }, log, { debug })
    logging.url = await app.listen({ port: 0, host: '127.0.0.1' })
  })
  after(() => app.close())

  function assertClean(): void {
    for (const line of lines) {
      assert.ok(!line.includes(marker), line.slice(0, 2_000))
      assert.ok(line.length <= limits.logLineCharsMax + 1, `${line.length}`)
      assert.doesNotMatch(line.trimEnd(), obeyed)
      assert.doesNotMatch(formatLine(line), obeyed)
    }
  }

  test('there is none, whatever string of whatever operation holds it, with --debug too', async () => {
    for (const operation of operationsOf(server)) {
      for (const parts of poisoned(operation, payload)) {
        const { status } = await send(logging, operation, parts, demo.privateIntegrationToken)
        if (status === 401)
          await send(logging, operation, parts, demo.agencyPrivateIntegrationToken)
      }
    }
    assert.ok(lines.length > 500)
    assertClean()
  })

  test('nor where the database or the code fails over it', async () => {
    const failures: ((text: string) => Error)[] = [
      (text) => new Error(`no such thing: "${text}"`),
      (text) => new Error(`no such thing as '${text}' here`),
      (text) => new TypeError(`Object prototype may only be an Object or null: ${text}`),
      (text) => new RangeError(`Invalid time zone specified: ${text}`),
      (text) => new SyntaxError(`Cannot convert ${text} to a BigInt`),
      (text) => Object.assign(new Error('it failed'), { input: text, detail: text }),
      (text) => new DatabaseUnavailable(new Error('gone', { cause: new Error(`"${text}"`) })),
    ]
    for (const fail of failures) {
      failure = fail
      const { status } = await logging.ask('GET', `/opportunities/${encodeURIComponent(payload)}`)
      assert.ok(status >= 500)
    }
    failure = undefined
    // As PostgreSQL itself quotes what it was given.
    for (const statement of [
      sql`select ${payload}::text::int`,
      sql`select ${payload}::text::timestamptz`,
      sql`select ${`{${payload}`}::text::jsonb`,
    ]) {
      const error = await server.db.query(statement).catch((caught) => caught)
      log.error({ err: error }, 'a statement failed')
    }
    const described = lines.filter((line) => line.includes('"err":'))
    assert.ok(described.length >= failures.length + 3)
    for (const line of described) assert.match(line, /"type":"\w+"/)
    assertClean()
  })

  test('an unknown stage of a million characters is one short line', async () => {
    lines.length = 0
    const pipelineStageId = marker.repeat(50_000)
    const body = { ...creationBody, pipelineStageId }
    await logging.ask('POST', '/opportunities/', { body })
    assert.ok(lines.length > 0)
    for (const line of lines) assert.ok(line.length < 8_000, line.slice(0, 100))
    assertClean()
  })

  test('a line is bounded whatever it is given, and stays JSON', () => {
    lines.length = 0
    const long = `\u009b${'x'.repeat(100_000)}`
    log.warn({ long, short: 'kept' }, 'one long text')
    log.warn(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`name ${i}`, i])), 'many')
    log.warn(long)
    const [first, second, third] = lines.map((line) => JSON.parse(line))
    assert.deepEqual([first.short, first.isCut, first.msg], ['kept', true, 'one long text'])
    assert.equal(first.long.length, limits.logTextCharsMax)
    assert.deepEqual([second.msg, second.isCut, 'name 1' in second], ['many', true, false])
    assert.equal(third.msg.length, limits.logTextCharsMax)
    assertClean()
  })
})
