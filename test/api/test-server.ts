import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { openSigningKeys, type SigningKeys } from '../../src/auth/signing-keys.ts'
import type { AppSettings } from '../../src/context.ts'
import type { Database } from '../../src/db/database.ts'
import { sql } from '../../src/db/sql.ts'
import { demo } from '../../src/demo/ids.ts'
import { createLog } from '../../src/http/log/log.ts'
import type { Server } from '../../src/http/server.ts'
import { limits } from '../../src/limits.ts'
import { createApp } from '../../src/main.ts'
import { noteExchange } from '../exchanges.ts'
import { openTestDatabase } from '../test-database.ts'

/** As cheap as scrypt can be. */
export const testPasswordCost = { N: 2, r: 1, p: 1 }

/** Scrypt takes powers of two only: whatever is hashed with this fails. */
export const impossibleCost = { N: 3, r: 1, p: 1 }

export type Ask = {
  /** Null: no `Authorization` header. */
  token?: string | null
  /** Null: no `Version` header. */
  version?: string | null
  /** An object is sent as JSON, text and bytes as they are. */
  body?: unknown
  headers?: Record<string, string>
}

export type Answer = {
  status: number
  headers: Headers
  /** The body as it was sent, but for the trace id, which every object has and which is checked. */
  text: string
  body: Record<string, unknown>
  traceId: string
}

export type OutboxRow = { type: string; payload: Record<string, unknown> }

const traceId =
  /(?:,|(?<=^\{))"traceId":"([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"\}$/

/** Takes a body apart: what it says, and its trace id. */
export function read(sent: string): Pick<Answer, 'text' | 'body' | 'traceId'> {
  const found = traceId.exec(sent)
  assert.ok(found?.[1], `every object body ends with a trace id: ${sent.slice(0, 500)}`)
  const text = sent.replace(traceId, '}')
  return { text, body: JSON.parse(text), traceId: found[1] }
}

/** A server with the demo world, listening on a port of its own for one test file. */
export class TestServer {
  db!: Database
  app!: Server
  url = ''
  /** The address of its database, on PostgreSQL. */
  databaseUrl: string | undefined
  /** The clock that the server goes by. */
  now = new Date('2026-03-01T12:00:00.000Z')
  /** What the server logged, line by line. */
  readonly logged: string[] = []
  /** What only some servers have. */
  readonly #extras: Partial<AppSettings>
  readonly #openDatabase: typeof openTestDatabase
  #keys: SigningKeys | undefined
  #elapsedMs = 0
  #seen: string[] = []

  constructor(extras: Partial<AppSettings> = {}, openDatabase = openTestDatabase) {
    this.#extras = extras
    this.#openDatabase = openDatabase
  }

  async open(): Promise<void> {
    const opened = await this.#openDatabase()
    this.db = opened.db
    this.databaseUrl = opened.url
    this.#keys = await openSigningKeys(this.db, undefined, new Date())
    const log = createLog('info', (line) => this.logged.push(line))
    this.app = await createApp(this.settings, log)
    this.url = await this.app.listen({ port: 0, host: '127.0.0.1' })
  }

  /** What it goes by, for another server like it. */
  get settings(): AppSettings {
    if (!this.#keys) throw new Error('The server is not open')
    return {
      db: this.db,
      keys: this.#keys,
      now: () => this.now,
      monotonicMs: () => this.#elapsedMs,
      passwordCost: testPasswordCost,
      ...this.#extras,
    }
  }

  /** Lets time pass until no token is believed without being looked up. */
  forgetTokens(): void {
    this.elapse(limits.tokenFreshMs + 1)
  }

  /** Lets time pass on the clock that nobody sets, which stands still otherwise. */
  elapse(ms: number): void {
    this.#elapsedMs += ms
  }

  async close(): Promise<void> {
    await this.app.close()
    await this.db.close()
  }

  /** Sends a request as the demo location's own client would, unless told otherwise. */
  async ask(method: string, path: string, options: Ask = {}): Promise<Answer> {
    const { token = demo.privateIntegrationToken, version = '2021-07-28', body } = options
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(version === null ? {} : { version }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
    })
    const { status, headers } = response
    const sent = await response.text()
    const { body: asked, ...others } = options
    noteExchange(`${method} ${path} ${JSON.stringify(others)}`, asked, { status, text: sent })
    return { status, headers, ...read(sent) }
  }

  /** The events appended since this was asked last, in order. */
  async newEvents(): Promise<OutboxRow[]> {
    const rows = await this.db.query<OutboxRow & { id: string }>(sql`
      select id, type, payload from outbox where id <> all(${this.#seen}::text[]) order by id`)
    this.#seen.push(...rows.map(({ id }) => id))
    return rows.map(({ type, payload }) => ({ type, payload }))
  }
}

/** A server that is there for all tests of the file. */
export function testServer(
  extras: Partial<AppSettings> = {},
  openDatabase = openTestDatabase,
): TestServer {
  const server = new TestServer(extras, openDatabase)
  before(() => server.open())
  after(() => server.close())
  return server
}
