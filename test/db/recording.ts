import type { Database, Queryable, Transaction } from '../../src/db/database.ts'
import type { Sql } from '../../src/db/sql.ts'

/** A statement that was sent, with the rows that came back; none when it failed. */
export type SentStatement = {
  statement: Sql
  rows: readonly Record<string, unknown>[]
  /** Whether code of `src/` sent it, and not a test. */
  isOfSource: boolean
}

function isCalledFromSource(): boolean {
  const callers = new Error().stack?.split('\n').filter((line) => line.includes('file:')) ?? []
  const caller = callers.find((line) => !line.includes('/test/db/recording.ts'))
  return caller?.includes('/src/') === true
}

/** A database that records in `sent` each statement sent to it. */
export function recordStatements(db: Database, sent: SentStatement[]): Database {
  const noting =
    (send: Queryable['query']): Queryable['query'] =>
    async <Row>(statement: Sql): Promise<Row[]> => {
      const entry: SentStatement = { statement, rows: [], isOfSource: isCalledFromSource() }
      sent.push(entry)
      const rows = await send<Row>(statement)
      entry.rows = rows as Record<string, unknown>[]
      return rows
    }
  return {
    ...db,
    query: noting(db.query),
    transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
      return db.transaction((tx) =>
        work({ ...tx, query: noting(tx.query), slowQuery: noting(tx.slowQuery) }),
      )
    },
  }
}
