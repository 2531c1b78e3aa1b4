import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { findMiscounted, recount } from '../../src/api/opportunities/store/recount.ts'
import { countSigningKeys } from '../../src/auth/signing-keys.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { examineNodes, mendNodes, nodeSettings } from '../../src/db/citus/nodes.ts'
import { findMisplaced } from '../../src/db/citus/tables.ts'
import { type Database, DatabaseUnavailable } from '../../src/db/database.ts'
import { pendingMigrations } from '../../src/db/migrate.ts'
import { lockDirectory } from '../../src/db/pglite/directory-lock.ts'
import { openPglite } from '../../src/db/pglite/open.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { sql } from '../../src/db/sql.ts'
import { compareClocks } from '../../src/events/clock.ts'
import { visible, visibleLines } from '../../src/http/log/visible.ts'
import { checkProduction } from '../../src/main.ts'
import { openSandbox } from '../../src/sandbox.ts'
import { isEmbedded } from './administration.ts'
import { errorSentence } from './sentence.ts'

/** One examined thing: what was found and, unless its level is ok, what to do about it. */
type Check = { name: string; level: 'ok' | 'warn' | 'fail'; found: string; todo?: string }

/** What `--json` prints beside the checks, for programs. */
type Details = Record<string, unknown>

const nodeMajorMin = 24
const postgresVersionMin = 150_000
const diskBytes = { warn: 1024 ** 3, fail: 100 * 1024 ** 2 }
const clockMs = { warn: 1_000, fail: 30_000 }
const probeMsMax = 2_000

/** `groundlevel doctor`: what this machine and this database are, and what to do about it. */
export async function doctor(args: string[]): Promise<number> {
  const options = { recount: { type: 'boolean' } } as const
  const { config, flags } = readConfig(args, process.env, options)
  const embedded = isEmbedded(config, flags)
  const details: Details = { node: process.version }
  const checks = [checkNode(), ...(embedded ? [checkDisk(config)] : []), await checkPort(config)]
  const opened = await runCheck('database', () =>
    embedded ? openDirectory(config) : openServerDatabase(config),
  )
  if ('level' in opened) checks.push(opened)
  else {
    try {
      const isCounting = flags.recount === true
      checks.push(...(await checkDatabase(opened, config, { embedded, isCounting }, details)))
    } finally {
      await opened.close()
    }
  }
  process.stdout.write(
    config.json ? visibleLines(`${JSON.stringify({ ...details, checks })}\n`) : reportText(checks),
  )
  return checks.some(({ level }) => level === 'fail') ? 1 : 0
}

/** Runs a check; an error that has a sentence for the caller becomes a failed check. */
async function runCheck<T>(name: string, check: () => Promise<T> | T): Promise<T | Check> {
  try {
    return await check()
  } catch (error) {
    const found = errorSentence(error)
    if (found === undefined) throw error
    const todo = 'Start it, or mend its address in DATABASE_URL or --database-url.'
    return {
      name,
      level: 'fail',
      found,
      ...(error instanceof DatabaseUnavailable ? { todo } : {}),
    }
  }
}

const ok = (name: string, found: string): Check => ({ name, level: 'ok', found })

function checkNode(): Check {
  const isGood = Number.parseInt(process.versions.node, 10) >= nodeMajorMin
  if (isGood) return ok('node', process.version)
  const todo = `Use Node ${nodeMajorMin} or newer, as npx groundlevel and the npm scripts do.`
  return { name: 'node', level: 'fail', found: process.version, todo }
}

function checkDisk({ dataDir }: Config): Check {
  if (dataDir === undefined) return ok('disk', 'nothing is kept')
  let existingDirectory = path.resolve(dataDir)
  while (!fs.existsSync(existingDirectory)) existingDirectory = path.dirname(existingDirectory)
  const { bavail, bsize } = fs.statfsSync(existingDirectory)
  const free = bavail * bsize
  const found = `${Math.floor(free / 1024 ** 2).toLocaleString('en')} MiB free at ${dataDir}`
  if (free >= diskBytes.warn) return ok('disk', found)
  const level = free < diskBytes.fail ? 'fail' : 'warn'
  return { name: 'disk', level, found, todo: 'Make room, or choose another --data-dir.' }
}

