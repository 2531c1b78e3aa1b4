import type pg from 'pg'
import { limits } from '../limits.ts'
import { DatabaseUnavailable, type Transaction } from './database.ts'
import { sql } from './sql.ts'
import { databaseError, sqlstate } from './sqlstate.ts'
import { StartupError } from './startup-error.ts'

/**
 * How no server writes into a schema that is newer than itself, at no cost to a statement. Each of
 * its connections says once, before anything else, which schema it is for, and is refused when the
 * database has another. A migration locks the table that they ask, so that whoever asks later finds
 * the new schema, and then ends the sessions of all who asked before. Their names are told by the
 * statement that asks, so that whoever has an answer has the name by then.
 */
const prefix = 'groundlevel/'

/** Names a new connection after the schema that its server is for; throws when it is not there. */
export async function introduce(client: pg.ClientBase, schemaVersion: number): Promise<void> {
  const { rows } = await client.query<{ version: number; name: string }>({
    text: `select m.version, m.name, set_config('application_name', $1, false)
      from schema_migrations m where m.version = (select max(n.version) from schema_migrations n)`,
    values: [`${prefix}${schemaVersion}`],
  })
  const [newest] = rows
  if (newest?.version === schemaVersion) return
  throw new Error(
    `The database has the schema of ${newest?.name ?? 'nothing'}, which is not that of this ` +
      'Groundlevel: another version has migrated it. Stop this one, and start that.',
  )
}

/**
 * Ends the sessions of all servers, and keeps new ones waiting for the end of this transaction.
 * Throws `StartupError` when one cannot be ended.
 */
export async function endServers(tx: Transaction): Promise<void> {
  await tx.script('lock table schema_migrations in access exclusive mode')
  for (let attempt = 0; attempt < limits.endServersAttemptsMax; attempt++) {
    // Within a transaction the sessions are otherwise those of the first look.
    await tx.script('select pg_stat_clear_snapshot()')
    if ((await endOnce(tx)) === 0) return
  }
  throw new StartupError('Servers of before do not end. Stop them, and try again.')
}

/** How many sessions of servers there were. */
async function endOnce(tx: Transaction): Promise<number> {
  try {
    const ended = await tx.long(sql`
      select pg_terminate_backend(s.pid, ${limits.endServerMsMax}) from pg_stat_activity s
      where s.datname = current_database() and s.application_name like ${`${prefix}%`}`)
    return ended.length
  } catch (error) {
    const known = error instanceof DatabaseUnavailable ? undefined : databaseError(error)
    if (known?.code !== sqlstate.insufficientPrivilege) throw error
    throw new StartupError(
      'Servers of before are connected as another user of the database, and cannot be ended from ' +
        'here. Stop them first.',
    )
  }
}
