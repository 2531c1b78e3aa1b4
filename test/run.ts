import { type ChildProcess, fork } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { demoImage } from '../src/demo/image.ts'
import { citusMissing, startCitus } from './citus.ts'
import { startPostgres, type TestPostgres } from './postgres.ts'
import { prepareTemplate } from './test-database.ts'
import type { FromWorker } from './worker.ts'

/**
 * `npm test`: everything that proves the project. What lies in `test/api` and `test/db` runs on
 * all engines, on Citus where that is installed, the rest once. Words choose the files whose path holds one, `--part` the parts,
 * and `--times` says at the end how long each file took.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const worker = fileURLToPath(new URL('./worker.ts', import.meta.url))

type Part = { name: string; engine: 'pglite' | 'postgres' | 'citus'; folders: readonly string[] }

const parts = {
  pglite: { name: 'PGlite', engine: 'pglite', folders: ['unit', 'contract', 'db', 'api'] },
  postgres: { name: 'PostgreSQL', engine: 'postgres', folders: ['db', 'api'] },
  citus: { name: 'Citus', engine: 'citus', folders: ['db', 'api'] },
  processes: { name: 'processes', engine: 'pglite', folders: ['process', 'sdk'] },
  pages: { name: 'pages', engine: 'pglite', folders: ['browser'] },
} as const satisfies Record<string, Part>

/** A file that takes longer counts as hanging. */
const fileMsMax = 600_000

const { values: flags, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    part: { type: 'string', multiple: true },
    times: { type: 'boolean', default: false },
  },
})

const isPart = (name: string): name is keyof typeof parts => Object.hasOwn(parts, name)
const counts = { passed: 0, failed: 0, skipped: 0 }
const times: { ms: number; cpuMs: number; file: string; part: string }[] = []

function filesOf({ folders }: Part): string[] {
  return folders
    .flatMap((folder) => globSync(`test/${folder}/**/*.test.ts`, { cwd: root }).sort())
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
}

/** Files of a part that are still to be run. */
type Queue = { part: Part; files: string[] }

const queueOf = (part: Part): Queue => ({ part, files: filesOf(part) })

/** Runs a queue in several processes, each of which takes the next file when ready. */
async function runQueue(
  { part, files }: Queue,
  processes: number,
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const workerEnv = {
    ...process.env,
    // Each process loads the whole server.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? `${root}node_modules/.cache/compile`,
    GROUNDLEVEL_TEST_ENGINE: part.engine,
    ...env,
  }
  const workAll = async () => {
    let child: ChildProcess | undefined
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      child = child?.connected ? child : fork(worker, { env: workerEnv, execArgv: [] })
      await runFile(child, part, file)
    }
    if (child?.connected) child.disconnect()
  }
  await Promise.all(Array.from({ length: Math.min(processes, files.length) }, workAll))
}

/** Runs a file in a process; the file has failed when the process dies or hangs. */
async function runFile(child: ChildProcess, part: Part, file: string): Promise<void> {
  const started = performance.now()
  const outcome = Promise.withResolvers<Extract<FromWorker, { ms: number }> | string>()
  let text = ''
  const listen = (message: FromWorker) => {
    if ('text' in message) text += message.text
    else outcome.resolve(message)
  }
  const fail = (code: number | null, signal: string | null) =>
    outcome.resolve(`its process ended with ${signal ?? code}`)
  const hanging = setTimeout(() => {
    outcome.resolve(`it did not end within ${fileMsMax / 1000} seconds`)
    child.kill('SIGKILL')
  }, fileMsMax)
  child.on('message', listen).on('exit', fail)
  child.send(`${root}${file}`)
  const result = await outcome.promise
  clearTimeout(hanging)
  child.off('message', listen).off('exit', fail)
  if (typeof result === 'string') {
    counts.failed++
    text += `✖ ${result}\n`
    if (child.connected) child.disconnect()
  } else {
    counts.passed += result.passed
    counts.failed += result.failed
    counts.skipped += result.skipped
  }
  const cpuMs = typeof result === 'string' ? 0 : result.cpuMs
  times.push({ ms: performance.now() - started, cpuMs, file, part: part.name })
  process.stdout.write(`\n── ${part.name}: ${file}\n${text}`)
}

async function runPostgres(processes: number): Promise<void> {
  if (filesOf(parts.postgres).length === 0) return
  let postgres: TestPostgres | undefined
  try {
    postgres = await startPostgres(['fsync=off', 'max_connections=400'])
    await prepareTemplate([postgres.url])
    const env = { GROUNDLEVEL_TEST_POSTGRES: postgres.url }
    await runQueue(queueOf(parts.postgres), processes, env)
  } finally {
    await postgres?.stop()
  }
}

async function runCitus(processes: number): Promise<void> {
  if (filesOf(parts.citus).length === 0) return
  const citus = await startCitus()
  if (!citus) {
    counts.skipped++
    process.stdout.write(`\n── Citus\n${citusMissing}\n`)
    return
  }
  try {
    await prepareTemplate(citus.urls)
    const env = { GROUNDLEVEL_TEST_POSTGRES: citus.urls.join(',') }
    await runQueue(queueOf(parts.citus), processes, env)
  } finally {
    await citus.stop()
  }
}

/**
 * Parts that wait for processes and browsers run beside those that keep the cores busy, one file at
 * a time, and several once the cores are free.
 */
async function runAll(chosen: readonly (keyof typeof parts)[]): Promise<void> {
  const cores = availableParallelism()
  // Made here once, or each process would make it.
  await demoImage()
  const waiting = (['processes', 'pages'] as const)
    .filter((name) => chosen.includes(name))
    .map((name) => queueOf(parts[name]))
  const runWaiting = async (processes: number) => {
    for (const queue of waiting) await runQueue(queue, processes)
  }
  const runBusy = async () => {
    if (chosen.includes('pglite')) await runQueue(queueOf(parts.pglite), cores)
    if (chosen.includes('postgres')) await runPostgres(cores)
    if (chosen.includes('citus')) await runCitus(cores)
    await runWaiting(Math.max(1, cores - 1))
  }
  const ends = await Promise.allSettled([runBusy(), runWaiting(1)])
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

function printTimes(): void {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`.padStart(8)
  process.stdout.write('\n   took     cpu  file\n')
  for (const { ms, cpuMs, file, part } of times.sort((a, b) => a.ms - b.ms)) {
    process.stdout.write(`${seconds(ms)}${seconds(cpuMs)}  ${file} (${part})\n`)
  }
}

const chosen = flags.part ?? Object.keys(parts)
try {
  const unknown = chosen.filter((name) => !isPart(name))
  if (unknown.length > 0) throw new Error(`No part ${unknown}: ${Object.keys(parts).join(', ')}`)
  await runAll(chosen.filter(isPart))
} catch (error) {
  counts.failed++
  console.error(error)
}
if (flags.times) printTimes()
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`)
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1)
