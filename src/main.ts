import type { FastifyBaseLogger } from 'fastify'
import { families, reactionsOfFamilies } from './api/index.ts'
import { authenticate, keyOwnerOf } from './auth/bearer.ts'
import { expiredSessions } from './auth/sessions.ts'
import { expiredSigningKeys, openSigningKeys } from './auth/signing-keys.ts'
import { traceArrivals, traceDecisions } from './auth/trace.ts'
import type { Config } from './config.ts'
import { type AppSettings, productionSettings } from './context.ts'
import type { Database } from './db/database.ts'
import { migrate, readMigrations } from './db/migrate.ts'
import { openPostgres } from './db/postgres.ts'
import { withSharedTransactions } from './db/shared-transaction.ts'
import { StartupError } from './db/startup-error.ts'
import { docs } from './docs/index.ts'
import { openClock } from './events/clock.ts'
import { type ExpiryStatement, expiryTask } from './events/expiry.ts'
import { finishLeftovers } from './events/leftovers.ts'
import { type PeriodicTask, runPeriodically } from './events/periodic.ts'
import { traceDatabase } from './events/trace.ts'
import { expiredKeys, replayRetries } from './http/idempotency.ts'
import { createDebug, type Debug } from './http/log/debug.ts'
import { createLog } from './http/log/log.ts'
import { openapi } from './http/openapi/openapi.ts'
import { openRateLimit } from './http/rate-limit/open.ts'
import { type RateLimit, unlimited } from './http/rate-limit/rate-limit.ts'
import { throttleUnauthenticated } from './http/rate-limit/unauthenticated.ts'
import { createServer, type Server } from './http/server.ts'
import { limits } from './limits.ts'

/** A server that answers requests, until it is closed. */
export type RunningServer = AsyncDisposable & { url: string; db: Database }

/** What a server may be given beside its context. */
export type AppOptions = {
  /** Undefined: no limit. */
  limit?: RateLimit
  /** Addresses of the proxies in front. */
  trustProxy?: string | undefined
  /** Whether the reference asks its readers for feedback. */
  feedback?: boolean
  /** Work on a timer beside that of the families. */
  tasks?: readonly PeriodicTask[]
  /** Where each step of a request is logged. */
  debug?: Debug | undefined
}

/** Removes the rows of every kind that expires. */
export const expiryStatements: readonly ExpiryStatement[] = [
  expiredSessions,
  expiredSigningKeys,
  expiredKeys,
  ...families.flatMap((family) => family.expiryStatements ?? []),
]

/** Builds the server with all routes, over a database. */
export async function createApp(
  { db: ownDb, ...rest }: AppSettings,
  log: FastifyBaseLogger,
  { limit = unlimited(log), trustProxy, feedback = true, debug, tasks = [] }: AppOptions = {},
): Promise<Server> {
  const db = withSharedTransactions(ownDb)
  const settings = { ...rest, db }
  const app = createServer(log, { trustProxy, strict: rest.strict })
  traceArrivals(app, debug)
  throttleUnauthenticated(app, limit)
  await openapi(app)
  authenticate(app, settings, limit)
  traceDecisions(app, debug)
  replayRetries(app, db, settings, keyOwnerOf)
  const contextWithReactions = { ...settings, reactions: reactionsOfFamilies(settings) }
  const leftovers = families.flatMap((family) => family.leftovers ?? [])
  const context = {
    ...contextWithReactions,
    finish: finishLeftovers(app, contextWithReactions, leftovers),
  }
  for (const { routes } of families) routes(app, context)
  docs(app, context, { feedback })
  const periodic = [
    expiryTask(expiryStatements),
    ...families.flatMap((family) => family.periodicTasks ?? []),
    ...tasks,
  ]
  for (const work of periodic) runPeriodically(app, context, work)
  await app.ready()
  return app
}

/** Checks the settings that production needs, before its database is opened. */
export function checkProduction({ databaseUrl, secretKey }: Config): void {
  // A missing DATABASE_URL is reported first, when the database is opened.
  if (!databaseUrl || (secretKey?.length ?? 0) >= limits.secretKeyCharsMin) return
  throw new StartupError(
    `Set GROUNDLEVEL_SECRET_KEY to a text of ${limits.secretKeyCharsMin} characters or more, and keep ` +
      'it: it encrypts the signing keys in the database. To make one: openssl rand -base64 32.',
  )
}

/** Opens the database of production, or of an administration command. */
export async function openProduction({ databaseUrl }: Config): Promise<Database> {
  if (!databaseUrl) {
    throw new StartupError(
      'Set DATABASE_URL to a PostgreSQL database (15 or newer), as in ' +
        'postgres://user:password@host/database. For a sandbox without one: groundlevel dev.',
    )
  }
  const migrations = readMigrations()
  const migrating = await openPostgres(databaseUrl)
  try {
    await migrate(migrating, migrations)
  } finally {
    await migrating.close()
  }
  return openPostgres(databaseUrl, migrations.length)
}

/**
 * Starts answering; disposing of the result stops everything. `sandbox` is what production does
 * not have.
 */
export async function start(
  config: Config,
  database: Database,
  sandbox: Pick<AppSettings, 'demoAdmin' | 'demoTokens'> = {},
): Promise<RunningServer> {
  const log = createLog(config.logLevel)
  const debug = createDebug(log, config)
  const db = traceDatabase(database, debug)
  const { extraOpportunityUpdate, strict, trustProxy } = config
  const limit = await openRateLimit(config, db, log)
  const { now, task } = await openClock(db, log)
  const keys = await openSigningKeys(db, config.secretKey, now())
  const app = await createApp(
    { ...productionSettings, now, db, keys, extraOpportunityUpdate, strict, ...sandbox },
    log,
    {
      limit,
      trustProxy,
      feedback: !config.noFeedback,
      debug,
      tasks: [task],
    },
  )
  try {
    const url = await app.listen({ port: config.port, host: config.host })
    log.info({ url, engine: db.engine.name }, 'groundlevel answers')
    return {
      url,
      db,
      async [Symbol.asyncDispose]() {
        // Requests in progress are answered; those that do not end in time are cut off.
        const cutOff = setTimeout(() => app.server.closeAllConnections(), limits.stopMsMax)
        await app.close()
        clearTimeout(cutOff)
        await limit.close()
        await db.close()
        log.info('groundlevel stopped')
      },
    }
  } catch (error) {
    await app.close()
    await limit.close()
    await db.close()
    throw listenError(error, config)
  }
}

function listenError(error: unknown, { host, port }: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return new StartupError(
      `Port ${port} on ${host} is in use. Choose another with --port, or --port 0 for any.`,
    )
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartupError(`Cannot listen on ${host} port ${port} (${code}).`)
  }
  return error
}
