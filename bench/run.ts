import fs from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { demo } from '../src/demo/ids.ts'
import { fastifyFloor, run, serve } from './children.ts'
import { measureFairness } from './fairness/run.ts'
import { median } from './median.ts'
import { type Operation, operations } from './operations.ts'
import type { Floor } from './pgbench.ts'
import { pgbenchVersion } from './pgbench.ts'
import { readProfile, summarise } from './profile.ts'
import { limiterCost } from './rate-limit.ts'
import { type Findings, markdown, type OperationResult, resultText, verdicts } from './report.ts'
import {
  measure,
  type PostgresTarget,
  pgliteTarget,
  postgresTarget,
  type ServerRun,
  secretKey,
  type Target,
} from './targets.ts'
import type { TokenCosts, Tokens } from './tokens.ts'
import { measureWeight } from './weight.ts'
import { kinds, rowId } from './world.ts'

const {
  values: flags,
  positionals: [part],
} = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    out: { type: 'string' },
  },
})
if (part === 'fairness') {
  await measureFairness(flags)
  process.exit(0)
}
if (part === 'start') {
  await measureWeight(flags)
  process.exit(0)
}
if (part !== undefined)
  throw new Error(`There is no part ${part}: fairness, start, or nothing for the rest`)
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3))
const seconds = Number(flags.seconds ?? (flags.quick ? 1 : 1.5))
// A quick run is for seeing that the bench works: its figures replace nothing unless asked to.
const results = flags.quick ? undefined : fileURLToPath(new URL('./results.md', import.meta.url))
const out = flags.out ?? results
const connectionCounts = flags.quick ? [1, 64] : [1, 16, 64]
const rows = { PostgreSQL: 50_000, PGlite: 20_000 }
const pgbenchFound = pgbenchVersion()

const say = (text: string) => process.stdout.write(`${text}\n`)

/** An operation at each number of connections: rounds of the server and its floors in turns. */
async function compare(target: Target, operation: Operation): Promise<OperationResult[]> {
  const measured = connectionCounts.map((connections) => ({
    round: { operation, connections, seconds },
    server: [] as ServerRun[],
    floors: target.floors.map((): Floor[] => []),
  }))
  for (let i = 0; i < rounds; i++) {
    for (const [j, { round, server, floors }] of measured.entries()) {
      server.push(await target.runServer(round))
      if (!target.floorHasConnections && j > 0) continue
      for (const [k, floor] of target.floors.entries()) {
        floors[k]?.push(await target.runFloor(round, floor))
      }
    }
  }
  return measured.map(({ round, server, floors }) => ({
    operation: operation.name,
    engine: target.engine,
    connections: round.connections,
    perSecond: median(server.map(({ perSecond }) => perSecond)),
    p50: median(server.map(({ p50 }) => p50)),
    p99: median(server.map(({ p99 }) => p99)),
    serverCpuUs: cpuUs(server),
    floors: target.floors.map((name, k) => {
      const runs = (target.floorHasConnections ? floors[k] : measured[0]?.floors[k]) ?? []
      const ratios = runs.map(({ perSecond }, i) => (server[i]?.perSecond ?? 0) / perSecond)
      const perSecond = median(runs.map((run) => run.perSecond))
      return { name, perSecond, ratio: median(ratios) }
    }),
  }))
}

function cpuUs(runs: readonly ServerRun[]): number | undefined {
  const each = runs.map((run) => ((run.serverCpuMs ?? Number.NaN) * 1000) / run.requests)
  return each.some(Number.isNaN) ? undefined : median(each)
}

async function compareAll(target: Target, findings: Findings): Promise<void> {
  findings.versions = [...findings.versions, target.version]
  for (const operation of operations) {
    const lines = await compare(target, operation)
    for (const line of lines) say(resultText(line))
    findings.lines.push(...lines)
  }
}

