import type { Database } from '../../src/db/database.ts'
import { openPglite } from '../../src/db/pglite/open.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { demoImage } from '../../src/demo/image.ts'
import { createDatabase, servers } from '../test-database.ts'

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
  if (servers.length === 0) return { db: await emptyEmbedded(), url: undefined }
  const name = `empty_${process.pid}_${++databasesMade}`
  const url = await createDatabase(servers, name)
  return { db: await openSecond(url), url }
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
