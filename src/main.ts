import type { FastifyBaseLogger } from 'fastify'
import { families, reactionsOfFamilies } from './api/index.ts'
import { authenticate, keyOwnerOf } from './auth/bearer.ts'
import { expiredSessions } from './auth/sessions.ts'
import { expiredSigningKeys, openSigningKeys } from './auth/signing-keys.ts'
import { traceArrivals, traceDecisions } from './auth/trace.ts'
import type { Config } from './config.ts'
import { type AppSettings, productionSettings } from './context.ts'
import type { Database } from './db/database.ts'
import { joining } from './db/joining.ts'
import { migrate, readMigrations } from './db/migrate.ts'
import { openPglite } from './db/pglite/open.ts'
import { openPostgres } from './db/postgres.ts'
import { StartupError } from './db/startup-error.ts'
import { demoImage } from './demo/image.ts'
import { docs } from './docs/index.ts'
import { type Expired, expiry } from './events/expiry.ts'
import { finishLeftovers } from './events/leftovers.ts'
import { runPeriodically } from './events/periodic.ts'
import { traceDatabase } from './events/trace.ts'
import { expiredKeys, replayRetries } from './http/idempotency.ts'
import { createDebug, type Debug } from './http/log/debug.ts'
import { createLog } from './http/log/log.ts'
import { openapi } from './http/openapi/openapi.ts'
import { databaseCounts } from './http/rate-limit/counts.ts'
import {
  type RateLimit,
  rateLimit,
  rateLimitProfiles,
  unlimited,
} from './http/rate-limit/rate-limit.ts'
import { redisCounts } from './http/rate-limit/redis.ts'
import { throttleStrangers } from './http/rate-limit/strangers.ts'
import { createServer, type Server } from './http/server.ts'
import { limits } from './limits.ts'

/** A server that answers requests, until it is closed. */
export type Running = AsyncDisposable & { url: string; db: Database }

/** What a server may be told beside its context. */
export type AppOptions = {
  /** Undefined: no limit. */
  limit?: RateLimit
  /** Addresses of the proxies in front. */
  trustProxy?: string | undefined
  /** Whether the reference asks its readers what they think of it. */
  feedback?: boolean
  /** Who is told of what is done, step by step. */
  debug?: Debug | undefined
}

/** What is removed once it has expired. */
export const expired: readonly Expired[] = [
  expiredSessions,
  expiredSigningKeys,
  expiredKeys,
  ...families.flatMap((family) => family.expired ?? []),
]

/** All that the server answers, over a database. */
export async function createApp(
  { db: own, ...rest }: AppSettings,
  log: FastifyBaseLogger,
  { limit = unlimited(log), trustProxy, feedback = true, debug }: AppOptions = {},
): Promise<Server> {
  const db = joining(own)
  const settings = { ...rest, db }
  const app = createServer(log, trustProxy)
  traceArrivals(app, debug)
  throttleStrangers(app, limit)
  await openapi(app)
  authenticate(app, settings, limit)
  traceDecisions(app, debug)
  replayRetries(app, db, settings.now, keyOwnerOf)
  const reacting = { ...settings, reactions: reactionsOfFamilies(settings) }
  const leftovers = families.flatMap((family) => family.leftovers ?? [])
  const context = { ...reacting, finish: finishLeftovers(app, reacting, leftovers) }
  for (const { routes } of families) routes(app, context)
  docs(app, context, { feedback })
  const periodic = [expiry(expired), ...families.flatMap((family) => family.periodic ?? [])]
  for (const work of periodic) runPeriodically(app, context, work)
  await app.ready()
  return app
}

/** The sandbox's database: embedded, with the demo world when it is new. */
export async function openSandbox({ dataDir }: Pick<Config, 'dataDir'>): Promise<Database> {
  const db = await openPglite(dataDir, demoImage)
  try {
    const remedy = `Stop Groundlevel, delete ${dataDir} and start again.`
    await migrate(db, readMigrations(), remedy)
    return db
  } catch (error) {
    await db.close()
    throw error
  }
}

/** What production insists on beside its database, before that is opened. */
export function checkProduction({ databaseUrl, secretKey }: Config): void {
  // Without a database that is what is said first.
  if (!databaseUrl || (secretKey?.length ?? 0) >= limits.secretKeyCharsMin) return
  throw new StartupError(
    `Set GROUNDLEVEL_SECRET_KEY to a text of ${limits.secretKeyCharsMin} characters or more, and keep ` +
      'it: it encrypts the signing keys in the database. To make one: openssl rand -base64 32.',
  )
}

/** The database of production, or of an administration command. */
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
 * Starts answering; everything is taken down again when the result is disposed of. `sandbox` is
 * what production does not have.
 */
export async function start(
  config: Config,
  opened: Database,
  sandbox: Pick<AppSettings, 'demoAdmin' | 'demoTokens'> = {},
): Promise<Running> {
  const log = createLog(config.logLevel)
  const debug = createDebug(log, config)
  const db = traceDatabase(opened, debug)
  const { extraOpportunityUpdate, strict, trustProxy } = config
  const limit = await openRateLimit(config, db, log)
  const keys = await openSigningKeys(db, config.secretKey, new Date())
  const app = await createApp(
    { ...productionSettings, db, keys, extraOpportunityUpdate, strict, ...sandbox },
    log,
    {
      limit,
      trustProxy,
      feedback: !config.noFeedback,
      debug,
    },
  )
  try {
    const url = await app.listen({ port: config.port, host: config.host })
    log.info({ url, engine: db.engine.name }, 'groundlevel answers')
    return {
      url,
      db,
      async [Symbol.asyncDispose]() {
        // What is under way is answered; what does not end by then is cut off.
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

/** The rate limit that the options ask for. */
async function openRateLimit(
  config: Config,
  db: Database,
  log: FastifyBaseLogger,
): Promise<RateLimit> {
  const profile = config.rateLimit ?? 'production'
  const { max, dailyMax, refusedMax } =
    rateLimitProfiles[profile === 'off' ? 'production' : profile]
  const rates = {
    max: config.rateLimitMax ?? max,
    dailyMax: config.rateLimitDaily ?? dailyMax,
    refusedMax: config.rateLimitRefused ?? refusedMax,
  }
  if (profile === 'off') return rateLimit(rates, undefined, log)
  const { redisUrl } = config
  const counts = redisUrl ? await redisCounts(redisUrl) : databaseCounts(db)
  return rateLimit(rates, counts, log)
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
