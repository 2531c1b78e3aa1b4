import fs from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/** Messages to the worker and from it; bytes are PostgreSQL's own protocol. */
export type ToWorker = { wire: number; bytes: Uint8Array } | 'dump' | 'close' | 'syncs'
export type FromWorker =
  | 'ready'
  | { failed: string }
  | { wire: number; bytes: Uint8Array }
  | { dump: Uint8Array }
  | { syncs: number }

/** Data live in a directory, or (undefined) in memory. */
export type WorkerData = { directory: string | undefined; image: Uint8Array | undefined }

const data = '/pglite/data'
let syncs = 0

/**
 * PGlite's file layer ignores fsync, so that a power cut may destroy the whole directory. This one
 * syncs when PostgreSQL asks for it.
 */
class SyncedFs extends NodeFS {
  override async init(pg: PGlite, options: object) {
    const initialised = await super.init(pg, options)
    const mount = initialised.emscriptenOpts.preRun ?? []
    initialised.emscriptenOpts.preRun = [
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
    return initialised
  }
}

const defaultParams: string[] = PGlite.defaultStartParams
const settings = ['shared_buffers=16MB', 'timezone=UTC', 'wal_sync_method=fsync']

function options({ directory, image }: WorkerData): PGliteOptions {
  const startParams = [
    ...defaultParams.filter((flag) => directory === undefined || flag !== '-F'),
    ...settings.flatMap((setting) => ['-c', setting]),
  ]
  return {
    ...(directory === undefined ? {} : { fs: new SyncedFs(directory) }),
    ...(image ? { loadDataDir: new Blob([new Uint8Array(image)]) } : {}),
    // The schema needs these extensions.
    extensions: { pg_trgm, btree_gin },
    startParams,
  }
}

/**
 * PostgreSQL's answer, which nothing else may hold: what `execProtocolRawSync` answers is parsed
 * too, and every message of it is kept until the process ends.
 */
async function execute(pglite: PGlite, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let length = 0
  await pglite.execProtocolRawStream(bytes, {
    syncToFs: false,
    // The bytes lie in WebAssembly's memory, where the next ones overwrite them.
    onRawData: (part) => {
      parts.push(part.slice())
      length += part.length
    },
  })
  const answer = new Uint8Array(length)
  let end = 0
  for (const part of parts) {
    answer.set(part, end)
    end += part.length
  }
  return answer
}

async function answerMessages(): Promise<void> {
  const port = parentPort
  if (!port) throw new Error('This file runs as a worker thread')
  const answer = (message: FromWorker, transferred: ArrayBuffer[] = []) =>
    port.postMessage(message, transferred)
  let pglite: PGlite
  try {
    pglite = await PGlite.create(options(workerData))
  } catch (error) {
    answer({ failed: error instanceof Error ? error.message : String(error) })
    return
  }
  let isClosing = false
  port.on('message', async (message: ToWorker) => {
    if (isClosing) return
    if (message === 'dump') {
      const dump = new Uint8Array(await (await pglite.dumpDataDir('none')).arrayBuffer())
      answer({ dump }, [dump.buffer])
    } else if (message === 'syncs') {
      answer({ syncs })
    } else if (message === 'close') {
      isClosing = true
      await pglite.close()
      port.close()
    } else {
      const bytes = await execute(pglite, message.bytes)
      answer({ wire: message.wire, bytes }, [bytes.buffer])
    }
  })
  answer('ready')
}

await answerMessages()
