import pg from 'pg'
import type { Database } from '../../src/db/database.ts'
import { openPglite } from '../../src/db/pglite/open.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { demoImage } from '../../src/demo/image.ts'
import { engine } from '../test-database.ts'

/** The server to make databases in; undefined on PGlite. */
const server = engine === 'postgres' ? process.env.GROUNDLEVEL_TEST_POSTGRES : undefined
const openDatabases = new Set<Database>()
let databasesMade = 0

/** Closes what a file opened here: its last `after`. */
export async function closeDatabases(): Promise<void> {
  await Promise.all([...openDatabases].map((db) => db.close()))
}

/** The one PGlite of this file, as opening another takes much longer than emptying it. */
let embedded: Database | undefined

async function emptyEmbedded(): Promise<Database> {
  embedded ??= closeLater(await openPglite(undefined, demoImage))
  await embedded.transaction((tx) => tx.script('drop schema public cascade; create schema public'))
  return embedded
}

/**
 * A database without a table, closed by `closeDatabases`; on PostgreSQL with its address. On
 * PGlite it is the same one each time: what a test needs of an earlier one is gone.
 */
export async function emptyDatabase(): Promise<{ db: Database; url: string | undefined }> {
  if (!server) return { db: await emptyEmbedded(), url: undefined }
  const name = `empty_${process.pid}_${++databasesMade}`
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  // Not template1's: PostgreSQL copies no database that somebody is connected to.
  await client.query(`create database ${name} template template0`)
  await client.end()
  const address = new URL(server)
  address.pathname = `/${name}`
  return { db: await openSecond(address.href), url: address.href }
}

/** Another `Database` over the same PostgreSQL database, as another process has it. */
export async function openSecond(url: string): Promise<Database> {
  return closeLater(await openPostgres(url))
}

function closeLater(db: Database): Database {
  const kept: Database = {
    ...db,
    close() {
      openDatabases.delete(kept)
      if (embedded === kept) embedded = undefined
      return db.close()
    },
  }
  openDatabases.add(kept)
  return kept
}
