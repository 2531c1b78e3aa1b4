import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { limits } from '../limits.ts'
import { type Database, DatabaseUnavailable, type Engine, type Transaction } from './database.ts'
import { type Lane, type Lanes, newLane, ownLanes, sharedLanes, type Use } from './lanes/lanes.ts'
import { isQuickRead } from './lanes/reads.ts'
import { isSql, type Sql } from './sql.ts'
import { isOfSession, isUnavailable } from './sqlstate.ts'
import { wireTypes } from './wire-types.ts'

/** How a driver reaches its engine. */
export type Transport = {
  readonly engine: Engine
  /** Pipelined connections for what waits for nothing, and the statements under way on each. */
  readonly sharedLanes: number
  readonly sharedLaneStatementsMax: number
  /**
   * Those for what may wait or take long, one tenant's at a time. An engine with one session has
   * none: there the shared lane takes everything, and waits for the end of each transaction.
   */
  readonly ownLanes: number
  /** Settings of one connection, made for each, as a stream cannot be used twice. */
  connection(): Promise<pg.ClientConfig>
  /** Runs before anything else on a new connection; when it throws, the connection is not used. */
  onConnect?(client: pg.ClientBase): Promise<void>
  close(): Promise<void>
}

/** Settings that all connections share. */
export const connectionDefaults = {
  pipeline: true,
  types: wireTypes,
  query_timeout: limits.answerMsMax,
  connectionTimeoutMillis: limits.connectMsMax,
} as const

/**
 * Opens a `Database` over pipelined `pg` connections: many statements are in flight on few
 * connections, each its own commit. A lost connection fails the statements in flight on it, and the
 * next statement opens it again. A session that refuses what a new one may do is given up, and all
 * that are older with it.
 */
export function openDriver(transport: Transport): Database {
  const shared = Array.from({ length: transport.sharedLanes }, newLane)
  const own = Array.from({ length: transport.ownLanes }, newLane)
  const lanes = [...shared, ...own]
  const turnMsMax = own.length > 0 ? limits.turnMsMax : limits.loneLaneTurnMsMax
  const quickLanes = sharedLanes(shared, transport.sharedLaneStatementsMax, turnMsMax)
  const otherLanes = own.length > 0 ? ownLanes(own) : quickLanes
  const sessions = trackSessions(own.length > 0)
  let isClosed = false

  function connecting(lane: Lane): Promise<void> {
    lane.connecting ??= connect(lane)
    return lane.connecting
  }

  async function connect(lane: Lane): Promise<void> {
    try {
      if (isClosed) throw new Error('The database was closed')
      const client = new pg.Client({ ...(await transport.connection()), ...connectionDefaults })
      const forgetClient = () => {
        if (lane.client === client) lane.client = undefined
      }
      client.on('error', forgetClient)
      client.on('end', forgetClient)
      await client.connect()
      try {
        await transport.onConnect?.(client)
        if (isClosed) throw new Error('The database was closed')
      } catch (error) {
        await client.end()
        throw error
      }
      sessions.begin(client)
      lane.client = client
    } catch (error) {
      throw new DatabaseUnavailable(error)
    } finally {
      lane.connecting = undefined
    }
  }

  /** The connection of a lane that was taken; undefined before there is one. */
  function clientOf(lane: Lane): pg.Client | undefined {
    if (lane.client && sessions.isGivenUp(lane.client)) {
      endAfterAnswers(lane.client)
      lane.client = undefined
    }
    return lane.client
  }

  async function inLane<T>(
    from: Lanes,
    use: Use,
    work: (client: pg.Client, lane: Lane) => Promise<T>,
  ): Promise<T> {
    if (isClosed) throw new DatabaseUnavailable(new Error('The database was closed'))
    const lane = await from.take(use)
    try {
      let client = clientOf(lane)
      while (!client) {
        await connecting(lane)
        client = clientOf(lane)
      }
      return await sessions.watch(client, work(client, lane))
    } finally {
      from.release(lane)
    }
  }

  async function query<Row>(statement: Sql): Promise<Row[]> {
    const from = isSql(statement) && isQuickRead(statement) ? quickLanes : otherLanes
    return inLane(from, 'statement', (client, lane) => {
      batchWrites(lane, client)
      return runStatement<Row>(client, statement)
    })
  }

  const transaction = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
    inLane(otherLanes, 'transaction', (client) => transact(client, work))

  async function close(): Promise<void> {
    isClosed = true
    // A server that hangs never confirms the end: its connections end with the process.
    const timeout = sleep(limits.closeConnectionsMsMax, undefined, { ref: false })
    await Promise.race([Promise.all([quickLanes.idle(), otherLanes.idle()]), timeout])
    await Promise.race([endConnections(), timeout])
    await transport.close()
  }

  async function endConnections(): Promise<void> {
    await Promise.allSettled(lanes.map((lane) => lane.connecting))
    await Promise.allSettled(lanes.map((lane) => lane.client?.end()))
  }

  return { engine: transport.engine, query, transaction, close }
}

