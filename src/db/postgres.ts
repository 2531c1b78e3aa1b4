import pg from 'pg'
import { limits } from '../limits.ts'
import { type Database, engines } from './database.ts'
import { connectionDefaults, openDriver } from './driver.ts'
import { introduce } from './server-sessions.ts'
import { StartupError } from './startup-error.ts'

/**
 * What each session is told. A page out of turn costs hardly more than the next one, on flash and in
 * memory: by the default of 4 whole tables would be read for what an index finds.
 */
export const sessionOptions =
  '-c timezone=UTC -c datestyle=ISO,MDY -c intervalstyle=iso_8601 -c random_page_cost=1.1'

/**
 * Opens PostgreSQL ≥ 15 by its URL. Nothing is connected until the first statement. A server says
 * which schema it is for, and is refused when the database has another. Throws `StartupError`
 * when it is no URL of PostgreSQL.
 */
export async function openPostgres(url: string, schemaVersion?: number): Promise<Database> {
  if (!/^(postgres|postgresql|socket):$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new StartupError(
      'The database is named as in postgres://user:password@host/database. ' +
        'In a password, # is written %23, / is written %2F, and @ is written %40.',
    )
  }
  const connection: pg.ClientConfig = {
    connectionString: url,
    application_name: 'groundlevel',
    keepAlive: true,
    statement_timeout: limits.statementMsMax,
    options: sessionOptions,
  }
  const onConnect = async (client: pg.ClientBase) => {
    if (schemaVersion !== undefined) await introduce(client, schemaVersion)
  }
  const transactions = new pg.Pool({
    ...connection,
    ...connectionDefaults,
    max: limits.transactionsMax,
    onConnect,
  })
  // An idle connection that breaks is replaced by the pool; nobody is waiting for it. One that
  // breaks in use fails its transaction, and must not fail the process.
  transactions.on('error', () => undefined)
  transactions.on('connect', (client) => client.on('error', () => undefined))
  return openDriver({
    engine: engines.postgres,
    lanes: limits.lanes,
    connection: async () => connection,
    introduce: onConnect,
    transactions,
    close: async () => undefined,
  })
}
