import type { Database, Queryable } from '../db/database.ts'
import { type Sql, sql } from '../db/sql.ts'
import type { Debug, Tell } from '../http/log/debug.ts'
import { traceStatements } from '../http/log/statements.ts'

/** The database, or one that tells of its statements and of the events that they append. */
export function traceDatabase(db: Database, debug: Debug | undefined): Database {
  const told = debug?.sql ? traceStatements(db, debug.sql) : db
  return debug?.events ? traceEvents(told, db, debug.events) : told
}

/**
 * Tells of events once they are committed. Only the database knows which of a change's events were
 * appended, so it is asked, beside what is told of and without making anybody wait.
 */
function traceEvents(db: Database, beside: Queryable, tell: Tell): Database {
  async function look(statements: readonly Sql[]): Promise<void> {
    const strings = statements
      .flatMap(({ values }) => values.flat())
      .filter((value) => typeof value === 'string')
    const appended = await beside.query<{ type: string; locationId: string; id: string }>(sql`
      select e.type, e.location_id as "locationId", e.id from outbox e
      where e.location_id = any(${strings}::text[]) and e.id = any(${strings}::text[])
      order by e.location_id, e.id`)
    for (const event of appended) tell('appended', event)
  }
  // A server that is just stopping has closed its database.
  const tellOf = (statements: readonly Sql[]) => void look(statements).catch(() => undefined)

  return {
    ...db,
    async query(statement) {
      const rows = await db.query<never>(statement)
      if (appends(statement)) tellOf([statement])
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
      if (statements.length > 0) tellOf(statements)
      return result
    },
  }
}

function appends({ text }: Sql): boolean {
  return /\binsert into outbox\b/i.test(text)
}
