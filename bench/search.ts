import fs from 'node:fs'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
import pino from 'pino'
import { createPrivateIntegration } from '../src/auth/private-integrations.ts'
import { openSigningKeys } from '../src/auth/signing-keys.ts'
import { productionSettings } from '../src/context.ts'
import { migrate } from '../src/db/migrate.ts'
import { openPostgres, sessionOptions } from '../src/db/postgres.ts'
import type { Sql } from '../src/db/sql.ts'
import { demo } from '../src/demo/ids.ts'
import { createDemoWorld } from '../src/demo/world.ts'
import { createApp } from '../src/main.ts'
import { startPostgres } from '../test/postgres.ts'
import { fastifyFloor, groundlevel, type Server, serve } from './children.ts'
import { median } from './median.ts'
import { type Recording, recordStatements } from './recording.ts'
import { type Case, cases, type Request, type SearchTarget } from './search-cases.ts'
import { rawMs } from './search-raw.ts'
import { nameOf, report, type SearchResult } from './search-report.ts'
import { fillWorld, searchTargetOf, type World } from './search-world.ts'
import { secretKey } from './targets.ts'

/**
 * `npm run bench:search`: searches of more and more opportunities, against the same statements by
 * pgbench, and those plus a bare Fastify that answers as many bytes. Writes
 * `search-results.md`, and `plans/` of the largest location.
 */
const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000,100000,1000000' },
    spread: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    out: { type: 'string' },
  },
})
const sizes = flags.rows.split(',').map(Number)
const rounds = Number(flags.rounds)
/** The length of a turn, as long as one of pgbench; an idle server is slower at first. */
const turnMs = 1_000
/** The time in which a new server still gets faster. */
const warmUpMs = 1_500
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const say = (text: string) => process.stdout.write(`${text}\n`)

/** A world to search, with a server on it. */
type WorldServer = {
  world: World
  url: string
  client: pg.Client
  target: SearchTarget
  token: string
  server: Server
  stop(): Promise<void>
}

async function open(world: World): Promise<WorldServer> {
  const postgres = await startPostgres()
  const { url } = postgres
  const db = await openPostgres(url)
  await migrate(db)
  await createDemoWorld(db)
  const client = new pg.Client({ connectionString: url, options: sessionOptions })
  await client.connect()
  const began = performance.now()
  await fillWorld(client, world)
  say(`${nameOf(world)}: filled in ${Math.round((performance.now() - began) / 1000)} s`)
  const target = { ...searchTargetOf(world), deep: await deepOf(client, world) }
  const { token } = await createPrivateIntegration(
    db,
    {
      name: 'Bench',
      companyId: demo.companyId,
      locationId: target.locationId,
      scopes: ['opportunities.readonly'],
    },
    new Date(),
  )
  await db.close()
  const args = ['serve', '--port', '0', '--json', '--rate-limit', 'off', '--log-level', 'error']
  const env = { DATABASE_URL: url, GROUNDLEVEL_SECRET_KEY: secretKey }
  const server = await serve([groundlevel, ...args], env)
  const stop = async () => {
    await server.stop()
    await client.end()
    await postgres.stop()
  }
  return { world, url, client, target, token, server, stop }
}

/** The measurements of a case in a world; each takes one turn and returns milliseconds. */
type Turns = Record<'answer' | 'bare' | 'raw' | 'asSent', () => Promise<number[]>>

/**
 * Measures a case in all worlds in turns, so that a slow moment of the machine meets all worlds and
 * their floors.
 */
async function measure(one: Case, worldServers: readonly WorldServer[]): Promise<SearchResult[]> {
  const floors: Server[] = []
  const turns = new Map<WorldServer, Turns>()
  for (const worldServer of worldServers) {
    const request = one.request(worldServer.target)
    const { statements, answer } = await recordRequest(worldServer.url, request, worldServer.token)
    const floor = await serve([fastifyFloor, answer])
    floors.push(floor)
    if (
      worldServer.world.locations === 1 &&
      worldServer.world.opportunities === Math.max(...sizes)
    ) {
      await keepPlans(worldServer.client, one.name, statements)
    }
    const ask = (server: Server, ms: number) => answers(server, request, worldServer.token, ms)
    await ask(worldServer.server, warmUpMs)
    await ask(floor, warmUpMs)
    turns.set(worldServer, {
      answer: () => ask(worldServer.server, turnMs),
      bare: () => ask(floor, turnMs),
      raw: async () => rawMs(worldServer.url, statements, 'text'),
      asSent: async () => rawMs(worldServer.url, statements, 'as sent'),
    })
  }
  const measuredMs = new Map(
    worldServers.map((ground) => [
      ground,
      { answer: [], bare: [], raw: [], asSent: [] } as Record<keyof Turns, number[]>,
    ]),
  )
  for (let round = 0; round < rounds; round++) {
    for (const [ground, serverTurns] of turns) {
      for (const [what, turn] of Object.entries(serverTurns) as [keyof Turns, Turns['raw']][]) {
        measuredMs.get(ground)?.[what].push(...(await turn()))
      }
    }
  }
  for (const floor of floors) await floor.stop()
  return [...measuredMs].map(([{ world }, { answer, bare, raw, asSent }]) => ({
    world,
    name: one.name,
    p50: median(answer),
    raw: raw.length > 0 ? median(raw) : undefined,
    asSent: asSent.length > 0 ? median(asSent) : undefined,
    bare: median(bare),
  }))
}

