import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database } from '../db/database.ts'
import { migrate, readMigrations } from '../db/migrate.ts'
import { openPglite } from '../db/pglite/open.ts'
import { sql } from '../db/sql.ts'

const cache = fileURLToPath(new URL('../../node_modules/.cache/groundlevel/', import.meta.url))

/**
 * A database directory with the schema and the demo world, as a tar: starting from it takes a
 * fraction of a second, making it takes three. It is kept beside the installed packages, under a
 * name that changes with everything it is made of.
 */
export async function demoImage(): Promise<Uint8Array<ArrayBuffer>> {
  const file = `${cache}${fingerprint()}.tar`
  if (fs.existsSync(file)) return fs.readFileSync(file)
  // The world needs most of the server's code, and an image that is there already none of it.
  const [{ createDemoWorld }, database] = await Promise.all([
    import('./world.ts'),
    openPglite(undefined, undefined),
  ])
  try {
    await migrate(database)
    await createDemoWorld(database)
    await shrink(database)
    const image = await database.dump()
    storeImage(file, image)
    return image
  } finally {
    await database.close()
  }
}

/** Removes what only a server needs that makes other databases, and the log of all until now. */
async function shrink(database: Database): Promise<void> {
  await database.query(sql`alter database template0 is_template false`)
  await database.query(sql`drop database template0`)
  await database.query(sql`alter database template1 is_template false`)
  await database.query(sql`drop database template1`)
  await database.query(sql`set wal_recycle = off`)
  await database.query(sql`checkpoint`)
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const { text } of readMigrations()) hash.update(text)
  // Every source that the image depends on, directly or not.
  const sources = new Map<string, string>()
  for (const name of ['image.ts', 'world.ts', '../db/pglite/engine.ts']) {
    sourcesOf(fileURLToPath(new URL(name, import.meta.url)), sources)
  }
  for (const text of sources.values()) hash.update(text)
  const pglite = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  return hash.update(fs.readFileSync(pglite)).digest('hex').slice(0, 16)
}

/** A file's text and those of all that it imports, by path, in the order of the imports. */
function sourcesOf(file: string, known: Map<string, string>): void {
  const text = fs.readFileSync(file, 'utf8')
  known.set(file, text)
  for (const [, specifier = ''] of text.matchAll(/ from '(\.[^']+)'/g)) {
    const imported = path.join(path.dirname(file), specifier)
    if (!known.has(imported)) sourcesOf(imported, known)
  }
}

/** An installation that cannot be written to makes the image anew each time. */
function storeImage(file: string, image: Uint8Array): void {
  try {
    fs.mkdirSync(cache, { recursive: true })
    const otherImages = fs.readdirSync(cache).filter((name) => name.endsWith('.tar'))
    // Renamed once it is complete, as another process may be reading.
    fs.writeFileSync(`${file}.${process.pid}`, image)
    fs.renameSync(`${file}.${process.pid}`, file)
    for (const name of otherImages)
      if (cache + name !== file) fs.rmSync(cache + name, { force: true })
  } catch {
    return
  }
}
