import { PGlite } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { SyncedFs } from '../src/db/pglite/engine.ts'
import { input, output } from './child.ts'
import type { Statement } from './operations.ts'
import type { Floor } from './pgbench.ts'
import { type RowRange, valuesOf } from './values.ts'

/** The floor of the embedded engine: one caller, one statement after the other. */
export type PgliteLoop = {
  directory: string
  /** Whether it runs as shipped, or synced to the disk and set up as the server's own is. */
  isSynced: boolean
  statement: Statement
  seconds: number
  range: RowRange
}

const { directory, isSynced, statement, seconds, range } = input<PgliteLoop>()

/** The schema's own; without them its indexes cannot be written. */
const extensions = { pg_trgm, btree_gin }
const settings = ['shared_buffers=16MB', 'timezone=UTC', 'wal_sync_method=fsync']
const defaultParams: string[] = PGlite.defaultStartParams
const database = await PGlite.create(
  isSynced
    ? {
        fs: new SyncedFs(directory),
        startParams: [
          ...defaultParams.filter((flag) => flag !== '-F'),
          ...settings.flatMap((setting) => ['-c', setting]),
        ],
        extensions,
      }
    : { fs: new NodeFS(directory), extensions },
)

let next = 0
const runStatement = async () => {
  const { rows } = await database.query(statement.text, valuesOf(statement, range, next++))
  if (rows.length !== 1) throw new Error('The statement found nothing')
}

const warm = performance.now() + 500
while (performance.now() < warm) await runStatement()
const begin = performance.now()
const before = next
while (performance.now() < begin + seconds * 1000) await runStatement()
const perSecond = (1000 * (next - before)) / (performance.now() - begin)
await database.close()
output({ perSecond, statements: next } satisfies Floor)
