import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
import pino from 'pino'
import { createPrivateIntegration } from '../src/auth/private-integrations.ts'
import { openSigningKeys } from '../src/auth/signing-keys.ts'
import { migrate } from '../src/db/migrate.ts'
import { openPostgres } from '../src/db/postgres.ts'
import type { Sql } from '../src/db/sql.ts'
import { demo } from '../src/demo/ids.ts'
import { createDemoWorld } from '../src/demo/world.ts'
import { createApp } from '../src/main.ts'
import { startPostgres } from '../test/postgres.ts'
import { fastifyFloor, groundlevel, type Server, serve } from './children.ts'
import { median } from './median.ts'
import { pgbenchVersion } from './pgbench.ts'
import { type Recorded, recording } from './recording.ts'
import { askedOf, fillWorld, rareName, type World } from './search-world.ts'
import { secretKey } from './targets.ts'

/**
 * `npm run bench:search`: searches of opportunities over ever more of them, against the same
 * statements sent by pgbench, and those with a bare Fastify that answers as much. Writes
 * `search-results.md`, and `plans/` of the largest location.
 */
const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000,100000,1000000' },
    spread: { type: 'string', default: '1000' },
    repeat: { type: 'string', default: '60' },
    out: { type: 'string' },
  },
})
const sizes = flags.rows.split(',').map(Number)
const repeat = Number(flags.repeat)
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const say = (text: string) => process.stdout.write(`${text}\n`)

type Request = { method: 'GET' | 'POST'; path: string; body?: object; version?: 'v3' }
type Asked = ReturnType<typeof askedOf> & { deep: { startAfter: string; startAfterId: string } }
type Case = { name: string; request: (asked: Asked) => Request }

const get = (parameters: Record<string, string>): Request => ({
  method: 'GET',
  path: `/opportunities/search?${new URLSearchParams(parameters)}`,
})

const post = (body: object, version?: 'v3'): Request => ({
  method: 'POST',
  path: '/opportunities/search',
  body,
  ...(version && { version }),
})

const cases: readonly Case[] = [
  {
    name: '20 by pipeline and status',
    request: ({ locationId: location_id, pipelineId: pipeline_id }) =>
      get({ location_id, pipeline_id, status: 'open', limit: '20' }),
  },
  {
    name: '20 by stage',
    request: ({ locationId: location_id, stageId: pipeline_stage_id }) =>
      get({ location_id, pipeline_stage_id, limit: '20' }),
  },
  {
    name: '20 by assignee',
    request: ({ locationId: location_id, userId: assigned_to }) =>
      get({ location_id, assigned_to, limit: '20' }),
  },
  {
    name: '20 by follower',
    request: ({ locationId, userId }) =>
      post({
        locationId,
        limit: 20,
        filters: [{ field: 'followers', operator: 'contains', value: userId }],
      }),
  },
  {
    name: '20, page 500 by key',
    request: ({ locationId: location_id, deep }) => get({ location_id, limit: '20', ...deep }),
  },
  {
    name: 'q of three common letters',
    request: ({ locationId: location_id }) => get({ location_id, q: 'den', limit: '20' }),
  },
  {
    name: 'q of a rare name',
    request: ({ locationId: location_id }) =>
      get({ location_id, q: rareName.toLowerCase(), limit: '20' }),
  },
  {
    name: 'five filters, a value and a date among them',
    request: ({ locationId, pipelineId, userId }) =>
      post({
        locationId,
        limit: 20,
        filters: [
          { field: 'pipeline_id', operator: 'eq', value: pipelineId },
          { field: 'status', operator: 'eq', value: ['open', 'won'] },
          { field: 'monetary_value', operator: 'range', value: { gte: 1000, lt: 8000 } },
          { field: 'date_added', operator: 'range', value: { gte: '2020-01-01' } },
          { field: 'assigned_to', operator: 'not_eq', value: userId },
        ],
      }),
  },
  {
    name: 'five filters, of what is counted',
    request: ({ locationId, pipelineId, stageId, userId }) =>
      post({
        locationId,
        limit: 20,
        filters: [
          { field: 'pipeline_id', operator: 'eq', value: pipelineId },
          { field: 'pipeline_stage_id', operator: 'eq', value: stageId },
          { field: 'status', operator: 'eq', value: ['open', 'won'] },
          { field: 'assigned_to', operator: 'exists' },
          { field: 'assigned_to', operator: 'not_eq', value: userId },
        ],
      }),
  },
  {
    name: 'total and stage aggregations',
    request: ({ locationId, pipelineId }) =>
      post(
        {
          locationId,
          limit: 1,
          filters: [{ field: 'pipeline_id', operator: 'eq', value: pipelineId }],
        },
        'v3',
      ),
  },
]

