import { on, once } from 'node:events'
import fs from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { limits } from '../../limits.ts'
import { type Database, engines } from '../database.ts'
import { openDriver } from '../driver.ts'
import { sql } from '../sql.ts'
import { StartupError } from '../startup-error.ts'
import { lockDirectory } from './directory-lock.ts'
import { openPgliteWire, type PgliteWire } from './wire.ts'
import type { FromWorker, ToWorker, WorkerData } from './worker.ts'

/** The embedded database, with what only it can do. */
export type EmbeddedDatabase = Database & {
  /** The whole data directory as a tar, to start another database from. */
  dump(): Promise<Uint8Array>
  /** How often data was synced to the disk since the start. */
  syncs(): Promise<number>
}

/** PGlite's files belong to one version of it; this is the one that made them. */
const version = 'pglite-0.5'
const openMsMax = 60_000

/**
 * Opens PGlite in a worker thread, in `directory` or (undefined) in memory, from `image` when the
 * directory is new. Throws `StartupError` when the directory is in use, unwritable or corrupt.
 */
export async function openPglite(
  directory: string | undefined,
  image: (() => Promise<Uint8Array | undefined>) | undefined,
): Promise<EmbeddedDatabase> {
  if (directory === undefined) return start({ directory, image: await image?.() })
  const release = claim(directory)
  try {
    const data = join(directory, 'pgdata')
    const isNew = checkVersion(directory, data)
    const database = await start({ directory: data, image: isNew ? await image?.() : undefined })
    if (isNew) writeVersion(directory)
    return { ...database, close: () => database.close().finally(release) }
  } catch (error) {
    release()
    if (error instanceof StartupError) throw error
    throw new StartupError(
      `The database in ${directory} cannot be opened (${reason(error)}). ` +
        'Restore it from a copy, or move it away to start with a new one.',
    )
  }
}

function claim(directory: string): () => void {
  let release: (() => void) | undefined
  try {
    fs.mkdirSync(directory, { recursive: true })
    fs.accessSync(directory, fs.constants.W_OK)
    release = lockDirectory(directory)
  } catch (error) {
    throw new StartupError(
      `The data directory ${directory} cannot be used (${reason(error)}). ` +
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
  const found = fs.readFileSync(file, 'utf8').trim()
  if (found !== version) {
    throw new StartupError(
      `The database in ${directory} was made by ${found || 'something else'}, and this is ` +
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

async function start(workerData: WorkerData): Promise<EmbeddedDatabase> {
  const worker = await startWorker(workerData)
  const wires = new Map<number, PgliteWire>()
  let lastWire = 0
  let stopping = false
  const ask = (message: ToWorker, moved: ArrayBuffer[] = []) => worker.postMessage(message, moved)
  worker.on('message', (message: FromWorker) => {
    if (typeof message === 'object' && 'wire' in message) {
      wires.get(message.wire)?.receive(message.bytes)
    }
  })
  worker.on('exit', () => {
    for (const wire of wires.values()) wire.destroy()
    // Nothing can be answered without its database: fail loudly, a supervisor starts it again.
    if (!stopping) throw new Error('The embedded database stopped')
  })

  const driver = openDriver({
    engine: engines.pglite,
    lanes: 1,
    transactions: undefined,
    async connection() {
      const id = ++lastWire
      const wire = openPgliteWire((bytes) =>
        ask({ wire: id, bytes }, [bytes.buffer as ArrayBuffer]),
      )
      wires.set(id, wire)
      if (id > 1)
        for (const text of ['rollback', 'discard all']) ask({ wire: 0, bytes: simple(text) })
      wire.once('close', () => wires.delete(id))
      return { stream: () => wire, user: 'postgres', database: 'postgres' }
    },
    async close() {
      stopping = true
      ask('close')
      await once(worker, 'exit')
    },
  })
  const stopUpkeep = keepUp(driver)
  const receive = async <T>(request: 'dump' | 'syncs'): Promise<T> => {
    ask(request)
    for (;;) {
      const [message] = await once(worker, 'message')
      if (typeof message === 'object' && request in message) return message[request]
    }
  }
  return {
    ...driver,
    dump: () => receive<Uint8Array>('dump'),
    syncs: () => receive<number>('syncs'),
    close: () => {
      stopUpkeep()
      return driver.close()
    },
  }
}

/** PostgreSQL's simple query message: what a lost wire left in the one session is cleared by it. */
function simple(text: string): Uint8Array {
  const body = Buffer.from(`Q\0\0\0\0${text}\0`)
  body.writeInt32BE(body.length - 1, 1)
  return new Uint8Array(body)
}

async function startWorker(workerData: WorkerData): Promise<Worker> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData,
    stdout: true,
    stderr: true,
  })
  let said = ''
  worker.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(-500)
  })
  const timeout = AbortSignal.timeout(openMsMax)
  const first = await Promise.race([
    firstWord(worker, timeout),
    once(worker, 'exit', { signal: timeout }).then(() => ({ failed: said || 'it stopped' })),
  ])
  if (first === 'ready') return worker
  await worker.terminate()
  throw new Error(typeof first === 'object' && 'failed' in first ? first.failed : 'no answer')
}

/** Whether it opened the database. Under `node --watch` Node posts messages of its own before that. */
async function firstWord(worker: Worker, signal: AbortSignal): Promise<FromWorker | undefined> {
  for await (const [message] of on(worker, 'message', { signal })) {
    if (message === 'ready' || 'failed' in message) return message
  }
  return undefined
}

/** PGlite has no background processes, so checkpoints and vacuums come from here. */
function keepUp(database: Database): () => void {
  const failed = () => undefined
  const timers = [
    setInterval(() => database.query(sql`checkpoint`).catch(failed), limits.checkpointEveryMs),
    setInterval(() => database.query(sql`vacuum (analyze)`).catch(failed), limits.vacuumEveryMs),
  ]
  for (const timer of timers) timer.unref()
  return () => timers.forEach(clearInterval)
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0]?.trim() || error.name : String(error)
}
