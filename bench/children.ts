import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** A program of this bench in a process of its own: JSON in, one line of JSON out. */
export async function run<Output>(name: string, input: unknown): Promise<Output> {
  const child = spawn(process.execPath, [file(name), JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${name} ended with ${code}`)
  return JSON.parse(output)
}

/** A server under test. */
export type Server = {
  port: number
  /** Processor time that it used since its start, all threads; undefined where unknown. */
  cpuMs(): number | undefined
  /** Memory that it holds now, in MiB; undefined where unknown. */
  residentMb(): number | undefined
  stop(): Promise<void>
}

const children = new Set<ChildProcess>()
process.once('exit', () => {
  // A bench that fails or is stopped leaves nothing running.
  for (const child of children) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/**
 * Starts a program that prints one line of JSON with its `url` when it answers. Its log is written
 * and thrown away: reading it here would take from the processors that are measured.
 */
export async function serve(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Server> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  children.add(child)
  child.once('exit', () => children.delete(child))
  const line = await firstLine(child)
  if (!line) throw new Error(`This does not start: node ${args.join(' ')}`)
  const { url } = JSON.parse(line) as { url: string }
  return {
    port: Number(new URL(url).port),
    cpuMs: () => cpuMs(child.pid),
    residentMb: () => residentMb(child.pid),
    async stop() {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    },
  }
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  const data = once(child.stdout ?? child, 'data').then(([text]) => `${text}`)
  return Promise.race([data, once(child, 'exit').then(() => undefined)])
}

/** Linux says; elsewhere the column stays empty. */
function cpuMs(pid: number | undefined): number | undefined {
  try {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return undefined
  }
}

function residentMb(pid: number | undefined): number | undefined {
  try {
    const [, kb] = /VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kb) / 1024
  } catch {
    return undefined
  }
}

/** The program `groundlevel`. */
export const groundlevel = file('../bin/groundlevel.js')
export const fastifyFloor = file('./fastify-floor.ts')
