import type pg from 'pg'
import { limits } from '../limits.ts'
import { DatabaseUnavailable, type Transaction } from './database.ts'
import { sql } from './sql.ts'
import { databaseError, sqlstate } from './sqlstate.ts'
import { StartupError } from './startup-error.ts'

/**
 * No server may write into a schema newer than itself, and no statement should pay for that check.
 * So each connection announces once, before anything else, which schema it is for, and is refused
 * when the database has another. A migration first locks the table that they read, so that later
 * connections find the new schema, and then ends all sessions that had announced themselves. One
 * statement both reads the schema and sets the name, so that no accepted session lacks its name.
 */
const prefix = 'groundlevel/'

/** Names a connection after the schema of its server; throws when the database has another one. */
export async function announceSchema(client: pg.ClientBase, schemaVersion: number): Promise<void> {
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
    // Otherwise a transaction goes on seeing the sessions of its first look.
    await tx.script('select pg_stat_clear_snapshot()')
    if ((await endSessions(tx)) === 0) return
  }
  throw new StartupError('Servers of before do not end. Stop them, and try again.')
}

/** Ends the sessions of servers, and returns how many there were. */
async function endSessions(tx: Transaction): Promise<number> {
  try {
    const ended = await tx.slowQuery(sql`
      select pg_terminate_backend(s.pid, ${limits.endServerMsMax}) from pg_stat_activity s
      where s.datname = current_database() and s.application_name like ${`${prefix}%`}`)
    return ended.length
  } catch (error) {
    const answer = error instanceof DatabaseUnavailable ? undefined : databaseError(error)
    if (answer?.code !== sqlstate.insufficientPrivilege) throw error
    throw new StartupError(
      'Servers of before are connected as another user of the database, and cannot be ended from ' +
        'here. Stop them first.',
    )
  }
}
