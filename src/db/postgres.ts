import pg from 'pg'
import { limits } from '../limits.ts'
import { type Database, DatabaseUnavailable, type Engine, engines } from './database.ts'
import { connectionDefaults, openDriver } from './driver.ts'
import { announceSchema } from './server-sessions.ts'
import { StartupError } from './startup-error.ts'

/**
 * Settings of each session. On flash and in memory a random page costs hardly more than the next
 * one: with the default of 4 the planner reads whole tables where an index would do.
 */
export const sessionOptions =
  '-c timezone=UTC -c datestyle=ISO,MDY -c intervalstyle=iso_8601 -c random_page_cost=1.1'

/**
 * A transaction that asked several shards concurrently could not write a reference table any more:
 * it asks them in turn.
 */
const citusOptions = '-c citus.multi_shard_modify_mode=sequential'

/**
 * Opens PostgreSQL ≥ 15 by its URL, which is Citus where the database has that extension. A server
 * says which schema it is for, and is refused when the database has another. Throws `StartupError`
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
    lock_timeout: limits.lockMsMax,
    options: sessionOptions,
  }
  const announce = async (client: pg.ClientBase) => {
    if (schemaVersion !== undefined) await announceSchema(client, schemaVersion)
  }
  const engine = await findEngine(connection)
  const isOnCitus = engine === engines.citus
  const options = isOnCitus ? `${sessionOptions} ${citusOptions}` : sessionOptions
  return openDriver({
    engine,
    sharedLanes: limits.sharedLanes,
    sharedLaneStatementsMax: limits.sharedLaneStatementsMax,
    ownLanes: limits.ownLanes,
    connection: async () => ({ ...connection, options }),
    onConnect: announce,
    close: async () => undefined,
  })
}

async function findEngine(connection: pg.ClientConfig): Promise<Engine> {
  const client = new pg.Client({ ...connection, ...connectionDefaults })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query("select from pg_extension where extname = 'citus'")
    return rows.length > 0 ? engines.citus : engines.postgres
  } catch (error) {
    throw new DatabaseUnavailable(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}
