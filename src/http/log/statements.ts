import type { Database, Queryable, Transaction } from '../../db/database.ts'
import type { Sql } from '../../db/sql.ts'
import { databaseError } from '../../db/sqlstate.ts'
import type { Tell } from './debug.ts'

/** A migration is told of by its beginning. */
const scriptCharsMax = 200

/**
 * A database that tells of each statement: its text on one line, how many values it had, never
 * which, how many rows came of it, how long it took, and the SQLSTATE of a failure, whose message
 * may quote a value.
 */
export function traceStatements(db: Database, tell: Tell): Database {
  return {
    ...db,
    query: tracedQuery(db, tell),
    transaction: (work) =>
      timed(tell, 'transaction', {}, () =>
        db.transaction((tx) => work(tracedTransaction(tx, tell))),
      ),
  }
}

function tracedTransaction(tx: Transaction, tell: Tell): Transaction {
  const isInTransaction = true
  return {
    query: tracedQuery(tx, tell, { isInTransaction }),
    script: (text) =>
      timed(tell, 'script', { sql: oneLine(text).slice(0, scriptCharsMax) }, () => tx.script(text)),
    long: (statement) =>
      timed(tell, 'statement', { isInTransaction, ...described(statement) }, () =>
        tx.long<never>(statement),
      ),
  }
}

function tracedQuery({ query }: Queryable, tell: Tell, more: object = {}): Queryable['query'] {
  return (statement) =>
    timed(tell, 'statement', { ...more, ...described(statement) }, () => query<never>(statement))
}

async function timed<T>(
  tell: Tell,
  message: string,
  fields: object,
  run: () => Promise<T>,
): Promise<T> {
  const started = performance.now()
  const ms = () => Math.round((performance.now() - started) * 100) / 100
  try {
    const result = await run()
    tell(message, {
      ms: ms(),
      ...(Array.isArray(result) ? { rows: result.length } : {}),
      ...fields,
    })
    return result
  } catch (error) {
    const { code = error instanceof Error ? error.name : 'error' } = databaseError(error) ?? {}
    tell(`${message} failed`, { ms: ms(), code, ...fields })
    throw error
  }
}

function described({ text, values }: Sql): object {
  return { values: values.length, sql: oneLine(text) }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
