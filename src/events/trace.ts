import type { Database, Queryable } from '../db/database.ts'
import { type Sql, sql } from '../db/sql.ts'
import { traceStatements } from '../db/traced-statements.ts'
import type { Debug, LogStep } from '../http/log/debug.ts'

/** The database, wrapped to log its statements and the events that they append. */
export function traceDatabase(db: Database, debug: Debug | undefined): Database {
  const withStatements = debug?.sql ? traceStatements(db, debug.sql) : db
  return debug?.events ? traceEvents(withStatements, db, debug.events) : withStatements
}

/**
 * Logs events once they are committed. Only the database knows which of a change's events were
 * appended, so it is queried outside the trace, without delaying the request.
 */
function traceEvents(db: Database, untraced: Queryable, log: LogStep): Database {
  async function logAppended(statements: readonly Sql[]): Promise<void> {
    const strings = statements
      .flatMap(({ values }) => values.flat())
      .filter((value) => typeof value === 'string')
    const appended = await untraced.query<{ type: string; locationId: string; id: string }>(sql`
      select e.type, e.location_id as "locationId", e.id from outbox e
      where e.location_id = any(${strings}::text[]) and e.id = any(${strings}::text[])
      order by e.location_id, e.id`)
    for (const event of appended) log('appended', event)
  }
  // A server that is stopping may have closed its database.
  const logInBackground = (statements: readonly Sql[]) =>
    void logAppended(statements).catch(() => undefined)

  return {
    ...db,
    async query(statement) {
      const rows = await db.query<never>(statement)
      if (appends(statement)) logInBackground([statement])
      return rows
    },
    async transaction(work) {
      const statements: Sql[] = []
      const result = await db.transaction((tx) =>
        work({
          ...tx,
          query(statement) {
            if (appends(statement)) statements.push(statement)
            return tx.query<never>(statement)
          },
        }),
      )
      if (statements.length > 0) logInBackground(statements)
      return result
    },
  }
}

function appends({ text }: Sql): boolean {
  return /\binsert into outbox\b/i.test(text)
}