/** What it costs to know who calls, and to count it. */
async function measureGuards(target: PostgresTarget, findings: Findings): Promise<void> {
  // A difference of a few per cent wants more rounds than one of halves.
  findings.limiter = await limiterCost(target, { rounds: 5 * rounds, seconds })
  say(`With the rate limit counting: ${findings.limiter.ratio.toFixed(3)} of without`)
  const { url } = target
  findings.tokens = await run<TokenCosts>('./tokens.ts', { url, secretKey } satisfies Tokens)
  const [pit, jwt] = [findings.tokens.privateIntegration, findings.tokens.accessToken]
  say(
    `A warm token: ${pit.toFixed(1)} µs (private integration), ${jwt.toFixed(1)} µs (access token)`,
  )
}

/** The framework alone, with an answer as long as that of GET. */
async function measureBare(answer: unknown, findings: Findings): Promise<void> {
  const operation = operations[0] as Operation
  const request = { ...operation.request(0), expect: '' }
  const server = await serve([fastifyFloor, JSON.stringify(answer)])
  const load = { seconds, request, first: operation.first, rows: 1000, offset: 0, once: false }
  await measure(server, { ...load, connections: 64, seconds: 1 })
  for (const connections of connectionCounts) {
    const runs: ServerRun[] = []
    for (let i = 0; i < rounds; i++) runs.push(await measure(server, { ...load, connections }))
    const medianOf = (key: 'perSecond' | 'p50' | 'p99') => median(runs.map((run) => run[key]))
    const bare = {
      connections,
      perSecond: medianOf('perSecond'),
      p50: medianOf('p50'),
      p99: medianOf('p99'),
    }
    say(`Bare Fastify at ${connections}: ${Math.round(bare.perSecond)} req/s`)
    findings.bare.push(bare)
    findings.loadCpuUs = median(runs.map(({ cpuMs, requests }) => (cpuMs * 1000) / requests))
  }
  await server.stop()
}

async function answerOfGet(port: number): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/opportunities/${rowId(kinds.full, 0)}`, {
    headers: {
      authorization: `Bearer ${demo.privateIntegrationToken}`,
      version: '2021-07-28',
    },
  })
  return response.json()
}

/** Runs the server under Node's profiler; a profiler slows, so this one is not measured. */
async function profile(findings: Findings): Promise<void> {
  const directory = fs.mkdtempSync(join(os.tmpdir(), 'groundlevel-profile-'))
  const target = await postgresTarget(rows.PostgreSQL, {
    pgbenchFound: false,
    flags: ['--cpu-prof', `--cpu-prof-dir=${directory}`, '--cpu-prof-interval=500'],
  })
  const runs: { operation: Operation; run: ServerRun }[] = []
  for (const operation of operations) {
    if (!/^(GET|DELETE)/.test(operation.name)) continue
    const run = await target.runServer({ operation, connections: 64, seconds })
    runs.push({ operation, run })
  }
  await target.close()
  const cpuProfile = readProfile(directory)
  fs.rmSync(directory, { recursive: true })
  for (const { operation, run } of runs) {
    const { requests, from, to } = run
    const summary = { operation: operation.name, requests, seconds }
    findings.profiles.push({ ...summary, profile: summarise(cpuProfile, from, to) })
  }
}

const findings: Findings = {
  date: new Date(),
  loadBefore: os.loadavg()[0] ?? 0,
  versions: [pgbenchFound ?? 'no pgbench: a pipelined loop of pg in its place'],
  settings: { rounds, seconds, rows },
  lines: [],
  bare: [],
  profiles: [],
  loadCpuUs: 0,
}
const postgresTargetOfRun = await postgresTarget(rows.PostgreSQL, {
  pgbenchFound: Boolean(pgbenchFound),
})
await compareAll(postgresTargetOfRun, findings)
await measureGuards(postgresTargetOfRun, findings)
const answer = await answerOfGet(postgresTargetOfRun.server.port)
await postgresTargetOfRun.close()
const onPglite = await pgliteTarget(rows.PGlite)
await compareAll(onPglite, findings)
await onPglite.close()
await measureBare(answer, findings)
await profile(findings)
for (const verdict of verdicts(findings)) say(verdict.replaceAll('**', ''))
if (out) {
  fs.writeFileSync(out, markdown(findings))
  say(`Written to ${out}`)
}
process.exit(0)