/** Milliseconds: of a request, of its statements by pgbench, and of a bare answer of its size. */
type Line = { world: World; name: string; p50: number; raw: number | undefined; bare: number }

async function measureWorld(world: World, lines: Line[]): Promise<void> {
  const postgres = await startPostgres()
  const client = new pg.Client({ connectionString: postgres.url })
  try {
    const db = await openPostgres(postgres.url)
    await migrate(db)
    await createDemoWorld(db)
    await client.connect()
    const began = performance.now()
    await fillWorld(client, world)
    say(`${nameOf(world)}: filled in ${Math.round((performance.now() - began) / 1000)} s`)
    const asked = { ...askedOf(world), deep: await deepOf(client, world) }
    const { token } = await createPrivateIntegration(
      db,
      {
        name: 'Bench',
        companyId: demo.companyId,
        locationId: asked.locationId,
        scopes: ['opportunities.readonly'],
      },
      new Date(),
    )
    await db.close()
    const env = { DATABASE_URL: postgres.url, GROUNDLEVEL_SECRET_KEY: secretKey }
    const args = ['serve', '--port', '0', '--json', '--rate-limit', 'off', '--log-level', 'error']
    const server = await serve([groundlevel, ...args], env)
    for (const one of cases) {
      const request = one.request(asked)
      const { statements, answer } = await sentAndAnswered(postgres.url, request, token)
      const p50 = await measure(server, request, token)
      const raw = rawMs(postgres.url, statements)
      const floor = await serve([fastifyFloor, answer])
      const bare = await measure(floor, request, token)
      await floor.stop()
      if (world.locations === 1 && world.opportunities === Math.max(...sizes)) {
        await keepPlans(client, one.name, statements)
      }
      lines.push({ world, name: one.name, p50, raw, bare })
      const floors = `raw ${raw?.toFixed(2)} ms, bare ${bare.toFixed(2)} ms`
      say(`  ${one.name}: ${p50.toFixed(2)} ms, ${floors}`)
    }
    await server.stop()
  } finally {
    await client.end()
    await postgres.stop()
  }
}

/** The row that page 500 of 20 begins after, or the middle of fewer. */
async function deepOf(client: pg.Client, world: World) {
  const offset = Math.min(499 * 20, Math.floor(world.opportunities / world.locations / 2))
  const { rows } = await client.query(
    `select (extract(epoch from created_at) * 1000)::bigint::text as "startAfter",
       contact_id as "startAfterId"
     from opportunities where location_id = $1
     order by created_at desc, contact_id desc, id desc offset $2 limit 1`,
    [askedOf(world).locationId, offset],
  )
  return rows[0] as Asked['deep']
}

/** What the server sends to the database for a request, and what it answers. */
async function sentAndAnswered(
  url: string,
  request: Request,
  token: string,
): Promise<{ statements: Sql[]; answer: string }> {
  const plain = await openPostgres(url)
  const sent: Recorded = { statements: [] }
  const db = recording(plain, sent)
  const keys = await openSigningKeys(plain, secretKey, new Date())
  const app = await createApp({ db, keys, now: () => new Date() }, pino({ level: 'silent' }))
  const inject = () =>
    app.inject({
      method: request.method,
      url: request.path,
      headers: headersOf(request, token),
      ...(request.body && { payload: request.body }),
    })
  // The first also asks who calls.
  await inject()
  sent.statements = []
  const { statusCode, body } = await inject()
  if (statusCode !== 200) throw new Error(`${request.path}: ${statusCode} ${body}`)
  await app.close()
  await plain.close()
  return { statements: sent.statements, answer: body }
}

function headersOf({ version = undefined }: Request, token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, version: version ?? '2021-07-28' }
}

/** Requests one after the other on one connection; the median in milliseconds. */
async function measure(server: Server, request: Request, token: string): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const times: number[] = []
  for (let i = 0; i < repeat + 10; i++) {
    const began = performance.now()
    const status = await ask(server.port, request, token, agent)
    if (status !== 200) throw new Error(`${request.path}: ${status}`)
    if (i >= 10) times.push(performance.now() - began)
  }
  agent.destroy()
  return median(times)
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

