import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { demo } from '../../src/demo/ids.ts'
import { noteExchange } from '../exchanges.ts'
import { hangMs, until } from '../until.ts'

const bin = fileURLToPath(new URL('../../bin/groundlevel.js', import.meta.url))

const children = new Set<ChildProcess>()
const directories = new Set<string>()

/** Ends what is still running and removes what it wrote: each file's last `after`. */
export async function cleanUp(): Promise<void> {
  for (const child of children) {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  removeDirectories()
}

function removeDirectories(): void {
  for (const directory of directories) fs.rmSync(directory, { recursive: true, force: true })
  directories.clear()
}

// For a run that is broken off before its `after`.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  removeDirectories()
})

/** A directory of its own, removed by `cleanUp`. */
export function temporaryDirectory(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'groundlevel-process-'))
  directories.add(directory)
  return directory
}

export type Exit = { code: number | null; signal: NodeJS.Signals | null }

/** What `serve` does not start without. */
const secretKey = 'a secret of these tests, long enough'

/** A `groundlevel` process, with what it wrote so far. */
export class Groundlevel {
  stdout = ''
  stderr = ''
  readonly started = performance.now()
  readonly child: ChildProcess
  readonly exited: Promise<Exit>

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    // Nothing of this machine's own settings may reach it.
    const { PATH, HOME, TMPDIR } = process.env
    const own = { PATH, HOME, TMPDIR, GROUNDLEVEL_SECRET_KEY: secretKey }
    const known = Object.entries({ ...own, ...env })
    const child = spawn(process.execPath, [bin, ...args], {
      env: Object.fromEntries(known.filter(([, value]) => value !== undefined)),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.add(child)
    this.child = child
    child.stdout.setEncoding('utf8').on('data', (text) => {
      this.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.stderr += text
    })
    this.exited = once(child, 'close').then(([code, signal]) => {
      children.delete(child)
      return { code, signal }
    })
  }

  /** The line of JSON that it prints when it answers requests. */
  async line(): Promise<Record<string, unknown> & { url: string }> {
    let isOver = false
    this.exited.then(() => {
      isOver = true
    })
    await until(() => this.stdout.includes('\n') || isOver)
    if (!this.stdout.includes('\n')) throw new Error(`It did not start: ${this.stderr}`)
    return JSON.parse(this.stdout)
  }

  /** What it logged: all of stderr has to be lines of JSON. */
  logs(): Record<string, unknown>[] {
    const lines = this.stderr.split('\n').filter((line) => line !== '')
    return lines.map((line) => JSON.parse(line))
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.child.kill(signal)
    return within(hangMs, this.exited, 'It does not end')
  }

  async exit(): Promise<Exit> {
    return within(hangMs, this.exited, 'It does not end')
  }
}

/** Runs a command to its end. */
export async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Exit & { stdout: string; stderr: string }> {
  const child = new Groundlevel(args, env)
  const exit = await child.exit()
  return { ...exit, stdout: child.stdout, stderr: child.stderr }
}

/** Starts a server on a free port, and waits until it answers. */
export async function startServer(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Groundlevel & { url: string }> {
  const server = new Groundlevel([...args, '--json', '--port', '0'], env)
  const { url } = await server.line()
  return Object.assign(server, { url })
}

export type Answer = { status: number; headers: Headers; text: string; ms: number }

/** Sends a request as the demo location's client; a server that does not answer throws. */
export async function ask(
  url: string,
  method: string,
  pathname: string,
  body?: object,
  token: string = demo.privateIntegrationToken,
  idempotencyKey?: string,
): Promise<Answer> {
  const started = performance.now()
  const response = await fetch(url + pathname, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      version: '2021-07-28',
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(hangMs),
  })
  const text = await response.text()
  noteExchange(`${method} ${pathname}`, body, { status: response.status, text })
  const ms = performance.now() - started
  return { status: response.status, headers: response.headers, text, ms }
}

/** The promise, or an error when it takes too long. */
export async function within<T>(ms: number, promise: Promise<T>, complaint: string): Promise<T> {
  const timer = Promise.withResolvers<never>()
  const timeout = setTimeout(() => timer.reject(new Error(`${complaint} in ${ms} ms`)), ms)
  return Promise.race([promise, timer.promise]).finally(() => clearTimeout(timeout))
}
