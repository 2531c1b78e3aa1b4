import fs from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/** What the server asks of the worker, and what it answers; bytes are PostgreSQL's own protocol. */
export type ToWorker = { wire: number; bytes: Uint8Array } | 'dump' | 'close' | 'syncs'
export type FromWorker =
  | 'ready'
  | { failed: string }
  | { wire: number; bytes: Uint8Array }
  | { dump: Uint8Array }
  | { syncs: number }

/** Where the data lives: in a directory, or nowhere but in memory. */
export type WorkerData = { directory: string | undefined; image: Uint8Array | undefined }

const data = '/pglite/data'
let syncs = 0

/**
 * PGlite's file layer leaves out fsync, so that a power cut may take the whole directory with it.
 * This one syncs when PostgreSQL asks for it.
 */
class SyncedFs extends NodeFS {
  override async init(pg: PGlite, options: object) {
    const made = await super.init(pg, options)
    const mount = made.emscriptenOpts.preRun ?? []
    made.emscriptenOpts.preRun = [
      ...(Array.isArray(mount) ? mount : [mount]),
      (module) => {
        const { node } = module.FS.lookupPath(data, {})
        Object.assign(node.stream_ops, {
          fsync: (stream: { nfd: number }) => {
            fs.fdatasyncSync(stream.nfd)
            syncs++
            return 0
          },
        })
      },
    ]
    return made
  }
}

const shipped: string[] = PGlite.defaultStartParams
const settings = ['shared_buffers=16MB', 'timezone=UTC', 'wal_sync_method=fsync']

function options({ directory, image }: WorkerData): PGliteOptions {
  const startParams = [
    ...shipped.filter((flag) => directory === undefined || flag !== '-F'),
    ...settings.flatMap((setting) => ['-c', setting]),
  ]
  return {
    ...(directory === undefined ? {} : { fs: new SyncedFs(directory) }),
    ...(image ? { loadDataDir: new Blob([new Uint8Array(image)]) } : {}),
    // What the schema needs beyond PostgreSQL itself.
    extensions: { pg_trgm, btree_gin },
    startParams,
  }
}

async function work(): Promise<void> {
  const port = parentPort
  if (!port) throw new Error('This file runs as a worker thread')
  const answer = (message: FromWorker, moved: ArrayBuffer[] = []) =>
    port.postMessage(message, moved)
  let pglite: PGlite
  try {
    pglite = await PGlite.create(options(workerData))
  } catch (error) {
    answer({ failed: error instanceof Error ? error.message : String(error) })
    return
  }
  let closing = false
  port.on('message', async (message: ToWorker) => {
    if (closing) return
    if (message === 'dump') {
      const dump = new Uint8Array(await (await pglite.dumpDataDir('none')).arrayBuffer())
      answer({ dump }, [dump.buffer])
    } else if (message === 'syncs') {
      answer({ syncs })
    } else if (message === 'close') {
      closing = true
      await pglite.close()
      port.close()
    } else {
      // The answer lives in WebAssembly's memory, which cannot be handed over: copy it out.
      const bytes = pglite.execProtocolRawSync(message.bytes).slice()
      answer({ wire: message.wire, bytes }, [bytes.buffer])
    }
  })
  answer('ready')
}

await work()
