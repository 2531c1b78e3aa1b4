import type { Database } from '../src/db/database.ts'
import type { Sql } from '../src/db/sql.ts'

export type Recording = { statements: Sql[] }

/** A database that records each statement outside of transactions. */
export function recordStatements(db: Database, recording: Recording): Database {
  return {
    ...db,
    query(statement) {
      recording.statements.push(statement)
      return db.query(statement)
    },
  }
}
