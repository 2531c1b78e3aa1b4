import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { limits } from '../limits.ts'
import { type Database, DatabaseUnavailable, type Engine, type Transaction } from './database.ts'
import { isSql, type Sql } from './sql.ts'
import { isUnavailable } from './sqlstate.ts'
import { wireTypes } from './wire-types.ts'

/** How a driver reaches its engine. */
export type Wire = {
  readonly engine: Engine
  /** Pipelined connections for single statements. */
  readonly lanes: number
  /** Settings of one connection, made anew for each: a stream cannot be used twice. */
  connection(): Promise<pg.ClientConfig>
  /** What a new connection does before anything else; when it throws, the connection is not used. */
  introduce?(client: pg.ClientBase): Promise<void>
  /**
   * Where transactions get a connection to themselves. An engine with one session has none: there
   * a transaction takes the only lane, and everything else waits for its end.
   */
  readonly transactions: pg.Pool | undefined
  close(): Promise<void>
}

type Lane = {
  client: pg.Client | undefined
  connecting: Promise<void> | undefined
  inFlight: number
  /** Whether what is sent waits for the rest of this turn of the event loop. */
  isGathering: boolean
}

/** What every connection of a driver has in common. */
export const connectionDefaults = {
  pipeline: true,
  types: wireTypes,
  query_timeout: limits.answerMsMax,
  connectionTimeoutMillis: limits.connectMsMax,
} as const

/**
 * A `Database` over pipelined `pg` connections: many statements are under way on few connections,
 * each its own commit. A lost connection fails what was under way on it, and the next statement
 * opens it again.
 */
export function openDriver(wire: Wire): Database {
  const lanes: Lane[] = Array.from({ length: wire.lanes }, () => ({
    client: undefined,
    connecting: undefined,
    inFlight: 0,
    isGathering: false,
  }))
  let exclusive: Promise<unknown> | undefined
  let closed = false

  function connecting(lane: Lane): Promise<void> {
    lane.connecting ??= connect(lane)
    return lane.connecting
  }

  async function connect(lane: Lane): Promise<void> {
    try {
      if (closed) throw new Error('The database was closed')
      const client = new pg.Client({ ...(await wire.connection()), ...connectionDefaults })
      const lose = () => {
        if (lane.client === client) lane.client = undefined
      }
      client.on('error', lose)
      client.on('end', lose)
      await client.connect()
      try {
        await wire.introduce?.(client)
        if (closed) throw new Error('The database was closed')
      } catch (error) {
        await client.end()
        throw error
      }
      lane.client = client
    } catch (error) {
      throw new DatabaseUnavailable(error)
    } finally {
      lane.connecting = undefined
    }
  }

  const leastBusy = () => lanes.reduce((a, b) => (b.inFlight < a.inFlight ? b : a))

  async function query<Row>(statement: Sql): Promise<Row[]> {
    let lane = leastBusy()
    // Nothing may be awaited between this test and sending, or a statement of somebody else
    // slips into a transaction.
    while (exclusive || !lane.client) {
      await (exclusive ?? connecting(lane))
      lane = leastBusy()
    }
    lane.inFlight++
    gather(lane, lane.client)
    try {
      return await send<Row>(lane.client, statement)
    } finally {
      lane.inFlight--
    }
  }

  async function transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (wire.transactions) {
      const client = await wire.transactions.connect().catch((error) => {
        throw new DatabaseUnavailable(error)
      })
      return transact(client, work).finally(() => client.release())
    }
    while (exclusive) await exclusive
    const turn = Promise.withResolvers<void>()
    exclusive = turn.promise
    try {
      const lane = leastBusy()
      while (!lane.client) await connecting(lane)
      return await transact(lane.client, work)
    } finally {
      exclusive = undefined
      turn.resolve()
    }
  }

  async function close(): Promise<void> {
    closed = true
    // A server that hangs never says goodbye: its connections end with the process.
    await Promise.race([goodbye(), sleep(limits.goodbyeMsMax, undefined, { ref: false })])
    await wire.close()
  }

  async function goodbye(): Promise<void> {
    await Promise.allSettled(lanes.map((lane) => lane.connecting))
    await Promise.allSettled(lanes.map((lane) => lane.client?.end()))
    await wire.transactions?.end()
  }

  return { engine: wire.engine, query, transaction, close }
}

/**
 * Sends what one turn of the event loop asks of a lane in one system call: at 64 connections a
 * call for each statement costs more than all that the server does with it.
 */
function gather(lane: Lane, client: pg.Client): void {
  if (lane.isGathering) return
  lane.isGathering = true
  const { stream } = (client as pg.Client & { connection: { stream: Writable } }).connection
  stream.cork()
  setImmediate(() => {
    lane.isGathering = false
    stream.uncork()
  })
}

async function transact<T>(
  client: pg.ClientBase,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  try {
    await command(client, 'begin')
    const result = await work({
      query: (statement) => send(client, statement),
      script: async (text) => {
        await command(client, text, limits.scriptMsMax)
      },
      long: async (statement) => {
        await command(client, 'set local statement_timeout = 0')
        return send(client, statement, limits.scriptMsMax)
      },
    })
    // PostgreSQL answers so when a statement had failed, and `work` went on as if it had not.
    if ((await command(client, 'commit')) === 'ROLLBACK') {
      throw new Error('A statement of the transaction failed: nothing was committed')
    }
    return result
  } catch (error) {
    // A rollback that fails means that the connection is gone, and the transaction with it.
    await command(client, 'rollback').catch(() => undefined)
    throw error
  }
}

async function send<Row>(
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

/** Runs text without parameters, and returns PostgreSQL's word for what one statement did. */
async function command(
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
