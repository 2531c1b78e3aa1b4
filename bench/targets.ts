import fs from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import pg from 'pg'
import { migrate } from '../src/db/migrate.ts'
import { openPostgres } from '../src/db/postgres.ts'
import { createDemoWorld } from '../src/demo/world.ts'
import { openSandbox } from '../src/sandbox.ts'
import { startPostgres } from '../test/postgres.ts'
import { groundlevel, run, type Server, serve } from './children.ts'
import type { Load, LoadResult } from './load.ts'
import type { Operation } from './operations.ts'
import type { PgLoop } from './pg-loop.ts'
import { type Floor, pgbench } from './pgbench.ts'
import type { PgliteLoop } from './pglite-loop.ts'
import { fill, followersEach, type Kind, reset } from './world.ts'

export type ServerRun = LoadResult & { serverCpuMs: number | undefined }
export type Round = { operation: Operation; connections: number; seconds: number }

/** An engine with the server on it, and the floor below that. */
export type Target = {
  engine: string
  version: string
  /** Names of its floors, the one that ratios are taken of first. */
  floors: readonly string[]
  /** Whether its floors know connections: PGlite has one session. */
  floorHasConnections: boolean
  runServer(round: Round): Promise<ServerRun>
  runFloor(round: Round, floor: string): Promise<Floor>
  close(): Promise<void>
}

/** PostgreSQL with a server that limits nothing. */
export type PostgresTarget = Target & {
  server: Server
  url: string
  /** Another server over the same database. */
  startAnother(args: readonly string[]): Promise<{
    run(round: Round): Promise<ServerRun>
    stop(): Promise<void>
  }>
}

/** `serve` needs one. */
export const secretKey = 'the secret key of the bench, which keeps nothing'

const warmUp = { connections: 64, seconds: 1 }

/** Requests to a server, and the processor time that it took to answer them. */
export async function measure(server: Server, load: Omit<Load, 'port'>): Promise<ServerRun> {
  const before = server.cpuMs()
  const result = await run<LoadResult>('./load.ts', { ...load, port: server.port } satisfies Load)
  const after = server.cpuMs()
  const serverCpuMs = before === undefined || after === undefined ? undefined : after - before
  return { ...result, serverCpuMs }
}

/**
 * Gives each run another follower to add or remove, so that every request changes something; when
 * all are used, `renew` resets the rows.
 */
function followerSupply(renew: (kind: Kind) => Promise<void>) {
  let kind: Kind | undefined
  let used = 0
  return async (operation: Operation): Promise<number> => {
    if (!operation.once) return 0
    if (operation.kind !== kind || used === followersEach) {
      await renew(operation.kind)
      kind = operation.kind
      used = 0
    }
    return used++
  }
}

const loadOf = (round: Round, rows: number, follower: number): Omit<Load, 'port'> => {
  const { operation, connections, seconds } = round
  const { first, once } = operation
  const request = operation.request(follower)
  return { connections, seconds, first, once, rows, offset: 0, request }
}