async function checkPort({ host, port }: Config): Promise<Check> {
  if (port === 0) return ok('port', 'any free one')
  const address = `${port} on ${host}`
  const server = net.createServer().listen(port, host)
  try {
    await once(server, 'listening')
    return ok('port', `${address} is free`)
  } catch (error) {
    if (await isGroundlevel(host, port))
      return ok('port', `${address} is a Groundlevel that answers`)
    const reason = error instanceof Error && 'code' in error ? error.code : error
    const found = `${address} cannot be listened on (${reason})`
    return { name: 'port', level: 'fail', found, todo: 'Choose another with --port or --host.' }
  } finally {
    server.close()
  }
}

async function isGroundlevel(host: string, port: number): Promise<boolean> {
  const address = `http://${net.isIPv6(host) ? `[${host}]` : host}:${port}/health`
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(probeMsMax) })
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null && 'traceId' in body
  } catch {
    return false
  }
}

async function openServerDatabase({ databaseUrl = '' }: Config): Promise<Database> {
  const db = await openPostgres(databaseUrl)
  try {
    await db.query(sql`select 1`)
    return db
  } catch (error) {
    await db.close()
    throw error
  }
}

/** Opens the database of a directory, and never makes one there. */
async function openDirectory({ dataDir }: Config): Promise<Database | Check> {
  const name = 'database'
  if (dataDir === undefined) return openSandbox({ dataDir })
  if (!fs.existsSync(path.join(dataDir, 'version'))) {
    return ok(name, `there is none in ${dataDir} yet: groundlevel dev makes one`)
  }
  const release = lockDirectory(dataDir)
  if (!release) {
    const found = `a running Groundlevel holds ${dataDir}`
    return { name, level: 'warn', found, todo: 'Stop it to have its database looked at.' }
  }
  release()
  return openPglite(dataDir, undefined)
}

async function checkDatabase(
  db: Database,
  config: Config,
  { embedded, isCounting }: { embedded: boolean; isCounting: boolean },
  details: Details,
): Promise<Check[]> {
  const checks = [
    await checkVersion(db, details),
    await checkClock(db),
    await checkRights(db),
    await runCheck('schema', () => checkSchema(db)),
  ]
  // The checks below read tables, which must be there and up to date.
  if (checks.some(({ level }) => level === 'fail') || checks.at(-1)?.level !== 'ok') return checks
  const [counts] = await db.query<object>(sql`
    select (select count(*) from locations) as locations,
      (select count(*) from opportunities) as opportunities,
      (select count(*) from outbox) as events`)
  Object.assign(details, counts, isCounting ? { recounted: await recount(db) } : {})
  const keys = await runCheck('secret key', () => checkSecretKey(db, config, embedded))
  const cluster = db.engine.name === 'citus' ? [await checkNodes(db), await checkPlacement(db)] : []
  return [...checks, ...cluster, await checkCounts(db), keys]
}

/** The nodes of Citus; what they lack is set on the way. */
async function checkNodes(db: Database): Promise<Check> {
  const name = 'nodes'
  const before = await examineNodes(db)
  const away = before.filter(({ isReachable }) => !isReachable).map(({ name }) => name)
  if (away.length > 0) {
    const todo = 'Start it, or make its standby the primary: select citus_update_node(…).'
    return { name, level: 'fail', found: `no answer from ${away.join(', ')}`, todo }
  }
  await mendNodes(db)
  const lacking = (nodes: typeof before) =>
    nodes.flatMap(({ name, wrong }) => wrong.map((setting) => `${name} ${setting}`))
  const wrong = lacking(await examineNodes(db))
  if (wrong.length > 0) {
    const settings = Object.entries(nodeSettings).map((pair) => pair.join(' = '))
    const todo = `As its owner, on each: alter database … set ${settings.join('; … set ')};`
    return { name, level: 'warn', found: `lacking: ${wrong.join(', ')}`, todo }
  }
  const mended = lacking(before)
  if (mended.length > 0) return ok(name, `set for new sessions: ${mended.join(', ')}`)
  return ok(name, `${before.map(({ name }) => name).join(', ')} answer, with their settings`)
}

