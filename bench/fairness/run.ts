import fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { openSigningKeys } from '../../src/auth/signing-keys.ts'
import { productionSettings } from '../../src/context.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { demo } from '../../src/demo/ids.ts'
import { createDemoWorld } from '../../src/demo/world.ts'
import { startPostgres, type TestPostgres } from '../../test/postgres.ts'
import { accessToken } from '../access-token.ts'
import { groundlevel, run, type Server, serve } from '../children.ts'
import { median } from '../median.ts'
import { secretKey } from '../targets.ts'
import { fill } from '../world.ts'
import { type Noise, type NoiseResult, noises } from './noises.ts'
import type { Latency, Quiet, QuietResult } from './quiet.ts'
import { type Findings, type Line, markdown, type Overload, overloadText, text } from './report.ts'

const rows = 4_000
/** What keeps a server busy, and ten times that. */
const busyConnections = 64
const overloadFactor = 10

type Flags = { quick?: boolean; rounds?: string; seconds?: string; out?: string }
type Place = { postgres: TestPostgres; client: pg.Client; servers: Server[]; token: string }

const say = (line: string) => process.stdout.write(`${line}\n`)

/** `npm run bench -- fairness`: what a quiet tenant notices of a noisy one. */
export async function measureFairness(flags: Flags): Promise<void> {
  const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3))
  const seconds = Number(flags.seconds ?? (flags.quick ? 2 : 6))
  const findings: Findings = { rounds, seconds, lines: [], overloads: [] }
  for (const count of [1, 2]) {
    const place = await openPlace(count)
    for (const kind of Object.keys(noises) as (keyof typeof noises)[]) {
      const line = await compare(place, kind, { rounds, seconds })
      findings.lines.push(line)
      say(text(line))
    }
    const overload = await measureOverload(place, { rounds, seconds })
    findings.overloads.push(overload)
    say(overloadText(overload))
    await closePlace(place)
  }
  const results = fileURLToPath(new URL('../fairness-results.md', import.meta.url))
  const out = flags.out ?? (flags.quick ? undefined : results)
  if (out) fs.writeFileSync(out, markdown(findings))
}

async function openPlace(count: number): Promise<Place> {
  const postgres = await startPostgres()
  const db = await openPostgres(postgres.url)
  await migrate(db)
  await createDemoWorld(db)
  const keys = await openSigningKeys(db, secretKey, new Date())
  const token = await accessToken({ ...productionSettings, db, keys }, quietLocationId)
  await db.close()
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  for (const statement of fill(rows)) await client.query(statement)
  const env = { DATABASE_URL: postgres.url, GROUNDLEVEL_SECRET_KEY: secretKey }
  const args = [groundlevel, 'serve', '--port', '0', '--json', '--rate-limit', 'off']
  const servers = await Promise.all(Array.from({ length: count }, () => serve(args, env)))
  const place = { postgres, client, servers, token }
  // For the JIT compiler, and the statements of each connection.
  await listen(place, 2, 'warm-up')
  await make(place, 'load', { seconds: 3, connections: busyConnections })
  return place
}

const quietLocationId = demo.otherLocation.locationId

async function closePlace({ client, servers, postgres }: Place): Promise<void> {
  await client.end()
  for (const server of servers) await server.stop()
  await postgres.stop()
}

const portsOf = ({ servers }: Place) => servers.map(({ port }) => port)
let named = 0
const newName = (name: string) => `${name}-${++named}`

const listen = (place: Place, seconds: number, name: string): Promise<QuietResult> =>
  run<QuietResult>('./fairness/quiet.ts', {
    ports: portsOf(place),
    token: place.token,
    seconds,
    name: newName(name),
  } satisfies Quiet)

const make = (
  place: Place,
  kind: Noise['kind'],
  { seconds, connections }: { seconds: number; connections?: number },
): Promise<NoiseResult> =>
  run<NoiseResult>('./fairness/noise.ts', {
    kind,
    ports: portsOf(place),
    databaseUrl: place.postgres.url,
    seconds,
    name: newName(kind),
    ...(connections === undefined ? {} : { connections }),
  } satisfies Noise)

type Run = { rounds: number; seconds: number }

/** The quiet tenant alone and beside the noise, in turns. */
async function compare(
  place: Place,
  kind: keyof typeof noises,
  { rounds, seconds }: Run,
): Promise<Line> {
  const alone: QuietResult[] = []
  const beside: QuietResult[] = []
  const refused: number[] = []
  const before = memoryOf(place)
  for (let i = 0; i < rounds; i++) {
    alone.push(await listen(place, seconds, 'alone'))
    // Strangers have so many tries in a quarter of an hour, and no more.
    await place.client.query('truncate rate_limits')
    const noise = make(place, kind, { seconds: seconds + 1 })
    // Until it has begun.
    await sleep(1_000)
    beside.push(await listen(place, seconds, 'beside'))
    refused.push((await noise).refused)
  }
  await sleep(3_000)
  return {
    servers: place.servers.length,
    kind,
    alone: medianOf(alone),
    beside: medianOf(beside),
    refused: median(refused),
    memory: { before, after: memoryOf(place) },
  }
}

const memoryOf = ({ servers }: Place) =>
  Math.max(...servers.map((server) => server.residentMb() ?? Number.NaN))

function medianOf(results: readonly QuietResult[]): QuietResult {
  const of = (kind: keyof QuietResult): Latency => {
    const all = results.map((result) => result[kind])
    const of = (name: keyof Latency) => median(all.map((one) => one[name]))
    const failures = all.reduce((sum, one) => sum + one.failures, 0)
    return { p50: of('p50'), p99: of('p99'), requests: of('requests'), failures }
  }
  return { reads: of('reads'), writes: of('writes'), keyedWrites: of('keyedWrites') }
}

async function measureOverload(place: Place, { rounds, seconds }: Run): Promise<Overload> {
  const normal: NoiseResult[] = []
  const overload: NoiseResult[] = []
  const connections = busyConnections * place.servers.length
  for (let i = 0; i < rounds; i++) {
    normal.push(await make(place, 'load', { seconds, connections }))
    overload.push(await make(place, 'load', { seconds, connections: connections * overloadFactor }))
  }
  const of = (results: readonly NoiseResult[], name: keyof NoiseResult) =>
    median(results.map((result) => result[name]))
  const summary = (results: readonly NoiseResult[]): NoiseResult => ({
    accepted: of(results, 'accepted'),
    refused: of(results, 'refused'),
    perSecond: of(results, 'perSecond'),
    p50: of(results, 'p50'),
    p99: of(results, 'p99'),
  })
  return {
    servers: place.servers.length,
    connections,
    normal: summary(normal),
    overload: summary(overload),
  }
}
