import fs from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { MemoryFS, PGlite } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { imageEntries, unpackImage } from './image.ts'
import { simpleQuery } from './wire.ts'

const dataPath = '/pglite/data'

/** PostgreSQL as WebAssembly, in its directory or (undefined) in memory. */
export type PgliteEngine = {
  /** Answers bytes of PostgreSQL's protocol. */
  execute(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>>
  /** Closes it, and returns all files as a tar: from memory only. */
  closeIntoImage(): Promise<Uint8Array<ArrayBuffer>>
  /** How often data was synced to the disk since the start. */
  syncs(): number
  close(): Promise<void>
}

/** A directory's files. PGlite's own layer ignores fsync: a power cut may destroy the directory. */
export class SyncedFs extends NodeFS {
  syncs = 0

  override async init(pg: PGlite, options: object) {
    const initialised = await super.init(pg, options)
    const mount = initialised.emscriptenOpts.preRun ?? []
    initialised.emscriptenOpts.preRun = [
      ...(Array.isArray(mount) ? mount : [mount]),
      (module) => {
        const { node } = module.FS.lookupPath(dataPath, {})
        Object.assign(node.stream_ops, {
          fsync: (stream: { nfd: number }) => {
            fs.fdatasyncSync(stream.nfd)
            this.syncs++
            return 0
          },
        })
      },
    ]
    return initialised
  }
}

/** Files in memory that begin as those of an image, whose bytes they take over. */
class ImageFs extends MemoryFS {
  readonly #image: Uint8Array | undefined
  /** Called once PostgreSQL has ended, so that a start from these files has nothing to recover. */
  onEnd: (() => Promise<void>) | undefined

  constructor(image: Uint8Array | undefined) {
    super()
    this.#image = image
  }

  override async initialSyncFs() {
    if (!this.#image) return
    const files = this.pg?.Module.FS
    files?.mkdirTree(dataPath)
    for (const { path, bytes } of imageEntries(this.#image)) {
      if (bytes) files?.writeFile(dataPath + path, bytes, { canOwn: true })
      else files?.mkdir(dataPath + path)
    }
  }

  override async closeFs() {
    await this.onEnd?.()
    await super.closeFs()
  }
}

/** PGlite, without asking for the types that only its own `query` needs. */
class Engine extends PGlite {
  override async _initArrayTypes() {}
}

const defaultParams: string[] = PGlite.defaultStartParams
const settings = ['shared_buffers=16MB', 'timezone=UTC', 'wal_sync_method=fsync']

/** Opens it; a new directory, and memory, begin with `image` where there is one. */
export async function openEngine(
  directory: string | undefined,
  image: Uint8Array | undefined,
): Promise<PgliteEngine> {
  const synced = directory && image ? unpackImage(image, directory) : undefined
  const files = directory === undefined ? new ImageFs(image) : new SyncedFs(directory)
  const startParams = [
    ...defaultParams.filter((flag) => directory === undefined || flag !== '-F'),
    ...settings.flatMap((setting) => ['-c', setting]),
  ]
  const pglite = new Engine({
    fs: files,
    // The schema needs these extensions.
    extensions: { pg_trgm, btree_gin },
    // The files of its log: the usual 16 MB would be more than all else that a new directory holds.
    initDbStartParams: ['--wal-segsize=1'],
    startParams,
  })
  await Promise.all([pglite.waitReady, synced])
  await compileParser(pglite)
  return {
    execute: (bytes) => execute(pglite, bytes),
    async closeIntoImage() {
      if (!(files instanceof ImageFs)) throw new Error('Only memory becomes an image')
      let image: Blob | undefined
      files.onEnd = async () => {
        image = await files.dumpTar('pgdata', 'none')
      }
      await pglite.close()
      if (!image) throw new Error('PGlite did not end')
      return new Uint8Array(await image.arrayBuffer())
    },
    syncs: () => (files instanceof SyncedFs ? files.syncs : 0),
    close: () => pglite.close(),
  }
}

/**
 * Parses nothing, so that V8 compiles PostgreSQL's parser, and never optimises it: that one function
 * would take 600 MB and two seconds of a processor, and a statement is parsed once in a session.
 */
async function compileParser(pglite: PGlite): Promise<void> {
  // V8 decides as it compiles a function, which it does at the first call.
  setFlagsFromString('--wasm-tier-up-filter=0')
  await execute(pglite, simpleQuery(';'))
  setFlagsFromString('--wasm-tier-up-filter=-1')
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