/** The same statements by pgbench, prepared, one after the other; milliseconds of a round. */
function rawMs(url: string, statements: readonly Sql[]): number | undefined {
  if (!pgbenchVersion()) return undefined
  const file = join(os.tmpdir(), `groundlevel-search-${process.pid}.sql`)
  let count = 0
  const variables: string[] = []
  const texts = statements.map(({ text, values }) => {
    const first = count
    for (const value of values) {
      count++
      // One that is unset is null; one that is empty cannot be set.
      if (value !== null && value !== '') variables.push('-D', `v${count}=${literal(value)}`)
    }
    const quiet = text.replace(/'[^']*'/g, (quoted) =>
      /:[A-Za-z_0-9]/.test(quoted) ? `E${quoted.replaceAll(':', '\\x3a')}` : quoted,
    )
    const placed = quiet.replace(/\$(\d+)/g, (_, n) =>
      values[Number(n) - 1] === '' ? "''::text" : `:v${first + Number(n)}`,
    )
    return placed.replace(/\s+/g, ' ')
  })
  fs.writeFileSync(file, texts.map((text) => `${text};\n`).join(''))
  const args = ['-n', '-M', 'prepared', '-c', '1', '-T', '3', ...variables, '-f', file, url]
  const { status, stdout, stderr } = spawnSync('pgbench', args, { encoding: 'utf8' })
  fs.rmSync(file)
  const found = /latency average = ([\d.]+) ms/.exec(stdout)
  if (status !== 0 || !found) throw new Error(`pgbench failed: ${stdout}${stderr}`)
  return Number(found[1])
}

function literal(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return Array.isArray(value) ? `{${value.map((item) => `"${item}"`).join(',')}}` : String(value)
}

async function keepPlans(client: pg.Client, name: string, statements: readonly Sql[]) {
  const plans: string[] = []
  for (const { text, values } of statements) {
    const { rows } = await client.query(`explain (costs off) ${text}`, [...values])
    plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
  }
  fs.mkdirSync(here('plans'), { recursive: true })
  const file = here(`plans/${name.replaceAll(/[^a-z0-9]+/g, '-')}.txt`)
  fs.writeFileSync(file, `${plans.join('\n\n')}\n`)
}

const nameOf = ({ opportunities, locations }: World) =>
  `${opportunities.toLocaleString('en')} in ${locations === 1 ? 'one location' : `${locations.toLocaleString('en')} locations`}`

function report(lines: readonly Line[]): string {
  const worlds = [...new Map(lines.map(({ world }) => [nameOf(world), world])).values()]
  const cell = (name: string, world: World) => {
    const line = lines.find((one) => one.name === name && one.world === world)
    if (!line) return ''
    if (line.raw === undefined) return line.p50.toFixed(2)
    const ratios = [line.p50 / line.raw, line.p50 / (line.raw + line.bare)]
    return `${line.p50.toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join('; ')})`
  }
  const growth = (name: string) => {
    const of = (size: number) =>
      lines.find(
        ({ name: its, world }) =>
          its === name && world.locations === 1 && world.opportunities === size,
      )?.p50
    const [least, most] = [of(Math.min(...sizes)), of(Math.max(...sizes))]
    return least && most ? (most / least).toFixed(2) : ''
  }
  const head = ['search', ...worlds.map(nameOf), 'growth']
  const rows = cases.map(({ name }) => [
    name,
    ...worlds.map((world) => cell(name, world)),
    growth(name),
  ])
  const table = [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows]
  const cpu = os.cpus()
  return [
    '# Results of `npm run bench:search`',
    '',
    'Written by the bench; run it again rather than edit this page.',
    '',
    `- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, Node ${process.version}, ` +
      `${pgbenchVersion() ?? 'no pgbench'}; ${cpu.length} cores (${cpu[0]?.model}); ` +
      `one-minute load at the end: ${os.loadavg()[0]?.toFixed(1)}`,
    `- p50 in milliseconds of ${repeat} requests one after the other on one connection. In ` +
      'brackets: how many times what the same statements take by pgbench, and how many times ' +
      'what they and a bare Fastify take, which answers the same without asking for it.',
    '- growth: p50 in the largest single location, of that in the smallest.',
    '- The plans of the statements in the largest single location are in `plans/`.',
    '',
    ...table.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ].join('\n')
}

const lines: Line[] = []
for (const opportunities of sizes) await measureWorld({ opportunities, locations: 1 }, lines)
if (Number(flags.spread) > 1) {
  const world = { opportunities: Math.max(...sizes), locations: Number(flags.spread) }
  await measureWorld(world, lines)
}
fs.writeFileSync(flags.out ?? here('search-results.md'), report(lines))
