import { on, once } from 'node:events'
import fs from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { limits } from '../../limits.ts'
import { type Database, engines } from '../database.ts'
import { openDriver } from '../driver.ts'
import { sql } from '../sql.ts'
import { StartupError } from '../startup-error.ts'
import { lockDirectory } from './directory-lock.ts'
import { openPgliteWire, type PgliteWire, simpleQuery } from './wire.ts'
import type { FromWorker, ToWorker, WorkerData } from './worker.ts'

/** The embedded database, with two operations that other engines lack. */
export type EmbeddedDatabase = Database & {
  /** Ends a database in memory: all of it as a tar, for others to begin with. Then close this. */
  dump(): Promise<Uint8Array<ArrayBuffer>>
  /** How often data was synced to the disk since the start. */
  syncs(): Promise<number>
}

/** Makes or reads the image that a new database begins with; its bytes are used up. */
type ImageSource = (() => Promise<Uint8Array<ArrayBuffer>>) | undefined

/** Data files belong to one version of PGlite: this one. */
const version = 'pglite-0.5'
const openMsMax = 60_000

/**
 * Opens PGlite in a worker thread, in `directory` or (undefined) in memory, from `image` when the
 * directory is new. Throws `StartupError` when the directory is in use, unwritable or corrupt.
 */
export async function openPglite(
  directory: string | undefined,
  image: ImageSource,
): Promise<EmbeddedDatabase> {
  if (directory === undefined) return start({ directory }, image)
  const release = claimDirectory(directory)
  try {
    const data = join(directory, 'pgdata')
    const isNew = checkVersion(directory, data)
    const database = await start({ directory: data }, isNew ? image : undefined)
    if (isNew) writeVersion(directory)
    return { ...database, close: () => database.close().finally(release) }
  } catch (error) {
    release()
    if (error instanceof StartupError) throw error
    throw new StartupError(
      `The database in ${directory} cannot be opened (${reasonText(error)}). ` +
        'Restore it from a copy, or move it away to start with a new one.',
    )
  }
}

function claimDirectory(directory: string): () => void {
  let release: (() => void) | undefined
  try {
    fs.mkdirSync(directory, { recursive: true })
    fs.accessSync(directory, fs.constants.W_OK)
    release = lockDirectory(directory)
  } catch (error) {
    throw new StartupError(
      `The data directory ${directory} cannot be used (${reasonText(error)}). ` +
        'Choose another with --data-dir, or --data-dir memory to keep nothing.',
    )
  }
  if (!release) {
    throw new StartupError(
      `The data directory ${directory} is in use by another Groundlevel. ` +
        'Stop that one, or choose another directory with --data-dir.',
    )
  }
  return release
}

/** Whether the directory is new; the data of a first start that did not finish is set aside. */
function checkVersion(directory: string, data: string): boolean {
  const file = join(directory, 'version')
  if (!fs.existsSync(file)) {
    if (fs.existsSync(data)) fs.renameSync(data, `${data}.unfinished-${Date.now()}`)
    return true
  }
  const dataVersion = fs.readFileSync(file, 'utf8').trim()
  if (dataVersion !== version) {
    throw new StartupError(
      `The database in ${directory} was made by ${dataVersion || 'something else'}, and this is ` +
        `${version}. Start the Groundlevel that made it, or choose another --data-dir.`,
    )
  }
  if (!fs.existsSync(join(data, 'PG_VERSION'))) {
    throw new StartupError(
      `The database in ${directory} is damaged: PG_VERSION is missing. ` +
        'Restore it from a copy, or move it away to start with a new one.',
    )
  }
  return false
}

/** Marks a first start as finished; a power cut leaves the whole file, or none. */
function writeVersion(directory: string): void {
  const draft = join(directory, 'version.new')
  fs.writeFileSync(draft, `${version}\n`, { flush: true })
  fs.renameSync(draft, join(directory, 'version'))
}