async function checkPlacement(db: Database): Promise<Check> {
  const misplaced = [...(await findMisplaced(db))]
  if (misplaced.length === 0) return ok('placement', 'every table stands where it belongs')
  const found = `not distributed: ${misplaced.join(', ')}`
  const todo = 'Run groundlevel migrate against the coordinator.'
  return { name: 'placement', level: 'fail', found, todo }
}

async function checkVersion(db: Database, details: Details): Promise<Check> {
  const [row] = await db.query<{ version: string; number: number; size: number }>(sql`
    select version(), current_setting('server_version_num')::int as number,
      pg_database_size(current_database()) as size`)
  const { version = '', number = 0, size } = row ?? {}
  details.database = { engine: db.engine.name, version, bytes: size }
  const found = `${db.engine.name}, ${/^\S+ \S+/.exec(version)?.[0]}`
  if (number >= postgresVersionMin) return ok('database', found)
  return { name: 'database', level: 'fail', found, todo: 'Use PostgreSQL 15 or newer.' }
}

async function checkClock(db: Database): Promise<Check> {
  const { leastMs, mostMs } = await compareClocks(db)
  const difference = Math.round(Math.max(0, leastMs, -mostMs))
  const found = `${difference} ms from the database's`
  if (difference < clockMs.warn) return ok('clock', found)
  const level = difference < clockMs.fail ? 'warn' : 'fail'
  return { name: 'clock', level, found, todo: 'Set both clocks by the network (NTP).' }
}

/** Asks the catalog for the rights of the role, without trying a write. */
async function checkRights(db: Database): Promise<Check> {
  const name = 'rights'
  const [row] = await db.query<{
    role: string
    mayCreate: boolean | null
    isReadOnly: boolean
    closed: string[]
  }>(sql`
    select current_user::text as role,
      has_schema_privilege(current_schema(), 'create') as "mayCreate",
      current_setting('transaction_read_only') = 'on' as "isReadOnly",
      array(
        select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = current_schema() and c.relkind in ('r', 'p')
          and not (has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')
            and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete'))
        order by 1) as closed`)
  const { role = '', mayCreate, isReadOnly, closed = [] } = row ?? {}
  if (isReadOnly) {
    const todo = 'Connect to the primary, as a role that may write.'
    return { name, level: 'fail', found: 'the database is read-only', todo }
  }
  if (!mayCreate) {
    const todo = `As its owner: grant create, usage on schema public to "${role}".`
    return { name, level: 'fail', found: `${role} may not create tables`, todo }
  }
  if (closed.length > 0) {
    const todo = `As their owner: grant all on all tables in schema public to "${role}".`
    return { name, level: 'fail', found: `${role} may not write ${closed.join(', ')}`, todo }
  }
  return ok(name, `${role} may create and write`)
}

async function checkSchema(db: Database): Promise<Check> {
  const pending = await pendingMigrations(db)
  if (pending.length === 0) return ok('schema', 'up to date')
  const found = `to apply: ${pending.join(', ')}`
  const todo = 'Run groundlevel migrate; a start does the same.'
  return { name: 'schema', level: 'warn', found, todo }
}

async function checkCounts(db: Database): Promise<Check> {
  const wrongTotals = await findMiscounted(db)
  if (wrongTotals.length === 0) return ok('counts', 'as many opportunities as are counted')
  const found = `wrong totals of opportunities in ${wrongTotals.join(', ')}`
  return { name: 'counts', level: 'fail', found, todo: 'Run groundlevel doctor --recount.' }
}

async function checkSecretKey(db: Database, config: Config, embedded: boolean): Promise<Check> {
  if (!embedded) checkProduction(config)
  const count = await countSigningKeys(db, config.secretKey, new Date())
  return ok('secret key', count === 0 ? 'there is nothing to open yet' : `opens ${count} keys`)
}

function reportText(checks: readonly Check[]): string {
  const lines = checks.map(({ name, level, found, todo }) => {
    const line = `${level.padEnd(6)}${name.padEnd(12)}${visible(found)}\n`
    return todo ? `${line}${' '.repeat(18)}${visible(todo)}\n` : line
  })
  return lines.join('')
}