/** The row that page 500 of 20 begins after, or the middle of fewer. */
async function deepOf(client: pg.Client, world: World) {
  const offset = Math.min(499 * 20, Math.floor(world.opportunities / world.locations / 2))
  const { rows } = await client.query(
    `select (extract(epoch from created_at) * 1000)::bigint::text as "startAfter",
       contact_id as "startAfterId"
     from opportunities where location_id = $1
     order by created_at desc, contact_id desc, id desc offset $2 limit 1`,
    [searchTargetOf(world).locationId, offset],
  )
  return rows[0] as SearchTarget['deep']
}

/** The statements and the answer of a request. */
async function recordRequest(
  url: string,
  request: Request,
  token: string,
): Promise<{ statements: Sql[]; answer: string }> {
  const unrecordedDb = await openPostgres(url)
  const recording: Recording = { statements: [] }
  const db = recordStatements(unrecordedDb, recording)
  const keys = await openSigningKeys(unrecordedDb, secretKey, new Date())
  const app = await createApp({ ...productionSettings, db, keys }, pino({ level: 'silent' }))
  const inject = () =>
    app.inject({
      method: request.method,
      url: request.path,
      headers: headersOf(request, token),
      ...(request.body && { payload: request.body }),
    })
  // The first request also looks the token up.
  await inject()
  recording.statements = []
  const { statusCode, body } = await inject()
  if (statusCode !== 200) throw new Error(`${request.path}: ${statusCode} ${body}`)
  await app.close()
  await unrecordedDb.close()
  return { statements: recording.statements, answer: body }
}

function headersOf({ version = undefined }: Request, token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, version: version ?? '2021-07-28' }
}

/** Sends requests one after the other on one connection for so long; milliseconds of each. */
async function answers(
  server: Server,
  request: Request,
  token: string,
  ms: number,
): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const times: number[] = []
  const end = performance.now() + ms
  while (performance.now() < end) {
    const began = performance.now()
    const status = await ask(server.port, request, token, agent)
    if (status !== 200) throw new Error(`${request.path}: ${status}`)
    times.push(performance.now() - began)
  }
  agent.destroy()
  return times
}

function ask(port: number, request: Request, token: string, agent: http.Agent): Promise<number> {
  const payload = request.body && JSON.stringify(request.body)
  const headers = {
    ...headersOf(request, token),
    ...(payload && { 'content-type': 'application/json', 'content-length': payload.length }),
  }
  const { method, path } = request
  return new Promise((resolve, reject) => {
    const sent = http.request(
      { port, host: '127.0.0.1', method, path, agent, headers },
      (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
      },
    )
    sent.on('error', reject).end(payload)
  })
}

async function keepPlans(client: pg.Client, name: string, statements: readonly Sql[]) {
  const plans: string[] = []
  for (const { text, values } of statements) {
    const { rows } = await client.query(`explain (costs off) ${text}`, [...values])
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    // Where page 500 begins is another time with each run.
    plans.push(plan.replaceAll(/'\d{4}-\d\d-\d\d [\d:.]+\+00'/g, "'…'"))
  }
  fs.mkdirSync(here('plans'), { recursive: true })
  const file = here(`plans/${name.replaceAll(/[^a-z0-9]+/g, '-')}.txt`)
  fs.writeFileSync(file, `${plans.join('\n\n')}\n`)
}

const worlds: World[] = sizes.map((opportunities) => ({ opportunities, locations: 1 }))
if (Number(flags.spread) > 1) {
  worlds.push({ opportunities: Math.max(...sizes), locations: Number(flags.spread) })
}
const worldServers: WorldServer[] = []
try {
  for (const world of worlds) worldServers.push(await open(world))
  const lines: SearchResult[] = []
  for (const one of cases) {
    const measured = await measure(one, worldServers)
    lines.push(...measured)
    const figures = measured.map(({ p50, raw, asSent, bare }) =>
      [p50, raw, asSent, bare].map((ms) => ms?.toFixed(2)).join(' / '),
    )
    say(`${one.name} (ms: answer / raw / as sent / bare): ${figures.join('; ')}`)
  }
  fs.writeFileSync(flags.out ?? here('search-results.md'), report(lines, { sizes, rounds }))
} finally {
  for (const ground of worldServers) await ground.stop()
}