async function start(workerData: WorkerData, image: ImageSource): Promise<EmbeddedDatabase> {
  const worker = await startWorker(workerData, image)
  const wires = new Map<number, PgliteWire>()
  let lastWire = 0
  let isStopping = false
  const post = (message: ToWorker, transferred: ArrayBuffer[] = []) =>
    worker.postMessage(message, transferred)
  worker.on('message', (message: FromWorker) => {
    if (typeof message === 'object' && 'wire' in message) {
      wires.get(message.wire)?.receive(message.bytes)
    }
  })
  worker.on('exit', () => {
    for (const wire of wires.values()) wire.destroy()
    // A server without its database can answer nothing: it crashes, for a supervisor to restart it.
    if (!isStopping) throw new Error('The embedded database stopped')
  })

  const driver = openDriver({
    engine: engines.pglite,
    sharedLanes: 1,
    sharedLaneStatementsMax: limits.pgliteStatementsMax,
    ownLanes: 0,
    async connection() {
      const id = ++lastWire
      const wire = openPgliteWire((bytes) =>
        post({ wire: id, bytes }, [bytes.buffer as ArrayBuffer]),
      )
      wires.set(id, wire)
      if (id > 1)
        for (const text of ['rollback', 'discard all']) post({ wire: 0, bytes: simpleQuery(text) })
      wire.once('close', () => wires.delete(id))
      return { stream: () => wire, user: 'postgres', database: 'postgres' }
    },
    async close() {
      isStopping = true
      post('close')
      await once(worker, 'exit')
    },
  })
  const stopUpkeep = startUpkeep(driver)
  const receive = async <T>(request: 'dump' | 'syncs'): Promise<T> => {
    post(request)
    for (;;) {
      const [message] = await once(worker, 'message')
      if (typeof message === 'object' && request in message) return message[request]
    }
  }
  return {
    ...driver,
    dump: () => receive<Uint8Array<ArrayBuffer>>('dump'),
    syncs: () => receive<number>('syncs'),
    close: () => {
      stopUpkeep()
      return driver.close()
    },
  }
}

/** The thread starts while the image is read. */
async function startWorker(workerData: WorkerData, image: ImageSource): Promise<Worker> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData,
    env: workerEnvironment(),
    stdout: true,
    stderr: true,
  })
  let stderrText = ''
  worker.stderr.on('data', (text) => {
    stderrText = `${stderrText}${text}`.slice(-500)
  })
  const timeout = AbortSignal.timeout(openMsMax)
  const opening = Promise.race([
    openResult(worker, timeout),
    once(worker, 'exit', { signal: timeout }).then(() => ({ failed: stderrText || 'it stopped' })),
  ])
  // It may fail while the image is made, and is awaited after that.
  opening.catch(() => undefined)
  try {
    const bytes = await image?.()
    worker.postMessage({ image: bytes } satisfies ToWorker, bytes ? [bytes.buffer] : [])
    const first = await opening
    if (first === 'ready') return worker
    throw new Error(typeof first === 'object' && 'failed' in first ? first.failed : 'no answer')
  } catch (error) {
    await worker.terminate()
    throw error
  }
}

/** A thread has its own cache of compiled code, and without one it also strips types anew. */
function workerEnvironment(): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir()
  return cache ? { ...process.env, NODE_COMPILE_CACHE: dirname(cache) } : process.env
}

/** Whether the worker opened the database. Under `node --watch` Node posts messages before that. */
async function openResult(worker: Worker, signal: AbortSignal): Promise<FromWorker | undefined> {
  for await (const [message] of on(worker, 'message', { signal })) {
    if (message === 'ready' || 'failed' in message) return message
  }
  return undefined
}

/** Runs checkpoints and vacuums, as PGlite has no background processes; returns what ends that. */
export function startUpkeep(database: Pick<Database, 'query'>): () => void {
  const ignoreFailure = () => undefined
  // What a write replaced is room for the next ones only after a vacuum.
  const upkeep = [
    [sql`checkpoint`, limits.checkpointEveryMs],
    [sql`vacuum`, limits.vacuumEveryMs],
    [sql`analyze`, limits.analyzeEveryMs],
  ] as const
  const timers = upkeep.map(([statement, everyMs]) =>
    setInterval(() => database.query(statement).catch(ignoreFailure), everyMs),
  )
  for (const timer of timers) timer.unref()
  return () => timers.forEach(clearInterval)
}

function reasonText(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0]?.trim() || error.name : String(error)
}
