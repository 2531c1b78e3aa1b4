import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { distributeTables, finishDistribution, isWorker } from './citus/distribute.ts'
import type { Database, Queryable, Transaction } from './database.ts'
import { endServers } from './server-sessions.ts'
import { sql } from './sql.ts'
import { StartupError } from './startup-error.ts'

/** One numbered file of `migrations/`. */
export type Migration = { version: number; name: string; text: string; checksum: string }

type AppliedMigration = Pick<Migration, 'version' | 'name' | 'checksum'>

const directory = new URL('../../migrations/', import.meta.url)
const lockKey = 4_680_001

/** Reads all migrations in order; throws when a number is missing or used twice. */
export function readMigrations(): Migration[] {
  const names = fs.readdirSync(directory).filter((name) => /^\d{4}-.+\.sql$/.test(name))
  return names.sort().map((name, i) => {
    const version = Number(name.slice(0, 4))
    if (version !== i + 1) throw new Error(`Migration ${name} should be number ${i + 1}`)
    const text = fs.readFileSync(new URL(name, directory), 'utf8')
    return { version, name, text, checksum: createHash('sha256').update(text).digest('hex') }
  })
}

/** The remedy for a database that no release has made. */
const startAnewRemedy = 'Start with an empty database.'

/**
 * Brings the schema up to date and returns the names of what was applied. All of it is one
 * transaction under one lock, so that concurrent starts apply each migration once. The
 * sessions of servers for the older schema are ended first, and new ones are refused. On Citus the
 * tables are then distributed. Throws
 * `StartupError` when the database is newer than this code, of another history (which `remedy`
 * answers), or when a migration was changed after it had been applied.
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[] = readMigrations(),
  remedy: string = startAnewRemedy,
): Promise<string[]> {
  const isOnCitus = database.engine.name === 'citus'
  if (isOnCitus && (await isWorker(database))) return checkWorker(database, migrations, remedy)
  const { applied, distributed } = await database.transaction(async (tx) => {
    // A migration may be slow, or wait for the migration of another process.
    await tx.script('set local statement_timeout = 0; set local lock_timeout = 0')
    // An advisory lock is enough: PGlite has one session, and on Citus this is the coordinator.
    await tx.script(`select pg_advisory_xact_lock(${lockKey})`)
    await tx.script(`create table if not exists schema_migrations (
      version int primary key, name text not null, checksum text not null,
      applied_at timestamptz(3) not null)`)
    const pending = pendingAfter(await readApplied(tx), migrations, remedy)
    if (pending.length > 0) await applyMigrations(tx, pending)
    return {
      applied: pending.map(({ name }) => name),
      distributed: isOnCitus ? await distributeTables(tx) : [],
    }
  })
  if (distributed.length > 0) await finishDistribution(database, distributed)
  return applied
}

/** A worker of Citus cannot migrate: throws unless the coordinator has. */
async function checkWorker(
  db: Queryable,
  migrations: readonly Migration[],
  remedy: string,
): Promise<string[]> {
  const applied = (await hasMigrations(db)) ? await readApplied(db) : []
  if (pendingAfter(applied, migrations, remedy).length === 0) return []
  throw new StartupError(
    'This node is a worker of Citus, where no table can be made. Start this version once against ' +
      'the coordinator, or run groundlevel migrate there.',
  )
}

async function hasMigrations(db: Queryable): Promise<boolean> {
  const [table] = await db.query<{ isThere: boolean }>(
    sql`select to_regclass('schema_migrations') is not null as "isThere"`,
  )
  return table?.isThere === true
}

/**
 * Holds a lock until the commit that one transaction at a time has, of all servers: a row's, as
 * advisory locks are each node's own on Citus.
 */
export async function lockDatabase(tx: Queryable): Promise<void> {
  await tx.query(sql`select from schema_migrations where version = 1 for update`)
}

/** The names of what `migrate` would apply; changes nothing, and throws as `migrate` does. */
export async function pendingMigrations(db: Queryable): Promise<string[]> {
  const applied = (await hasMigrations(db)) ? await readApplied(db) : []
  return pendingAfter(applied, readMigrations(), startAnewRemedy).map(({ name }) => name)
}

function readApplied(db: Queryable): Promise<AppliedMigration[]> {
  return db.query<AppliedMigration>(
    sql`select version, name, checksum from schema_migrations order by version`,
  )
}

function pendingAfter(
  applied: readonly AppliedMigration[],
  migrations: readonly Migration[],
  remedy: string,
): readonly Migration[] {
  checkHistory(applied, migrations, remedy)
  return migrations.slice(applied.length)
}

async function applyMigrations(tx: Transaction, pending: readonly Migration[]): Promise<void> {
  await endServers(tx)
  for (const { version, name, text, checksum } of pending) {
    await tx.script(text)
    await tx.query(sql`insert into schema_migrations (version, name, checksum, applied_at)
      values (${version}, ${name}, ${checksum}, ${new Date()})`)
  }
}

function checkHistory(
  applied: readonly AppliedMigration[],
  migrations: readonly Migration[],
  remedy: string,
): void {
  for (const { version, name, checksum } of applied) {
    const expected = migrations[version - 1]
    if (!expected) {
      throw new StartupError(
        `The database has migration ${name}, which this Groundlevel does not know. ` +
          'It was made by a newer one: start that.',
      )
    }
    if (expected.name !== name) {
      throw new StartupError(
        'The database was made by a Groundlevel from before the first release, which this one ' +
          `cannot open (it has ${name} where ${expected.name} is expected). ${remedy}`,
      )
    }
    if (expected.checksum !== checksum) {
      throw new StartupError(
        'The database was made by another version of Groundlevel, from before or after this one, ' +
          `and this one cannot open it (its ${name} differs). To keep what it holds, go on with ` +
          `the version that made it. Otherwise: ${remedy}`,
      )
    }
  }
}
