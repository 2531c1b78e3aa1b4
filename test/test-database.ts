import pg from 'pg'
import type { Database } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { openPglite } from '../src/db/pglite/open.ts'
import { openPostgres } from '../src/db/postgres.ts'
import { demoImage } from '../src/demo/image.ts'
import { createDemoWorld } from '../src/demo/world.ts'

/** The engine that this run proves; `test/run.ts` sets it, alone a file runs on PGlite. */
export const engine = process.env.GROUNDLEVEL_TEST_ENGINE === 'postgres' ? 'postgres' : 'pglite'

const template = 'groundlevel_template'

/** Makes the database that all others of a run are copied from. */
export async function prepareTemplate(url: string): Promise<void> {
  await administer(url, `create database ${template}`)
  const db = await openPostgres(inDatabase(url, template))
  await migrate(db)
  await createDemoWorld(db)
  await db.close()
}

/** A database with the demo world, for one test file alone; on PostgreSQL with its address. */
export async function openTestDatabase(): Promise<{ db: Database; url: string | undefined }> {
  const server = process.env.GROUNDLEVEL_TEST_POSTGRES
  if (engine === 'pglite' || !server) {
    return { db: await openPglite(undefined, demoImage), url: undefined }
  }
  const name = `test_${process.pid}_${Date.now()}_${Math.floor(Math.random() * 1e6)}`
  await administer(server, `create database ${name} template ${template}`)
  const url = inDatabase(server, name)
  return { db: await openPostgres(url), url }
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
