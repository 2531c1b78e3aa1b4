import pino from 'pino'
import { authenticate } from '../src/auth/bearer.ts'
import { openSigningKeys } from '../src/auth/signing-keys.ts'
import { type AppSettings, productionSettings } from '../src/context.ts'
import type { Database } from '../src/db/database.ts'
import { openPostgres } from '../src/db/postgres.ts'
import { demo } from '../src/demo/ids.ts'
import { unlimited } from '../src/http/rate-limit/rate-limit.ts'
import { throttleUnauthenticated } from '../src/http/rate-limit/unauthenticated.ts'
import { createServer, type Server } from '../src/http/server.ts'
import { accessToken } from './access-token.ts'
import { input, output } from './child.ts'
import { median } from './median.ts'

/** The cost of a warm token: a route that needs one, against one that does not. */
export type Tokens = { url: string; secretKey: string }

/** Microseconds a request. */
export type TokenCosts = { privateIntegration: number; accessToken: number }

const requestsEach = 500
const rounds = 60
/** Rounds before measuring, for the JIT compiler. */
const learningRounds = 20
const { url, secretKey } = input<Tokens>()

async function tinyServer(context: AppSettings): Promise<Server> {
  const log = pino({ level: 'silent' })
  const limit = unlimited(log)
  const app = createServer(log, undefined)
  throttleUnauthenticated(app, limit)
  authenticate(app, context, limit)
  app.get('/asked', async () => ({}))
  app.get('/open', { config: { public: true } }, async () => ({}))
  await app.ready()
  return app
}

/** Microseconds that one request takes. */
async function measureRequest(app: Server, path: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, version: '2021-07-28' }
  const begin = performance.now()
  for (let i = 0; i < requestsEach; i++) {
    const { statusCode } = await app.inject({ method: 'GET', url: path, headers })
    if (statusCode !== 200) throw new Error(`GET ${path}: ${statusCode}`)
  }
  return ((performance.now() - begin) * 1000) / requestsEach
}

/** The order alternates by round, as the second route finds a warmer machine. */
async function costOf(app: Server, token: string): Promise<number> {
  const costs: number[] = []
  const [timeWithToken, timeWithoutToken] = [
    () => measureRequest(app, '/asked', token),
    () => measureRequest(app, '/open', token),
  ]
  for (let i = -learningRounds; i < rounds; i++) {
    const first = i % 2 === 0 ? await timeWithToken() : await timeWithoutToken()
    const cost = i % 2 === 0 ? first - (await timeWithoutToken()) : (await timeWithToken()) - first
    if (i >= 0) costs.push(cost)
  }
  return median(costs)
}

const db: Database = await openPostgres(url)
const keys = await openSigningKeys(db, secretKey, new Date())
const context: AppSettings = { ...productionSettings, db, keys }
const app = await tinyServer(context)
output({
  privateIntegration: await costOf(app, demo.privateIntegrationToken),
  accessToken: await costOf(app, await accessToken(context, demo.locationId)),
} satisfies TokenCosts)
await app.close()
await db.close()
