import type { FastifyBaseLogger } from 'fastify'
import pino from 'pino'
import { authenticate } from './auth/bearer.ts'
import { openSigningKeys } from './auth/signing-keys.ts'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { migrate } from './db/migrate.ts'
import { openPglite } from './db/pglite.ts'
import { openPostgres } from './db/postgres.ts'
import { StartupError } from './db/startup-error.ts'
import { demoImage } from './demo/image.ts'
import type { House } from './house.ts'
import { health } from './http/health.ts'
import { openapi } from './http/openapi.ts'
import { createServer, type Server } from './http/server.ts'
import { opportunities } from './opportunities/index.ts'
import { pipelines } from './pipelines/index.ts'

/** A server that answers requests, until it is closed. */
export type Running = AsyncDisposable & { url: string; db: Database }

export function createLog(level: string): FastifyBaseLogger {
  return pino({ level, base: null }, pino.destination({ fd: 2, sync: false }))
}

/** All that the server answers, over a database. */
export async function createApp(house: House, log: FastifyBaseLogger): Promise<Server> {
  const app = createServer(log)
  await openapi(app)
  authenticate(app, house)
  health(app, house.db)
  opportunities(app, house)
  pipelines(app, house)
  await app.ready()
  return app
}

/** The sandbox's database: embedded, with the demo world when it is new. */
export async function openSandbox({ dataDir }: Pick<Config, 'dataDir'>): Promise<Database> {
  const db = await openPglite(dataDir, demoImage)
  return upToDate(db)
}

/** The database of production, or of an administration command. */
export async function openProduction({ databaseUrl }: Config): Promise<Database> {
  if (!databaseUrl) {
    throw new StartupError(
      'Set DATABASE_URL to a PostgreSQL database (15 or newer), as in ' +
        'postgres://user:password@host/database. For a sandbox without one: groundlevel dev.',
    )
  }
  return upToDate(await openPostgres(databaseUrl))
}

async function upToDate(db: Database): Promise<Database> {
  try {
    await migrate(db)
    return db
  } catch (error) {
    await db.close()
    throw error
  }
}

/** Starts answering; everything is taken down again when the result is disposed of. */
export async function start(config: Config, db: Database): Promise<Running> {
  const log = createLog(config.logLevel)
  const keys = await openSigningKeys(db, config.secretKey, new Date())
  const app = await createApp({ db, keys, now: () => new Date() }, log)
  try {
    const url = await app.listen({ port: config.port, host: config.host })
    log.info({ url, engine: db.engine.name }, 'groundlevel answers')
    return {
      url,
      db,
      async [Symbol.asyncDispose]() {
        await app.close()
        await db.close()
        log.info('groundlevel stopped')
      },
    }
  } catch (error) {
    await app.close()
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
