import { createHash } from 'node:crypto'
import fs from 'node:fs'
import type { Database, Queryable, Transaction } from './database.ts'
import { endServers } from './server-sessions.ts'
import { sql } from './sql.ts'
import { StartupError } from './startup-error.ts'

/** One numbered file of `migrations/`. */
export type Migration = { version: number; name: string; text: string; checksum: string }

type Applied = Pick<Migration, 'version' | 'name' | 'checksum'>

const directory = new URL('../../migrations/', import.meta.url)
const lockKey = 4_680_001

/** All migrations in order. A gap or a number used twice is a mistake of the checkout. */
export function readMigrations(): Migration[] {
  const names = fs.readdirSync(directory).filter((name) => /^\d{4}-.+\.sql$/.test(name))
  return names.sort().map((name, i) => {
    const version = Number(name.slice(0, 4))
    if (version !== i + 1) throw new Error(`Migration ${name} should be number ${i + 1}`)
    const text = fs.readFileSync(new URL(name, directory), 'utf8')
    return { version, name, text, checksum: createHash('sha256').update(text).digest('hex') }
  })
}

/** What to do about a database that no release has made. */
const startAnew = 'Start with an empty database.'

/**
 * Brings the schema up to date and returns the names of what was applied. All of it is one
 * transaction under one lock, so that two processes that start at once apply each migration
 * once. Servers of the schema before it are cut off first, and keep away from then on. Throws
 * `StartupError` when the database is newer than this code, of another history (which `remedy`
 * answers), or when a migration was changed after it had been applied.
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[] = readMigrations(),
  remedy: string = startAnew,
): Promise<string[]> {
  return database.transaction(async (tx) => {
    // What takes long here is at work, or waits for another process that is.
    await tx.script('set local statement_timeout = 0')
    // The lock is PostgreSQL's; PGlite has one session, and on Citus this is the coordinator.
    await tx.script(`select pg_advisory_xact_lock(${lockKey})`)
    await tx.script(`create table if not exists schema_migrations (
      version int primary key, name text not null, checksum text not null,
      applied_at timestamptz(3) not null)`)
    const missing = missingAfter(await readApplied(tx), migrations, remedy)
    if (missing.length > 0) await apply(tx, missing)
    return missing.map(({ name }) => name)
  })
}

/** What `migrate` would apply; changes nothing, and throws as it does. */
export async function pendingMigrations(db: Queryable): Promise<string[]> {
  const [found] = await db.query<{ isThere: boolean }>(
    sql`select to_regclass('schema_migrations') is not null as "isThere"`,
  )
  const applied = found?.isThere ? await readApplied(db) : []
  return missingAfter(applied, readMigrations(), startAnew).map(({ name }) => name)
}

function readApplied(db: Queryable): Promise<Applied[]> {
  return db.query<Applied>(
    sql`select version, name, checksum from schema_migrations order by version`,
  )
}

function missingAfter(
  applied: readonly Applied[],
  migrations: readonly Migration[],
  remedy: string,
): readonly Migration[] {
  check(applied, migrations, remedy)
  return migrations.slice(applied.length)
}

async function apply(tx: Transaction, missing: readonly Migration[]): Promise<void> {
  await endServers(tx)
  for (const { version, name, text, checksum } of missing) {
    await tx.script(text)
    await tx.query(sql`insert into schema_migrations (version, name, checksum, applied_at)
      values (${version}, ${name}, ${checksum}, ${new Date()})`)
  }
}

function check(
  applied: readonly Applied[],
  migrations: readonly Migration[],
  remedy: string,
): void {
  for (const { version, name, checksum } of applied) {
    const known = migrations[version - 1]
    if (!known) {
      throw new StartupError(
        `The database has migration ${name}, which this Groundlevel does not know. ` +
          'It was made by a newer one: start that.',
      )
    }
    if (known.name !== name) {
      throw new StartupError(
        `The database has migration ${name} in the place of ${known.name}: it was made by a ` +
          `Groundlevel from before the first release, which no release carries on. ${remedy}`,
      )
    }
    if (known.checksum !== checksum) {
      throw new StartupError(
        `Migration ${name} was changed after this database had it. ` +
          'Restore the file, and write what it should do as a new migration.',
      )
    }
  }
}