/** PostgreSQL of its own, with default settings: each commit is on the disk. */
export async function postgresTarget(
  rows: number,
  { pgbenchFound, flags = [] }: { pgbenchFound: boolean; flags?: readonly string[] },
): Promise<PostgresTarget> {
  const postgres = await startPostgres()
  const db = await openPostgres(postgres.url)
  await migrate(db)
  await createDemoWorld(db)
  await db.close()
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  const execute = async (texts: readonly string[]) => {
    for (const text of texts) await client.query(text)
  }
  await execute(fill(rows))
  const { version } = (await client.query(`select current_setting('server_version') as version`))
    .rows[0]
  const env = { DATABASE_URL: postgres.url, GROUNDLEVEL_SECRET_KEY: secretKey }
  const start = (args: readonly string[]) =>
    serve([...flags, groundlevel, 'serve', '--port', '0', '--json', ...args], env)
  const server = await start(['--rate-limit', 'off'])
  const nextFollower = followerSupply((kind) => execute(reset(kind, rows)))
  let runs = 0
  let warmOperation: Operation | undefined
  return {
    engine: 'PostgreSQL',
    version: `PostgreSQL ${version}`,
    floors: [pgbenchFound ? 'pgbench' : 'pg loop'],
    floorHasConnections: true,
    server,
    url: postgres.url,
    async startAnother(args) {
      const another = await start(args)
      return {
        run: (round) => measure(another, loadOf(round, rows, 0)),
        stop: () => another.stop(),
      }
    },
    async runServer(round) {
      const { operation } = round
      if (warmOperation !== operation) {
        const turn = await nextFollower(operation)
        await measure(server, loadOf({ ...warmUp, operation }, rows, turn))
        warmOperation = operation
      }
      return measure(server, loadOf(round, rows, await nextFollower(operation)))
    },
    async runFloor({ operation, connections: clients, seconds }) {
      const turn = await nextFollower(operation)
      const range = { first: operation.first, rows, offset: 0, run: ++runs }
      const statement = await operation.statement(turn)
      const before = await countEvents(client)
      const { url } = postgres
      const input = { clients, seconds, range }
      const floor = pgbenchFound
        ? await pgbench(url, statement, input)
        : await run<Floor>('./pg-loop.ts', { url, statement, ...input } satisfies PgLoop)
      if (operation.once && (await countEvents(client)) - before !== 2 * floor.statements) {
        throw new Error('Not every statement of the floor changed a row: too few rows')
      }
      return floor
    },
    async close() {
      await client.end()
      await server.stop()
      await postgres.stop()
    },
  }
}

async function countEvents(client: pg.Client): Promise<number> {
  return Number((await client.query('select count(*) from outbox')).rows[0].count)
}

/** The sandbox, on a directory that is made once and copied for each new start. */
export async function pgliteTarget(rows: number): Promise<Target> {
  const home = fs.mkdtempSync(join(os.tmpdir(), 'groundlevel-bench-'))
  process.once('exit', () => fs.rmSync(home, { recursive: true, force: true }))
  const original = join(home, 'original')
  const version = await prepare(original, rows)
  const copy = (name: string) => {
    const directory = join(home, name)
    fs.rmSync(directory, { recursive: true, force: true })
    fs.cpSync(original, directory, { recursive: true })
    return directory
  }
  let server: Server | undefined
  let warm: Operation | undefined
  const start = async () => {
    await server?.stop()
    warm = undefined
    const args = ['dev', '--data-dir', copy('server'), '--port', '0', '--json']
    server = await serve([groundlevel, ...args])
  }
  await start()
  const nextFollower = followerSupply(start)
  const send = (round: Round, turn: number) => {
    if (!server) throw new Error('The server was not started')
    return measure(server, loadOf(round, rows, turn))
  }
  return {
    engine: 'PGlite',
    version,
    floors: ['loop as shipped', 'loop set up as the server'],
    floorHasConnections: false,
    async runServer(round) {
      const { operation } = round
      let turn = await nextFollower(operation)
      if (warm !== operation) {
        await send({ ...warmUp, operation }, turn)
        warm = operation
        turn = await nextFollower(operation)
      }
      return send(round, turn)
    },
    async runFloor({ operation, seconds }, name) {
      return run<Floor>('./pglite-loop.ts', {
        directory: join(copy('floor'), 'pgdata'),
        isSynced: name !== 'loop as shipped',
        statement: await operation.statement(0),
        seconds,
        range: { first: operation.first, rows, offset: 0, run: 0 },
      } satisfies PgliteLoop)
    },
    close: async () => server?.stop(),
  }
}

async function prepare(directory: string, rows: number): Promise<string> {
  const db = await openSandbox({ dataDir: directory })
  await db.close()
  const extensions = { pg_trgm, btree_gin }
  const pglite = await PGlite.create(join(directory, 'pgdata'), { extensions })
  for (const text of fill(rows)) await pglite.exec(text)
  const { rows: found } = await pglite.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  )
  await pglite.close()
  return `PGlite (PostgreSQL ${found[0]?.version})`
}