type Sessions = {
  begin(client: pg.ClientBase): void
  /** Looks at what an answer fails with. */
  watch<T>(client: pg.ClientBase, answer: Promise<T>): Promise<T>
  isGivenUp(client: pg.ClientBase): boolean
}

/**
 * Knows which sessions are given up: those that are older than the last error of a session. One that
 * has just begun is not to blame, or each refusal of a database that only reads would cost a new one.
 * An engine with one session would get the same one again.
 */
function trackSessions(hasSeveral: boolean): Sessions {
  const startedAt = new WeakMap<pg.ClientBase, number>()
  let givenUpBefore = 0
  return {
    begin: (client) => void startedAt.set(client, performance.now()),
    async watch(client, answer) {
      try {
        return await answer
      } catch (error) {
        const now = performance.now()
        const age = now - (startedAt.get(client) ?? now)
        if (hasSeveral && isOfSession(error) && age >= limits.sessionMsMin) givenUpBefore = now
        throw error
      }
    },
    isGivenUp: (client) => (startedAt.get(client) ?? givenUpBefore) < givenUpBefore,
  }
}

/** Answers come in the order of the statements: after this one's nobody waits for others. */
function endAfterAnswers(client: pg.Client): void {
  const end = () => client.end()
  client.query('select').then(end, end)
}

/**
 * Sends all statements of one turn of the event loop in one system call: at 64 connections a call
 * for each statement costs more than all the work of the server on it.
 */
function batchWrites(lane: Lane, client: pg.Client): void {
  if (lane.isBatching) return
  lane.isBatching = true
  const { stream } = (client as pg.Client & { connection: { stream: Writable } }).connection
  stream.cork()
  setImmediate(() => {
    lane.isBatching = false
    stream.uncork()
  })
}

async function transact<T>(
  client: pg.ClientBase,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  try {
    await runCommand(client, 'begin')
    const result = await work({
      query: (statement) => runStatement(client, statement),
      script: async (text) => {
        await runCommand(client, text, limits.scriptMsMax)
      },
      slowQuery: async (statement) => {
        await runCommand(client, 'set local statement_timeout = 0; set local lock_timeout = 0')
        return runStatement(client, statement, limits.scriptMsMax)
      },
    })
    // PostgreSQL answers ROLLBACK when a statement had failed and `work` ignored its error.
    if ((await runCommand(client, 'commit')) === 'ROLLBACK') {
      throw new Error('A statement of the transaction failed: nothing was committed')
    }
    return result
  } catch (error) {
    // A rollback that fails means that the connection is gone, and the transaction with it.
    await runCommand(client, 'rollback').catch(() => undefined)
    throw error
  }
}

async function runStatement<Row>(
  client: pg.ClientBase,
  statement: Sql,
  msMax: number = limits.answerMsMax,
): Promise<Row[]> {
  // The types say so already; this is for callers that have none.
  if (!isSql(statement)) throw new TypeError('Only what `sql` made may be executed')
  try {
    const { text, name } = statement
    const values = [...statement.values]
    const query: pg.QueryConfig & pg.ClientConfig = { text, name, values, query_timeout: msMax }
    return (await client.query(query)).rows
  } catch (error) {
    throw isUnavailable(error) ? new DatabaseUnavailable(error) : error
  }
}

/** Runs text without parameters, and returns PostgreSQL's command tag. */
async function runCommand(
  client: pg.ClientBase,
  text: string,
  msMax: number = limits.answerMsMax,
): Promise<string | undefined> {
  const query: pg.QueryConfig & pg.ClientConfig = { text, query_timeout: msMax }
  try {
    return (await client.query(query)).command
  } catch (error) {
    throw isUnavailable(error) ? new DatabaseUnavailable(error) : error
  }
}
