import { parentPort, workerData } from 'node:worker_threads'
import { openEngine, type PgliteEngine } from './engine.ts'

/** Messages to the worker, the image first, and from it; bytes are PostgreSQL's own protocol. */
export type ToWorker =
  | { image: Uint8Array | undefined }
  | { wire: number; bytes: Uint8Array }
  | 'dump'
  | 'close'
  | 'syncs'
export type FromWorker =
  | 'ready'
  | { failed: string }
  | { wire: number; bytes: Uint8Array }
  | { dump: Uint8Array<ArrayBuffer> }
  | { syncs: number }

/** Data live in a directory, or (undefined) in memory. */
export type WorkerData = { directory: string | undefined }

const port = parentPort
if (!port) throw new Error('This file runs as a worker thread')
const { directory }: WorkerData = workerData
/** Undefined until it is open, and again when it is closed. */
let engine: PgliteEngine | undefined

function answer(message: FromWorker, transferred: ArrayBuffer[] = []): void {
  port?.postMessage(message, transferred)
}

async function open(image: Uint8Array | undefined): Promise<void> {
  try {
    engine = await openEngine(directory, image)
    answer('ready')
  } catch (error) {
    answer({ failed: error instanceof Error ? error.message : String(error) })
    port?.close()
  }
}

/** Nothing is executed from now on. */
function letGo(): PgliteEngine | undefined {
  const open = engine
  engine = undefined
  return open
}

async function close(): Promise<void> {
  await letGo()?.close()
  port?.close()
}

async function dump(): Promise<void> {
  const bytes = await letGo()?.closeIntoImage()
  if (bytes) answer({ dump: bytes }, [bytes.buffer])
}

port.on('message', async (message: ToWorker) => {
  if (typeof message === 'object' && 'image' in message) return open(message.image)
  if (message === 'close') return close()
  if (message === 'dump') return dump()
  if (!engine) return
  if (message === 'syncs') return answer({ syncs: engine.syncs() })
  const bytes = await engine.execute(message.bytes)
  answer({ wire: message.wire, bytes }, [bytes.buffer])
})
