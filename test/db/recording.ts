import type { Database, Queryable, Transaction } from '../../src/db/database.ts'
import type { Sql } from '../../src/db/sql.ts'

/** A statement that was sent, with the rows that came back; none when it failed. */
export type Sent = { statement: Sql; rows: readonly Record<string, unknown>[] }

/** The database again, noting in `sent` what is sent to it from now on. */
export function recording(db: Database, sent: Sent[]): Database {
  const noting =
    (send: Queryable['query']): Queryable['query'] =>
    async <Row>(statement: Sql): Promise<Row[]> => {
      const entry: Sent = { statement, rows: [] }
      sent.push(entry)
      const rows = await send<Row>(statement)
      entry.rows = rows as Record<string, unknown>[]
      return rows
    }
  return {
    ...db,
    query: noting(db.query),
    transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
      return db.transaction((tx) => work({ ...tx, query: noting(tx.query), long: noting(tx.long) }))
    },
  }
}
