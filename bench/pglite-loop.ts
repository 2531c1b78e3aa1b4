import fs from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { input, output } from './child.ts'
import type { Statement } from './operations.ts'
import type { Floor } from './pgbench.ts'
import { type Place, valuesOf } from './values.ts'

/** The floor of the embedded engine: one caller, one statement after the other. */
export type PgliteLoop = {
  directory: string
  /** Whether it runs as shipped, or synced to the disk and set up as the server's own is. */
  synced: boolean
  statement: Statement
  seconds: number
  place: Place
}

const { directory, synced, statement, seconds, place } = input<PgliteLoop>()

/** The same file layer as in src/db/pglite-worker.ts, which cannot be had without its worker. */
class SyncedFs extends NodeFS {
  override async init(pg: PGlite, options: object) {
    const made = await super.init(pg, options)
    const mount = made.emscriptenOpts.preRun ?? []
    made.emscriptenOpts.preRun = [
      ...(Array.isArray(mount) ? mount : [mount]),
      (module) => {
        const { node } = module.FS.lookupPath('/pglite/data', {})
        const fsync = ({ nfd }: { nfd: number }) => {
          fs.fdatasyncSync(nfd)
          return 0
        }
        Object.assign(node.stream_ops, { fsync })
      },
    ]
    return made
  }
}

/** The schema's own; without them its indexes cannot be written. */
const extensions = { pg_trgm, btree_gin }
const settings = ['shared_buffers=16MB', 'timezone=UTC', 'wal_sync_method=fsync']
const shipped: string[] = PGlite.defaultStartParams
const database = await PGlite.create(
  synced
    ? {
        fs: new SyncedFs(directory),
        startParams: [
          ...shipped.filter((flag) => flag !== '-F'),
          ...settings.flatMap((setting) => ['-c', setting]),
        ],
        extensions,
      }
    : { fs: new NodeFS(directory), extensions },
)

let next = 0
const step = async () => {
  const { rows } = await database.query(statement.text, valuesOf(statement, place, next++))
  if (rows.length !== 1) throw new Error('The statement found nothing')
}

const warm = performance.now() + 500
while (performance.now() < warm) await step()
const begin = performance.now()
const before = next
while (performance.now() < begin + seconds * 1000) await step()
const perSecond = (1000 * (next - before)) / (performance.now() - begin)
await database.close()
output({ perSecond, statements: next } satisfies Floor)
