import type { Database } from '../src/db/database.ts'
import type { Sql } from '../src/db/sql.ts'

export type Recorded = { statements: Sql[] }

/** The database again, noting each statement that is sent outside of transactions. */
export function recording(db: Database, sent: Recorded): Database {
  return {
    ...db,
    query(statement) {
      sent.statements.push(statement)
      return db.query(statement)
    },
  }
}
