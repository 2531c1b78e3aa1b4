import type { Database, Queryable, Transaction } from './database.ts'
import type { Sql } from './sql.ts'
import { databaseError } from './sqlstate.ts'

/** Logs one step with what there is to know of it. */
type LogStep = (message: string, fields: object) => void

/** Only the beginning of a migration is logged. */
const scriptCharsMax = 200

/**
 * A database that logs each statement: its text on one line, the number of its values and rows, its
 * time, and the SQLSTATE of a failure. Values are never logged, nor messages, which may quote them.
 */
export function traceStatements(db: Database, logStep: LogStep): Database {
  return {
    ...db,
    query: tracedQuery(db, logStep),
    transaction: (work) =>
      logTimed(logStep, 'transaction', {}, () =>
        db.transaction((tx) => work(tracedTransaction(tx, logStep))),
      ),
  }
}

function tracedTransaction(tx: Transaction, logStep: LogStep): Transaction {
  const isInTransaction = true
  return {
    query: tracedQuery(tx, logStep, { isInTransaction }),
    script: (text) =>
      logTimed(logStep, 'script', { sql: singleLine(text).slice(0, scriptCharsMax) }, () =>
        tx.script(text),
      ),
    slowQuery: (statement) =>
      logTimed(logStep, 'statement', { isInTransaction, ...describeStatement(statement) }, () =>
        tx.slowQuery<never>(statement),
      ),
  }
}

function tracedQuery(
  { query }: Queryable,
  logStep: LogStep,
  extraFields: object = {},
): Queryable['query'] {
  return (statement) =>
    logTimed(logStep, 'statement', { ...extraFields, ...describeStatement(statement) }, () =>
      query<never>(statement),
    )
}

async function logTimed<T>(
  logStep: LogStep,
  message: string,
  fields: object,
  run: () => Promise<T>,
): Promise<T> {
  const started = performance.now()
  const ms = () => Math.round((performance.now() - started) * 100) / 100
  try {
    const result = await run()
    logStep(message, {
      ms: ms(),
      ...(Array.isArray(result) ? { rows: result.length } : {}),
      ...fields,
    })
    return result
  } catch (error) {
    const { code = error instanceof Error ? error.name : 'error' } = databaseError(error) ?? {}
    logStep(`${message} failed`, { ms: ms(), code, ...fields })
    throw error
  }
}

function describeStatement({ text, values }: Sql): object {
  return { values: values.length, sql: singleLine(text) }
}

function singleLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
