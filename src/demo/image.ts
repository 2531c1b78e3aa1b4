import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate, readMigrations } from '../db/migrate.ts'
import { openPglite } from '../db/pglite/open.ts'
import { createDemoWorld } from './world.ts'

const cache = fileURLToPath(new URL('../../node_modules/.cache/groundlevel/', import.meta.url))

/**
 * A database directory with the schema and the demo world, as a tar: starting from it takes a
 * fraction of a second, making it takes three. It is kept beside the installed packages, under a
 * name that changes with everything it is made of.
 */
export async function demoImage(): Promise<Uint8Array> {
  const file = `${cache}${fingerprint()}.tar`
  if (fs.existsSync(file)) return fs.readFileSync(file)
  const database = await openPglite(undefined, undefined)
  try {
    await migrate(database)
    await createDemoWorld(database)
    const image = await database.dump()
    storeImage(file, image)
    return image
  } finally {
    await database.close()
  }
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const { text } of readMigrations()) hash.update(text)
  // Every source that the demo world depends on, directly or not.
  const world = sourcesOf(fileURLToPath(new URL('./world.ts', import.meta.url)))
  for (const text of world.values()) hash.update(text)
  const pglite = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  return hash.update(fs.readFileSync(pglite)).digest('hex').slice(0, 16)
}

/** A file's text and those of all that it imports, by path, in the order of the imports. */
function sourcesOf(file: string, known = new Map<string, string>()): Map<string, string> {
  const text = fs.readFileSync(file, 'utf8')
  known.set(file, text)
  for (const [, specifier = ''] of text.matchAll(/ from '(\..+)'/g)) {
    const imported = path.join(path.dirname(file), specifier)
    if (!known.has(imported)) sourcesOf(imported, known)
  }
  return known
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
