import pg from 'pg'
import { openSigningKeys } from '../src/auth/signing-keys.ts'
import { coordinatorTables, distributedTables, referenceTables } from '../src/db/citus/tables.ts'
import type { Database } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { openPglite } from '../src/db/pglite/open.ts'
import { openPostgres } from '../src/db/postgres.ts'
import { sql } from '../src/db/sql.ts'
import { demoImage } from '../src/demo/image.ts'
import { createDemoWorld } from '../src/demo/world.ts'

/**
 * The engine of this run; `test/run.ts` sets it, and a single file runs on PGlite. On Citus tests
 * expect what they do on PostgreSQL.
 */
export const isOnCitus = process.env.GROUNDLEVEL_TEST_ENGINE === 'citus'
export const engine =
  isOnCitus || process.env.GROUNDLEVEL_TEST_ENGINE === 'postgres' ? 'postgres' : 'pglite'

/** The server of this run, or the nodes of its cluster, the coordinator first; none on PGlite. */
export const servers =
  engine === 'pglite'
    ? []
    : (process.env.GROUNDLEVEL_TEST_POSTGRES ?? '').split(',').filter(Boolean)

/** A database with the demo world; on PostgreSQL with its address. */
export type TestDatabase = { db: Database; url: string | undefined }

type SharedDatabase = TestDatabase & { isChanged: boolean; reset: string }

const template = 'groundlevel_template'

/** Opens an empty database of PostgreSQL, with the schema and the demo world made in it. */
export async function openWithDemo(url: string): Promise<Database> {
  const db = await openPostgres(url)
  await migrate(db)
  await createDemoWorld(db)
  return db
}

/** Makes the database that all others of a run are copied from. */
export async function prepareTemplate(nodes: readonly string[]): Promise<void> {
  const db = await openWithDemo(await createDatabase(nodes, template))
  await db.close()
  if (nodes.length === 1) return
  // Its own processes are connected to a database of Citus, which then cannot be copied.
  for (const node of nodes) {
    await administer(node, `alter database ${template} allow_connections false`)
    await administer(
      node,
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${template}'`,
    )
  }
}

/** Makes an empty database, on Citus one of the whole cluster; returns its address. */
export async function createDatabase(nodes: readonly string[], name: string): Promise<string> {
  const [url = ''] = nodes
  // Not template1's: PostgreSQL copies no database that somebody is connected to.
  for (const node of nodes) await administer(node, `create database ${name} template template0`)
  const database = inDatabase(url, name)
  if (nodes.length === 1) return database
  for (const node of nodes) await administer(inDatabase(node, name), 'create extension citus')
  const [coordinator, ...workers] = nodes.map((node) => new URL(node))
  const placeOf = (node: URL | undefined) => `'${node?.hostname}', ${node?.port || 5432}`
  await administer(database, `select citus_set_coordinator_host(${placeOf(coordinator)})`)
  for (const worker of workers) {
    await administer(database, `select citus_add_node(${placeOf(worker)})`)
  }
  await administer(url, `alter database ${name} set citus.shard_count = 4`)
  return database
}

/** Databases that no test uses at the moment; undefined where a process runs one file only. */
let unusedDatabases: SharedDatabase[] | undefined

/** Lets the files of this process use the same databases, one after the other. */
export function shareDatabases(): void {
  unusedDatabases = []
}

/**
 * A database with the demo world. In a whole run a file gets one that earlier files have used, with
 * its rows reset; `close` leaves it to the next file.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  if (!unusedDatabases) return openOwnDatabase()
  const shared = unusedDatabases.pop() ?? (await prepareReset(await openOwnDatabase()))
  const { db, url } = shared
  if (shared.isChanged) await db.transaction((tx) => tx.script(shared.reset))
  shared.isChanged = true
  let isOpen = true
  const close = async () => {
    if (isOpen) unusedDatabases?.push(shared)
    isOpen = false
  }
  return { db: { ...db, close }, url }
}

/** A database with the demo world that no other file has used: its tables may be altered. */
export async function openOwnDatabase(): Promise<TestDatabase> {
  const [server] = servers
  if (!server) {
    return { db: await openPglite(undefined, demoImage), url: undefined }
  }
  const name = `test_${process.pid}_${Date.now()}_${Math.floor(Math.random() * 1e6)}`
  for (const node of servers) await administer(node, `create database ${name} template ${template}`)
  const url = inDatabase(server, name)
  const db = await openPostgres(url)
  if (!isOnCitus) return { db, url }
  // Each has processes of its own on every node.
  const close = async () => {
    await db.close()
    for (const node of servers)
      await administer(node, `drop database if exists ${name} with (force)`)
  }
  return { db: { ...db, close }, url }
}

/** Keeps a copy of all rows beside the tables, and returns how the tables are filled from it. */
async function prepareReset({ db, url }: TestDatabase): Promise<SharedDatabase> {
  // Kept with the other rows, as making keys takes longer than many a test file.
  await openSigningKeys(db, undefined, new Date())
  // Parents first, as foreign keys are checked on Citus.
  const ordered = [...referenceTables, ...distributedTables, ...coordinatorTables]
  const tables = await db.query<{ name: string; columns: string }>(sql`
    select c.relname::text as name,
      (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '')
      as columns
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relname = any(${ordered}::text[])
    order by array_position(${ordered}::text[], c.relname::text)`)
  const copies = tables.map(
    ({ name, columns }) =>
      `create table pristine.${name} as select ${columns} from public.${name};`,
  )
  await db.transaction((tx) => tx.script(`create schema pristine; ${copies.join('\n')}`))
  const names = tables.map(({ name }) => `public.${name}`)
  const fills = tables.map(
    ({ name, columns }) =>
      `insert into public.${name} (${columns}) select ${columns} from pristine.${name};`,
  )
  // As in a replica foreign keys are not checked; but Citus truncates its shards by a trigger.
  const role = isOnCitus ? 'origin' : 'replica'
  const reset = `set local session_replication_role = ${role};
    truncate ${names.join(', ')} restart identity; ${fills.join('\n')}`
  return { db, url, isChanged: false, reset }
}

function inDatabase(url: string, name: string): string {
  const address = new URL(url)
  address.pathname = `/${name}`
  return address.href
}

async function administer(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
