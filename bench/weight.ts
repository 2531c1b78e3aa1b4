import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { demo } from '../src/demo/ids.ts'
import { groundlevel } from './children.ts'
import { median } from './median.ts'

/** Where the sandbox keeps its data: nowhere, in a new directory, or in one of before. */
const modes = ['memory', 'new directory', 'known directory'] as const
type Mode = (typeof modes)[number]

/** A start and its load; memory is resident and in MB, undefined where the system does not say. */
type Weight = {
  lineMs: number
  lineCpuMs: number | undefined
  peakMb: number | undefined
  idleMb: number | undefined
  requests: number
  loadedMb: number | undefined
  restedMb: number | undefined
}

const connections = 64
const idleMs = 2_000
const restMs = 10_000

type Sandbox = { child: ChildProcess; url: string; lineMs: number; lineCpuMs: number | undefined }

async function startSandbox(dataDir: string): Promise<Sandbox> {
  const begun = performance.now()
  const args = [groundlevel, 'dev', '--json', '--port', '0', '--data-dir', dataDir]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = await once(child.stdout ?? child, 'data')
  const lineMs = performance.now() - begun
  return { child, url: JSON.parse(String(line)).url, lineMs, lineCpuMs: cpuMs(child) }
}

async function stop({ child }: Sandbox): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

/** Linux says; elsewhere the columns stay empty. */
function readProcess(child: ChildProcess, file: 'stat' | 'status'): string {
  try {
    return fs.readFileSync(`/proc/${child.pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

function cpuMs(child: ChildProcess): number | undefined {
  const fields = readProcess(child, 'stat').split(') ')[1]?.split(' ')
  return fields && (Number(fields[11]) + Number(fields[12])) * 10
}

function memoryMb(child: ChildProcess, name: 'VmRSS' | 'VmHWM'): number | undefined {
  const found = new RegExp(`${name}:\\s+(\\d+)`).exec(readProcess(child, 'status'))
  return found ? Math.round(Number(found[1]) / 1024) : undefined
}

/** Reads, searches and changes one opportunity on 64 connections; the number of requests. */
async function load(url: string, seconds: number): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const opportunity = `/opportunities/${demo.opportunityId}`
  const end = performance.now() + seconds * 1000
  let sent = 0
  const connection = async () => {
    while (performance.now() < end) {
      const turn = sent++
      if (turn % 3 === 0) await ask(agent, url + opportunity)
      else if (turn % 3 === 1)
        await ask(agent, `${url}/opportunities/search?location_id=${demo.locationId}&limit=20`)
      else await ask(agent, url + opportunity, JSON.stringify({ monetaryValue: turn }))
    }
  }
  await Promise.all(Array.from({ length: connections }, connection))
  agent.destroy()
  return sent
}

async function ask(agent: http.Agent, url: string, body?: string): Promise<void> {
  const request = http.request(url, {
    agent,
    method: body === undefined ? 'GET' : 'PUT',
    headers: {
      authorization: `Bearer ${demo.privateIntegrationToken}`,
      version: '2021-07-28',
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    },
  })
  request.end(body)
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  response.resume()
  await once(response, 'end')
  if (response.statusCode !== 200) throw new Error(`${url} answers ${response.statusCode}`)
}

/** Starts the sandbox, lets it idle, loads it so long (or not at all) and lets it rest. */
async function weigh(dataDir: string, seconds: number): Promise<Weight> {
  const sandbox = await startSandbox(dataDir)
  const { child, url, lineMs, lineCpuMs } = sandbox
  await sleep(idleMs)
  const started = { lineMs, lineCpuMs, peakMb: memoryMb(child, 'VmHWM') }
  const idleMb = memoryMb(child, 'VmRSS')
  const requests = seconds > 0 ? await load(url, seconds) : 0
  const loadedMb = memoryMb(child, 'VmRSS')
  if (seconds > 0) await sleep(restMs)
  const restedMb = memoryMb(child, 'VmRSS')
  await stop(sandbox)
  return { ...started, idleMb, requests, loadedMb, restedMb }
}

/** Weighs every mode: so many starts in turns, and the last of each under load. */
async function weighAll(starts: number, seconds: number): Promise<Map<Mode, Weight[]>> {
  const known = path.join(temporaryDirectory(), 'data')
  await weigh(known, 0)
  const found = new Map<Mode, Weight[]>(modes.map((mode) => [mode, []]))
  for (let i = 0; i < starts; i++) {
    for (const [mode, weights] of found) {
      const fresh = path.join(temporaryDirectory(), 'data')
      const dataDir = { memory: 'memory', 'new directory': fresh, 'known directory': known }[mode]
      weights.push(await weigh(dataDir, i === starts - 1 ? seconds : 0))
    }
  }
  return found
}

function temporaryDirectory(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'groundlevel-weight-'))
  process.once('exit', () => fs.rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A table of all modes: medians of the starts, and what the load did to the last one. */
function weightTable(found: ReadonlyMap<Mode, readonly Weight[]>): string[] {
  const rows = [...found].map(([mode, weights]) => {
    const last = weights.at(-1)
    const medianOf = (name: keyof Weight) =>
      Math.round(median(weights.map((weight) => weight[name] ?? Number.NaN)))
    const medians = (['lineMs', 'lineCpuMs', 'peakMb', 'idleMb'] as const).map(medianOf)
    return [mode, ...medians, last?.requests, last?.loadedMb, last?.restedMb]
  })
  return [
    '| data | line, ms | processor, ms | peak, MB | idle, MB | requests | loaded, MB | rested, MB |',
    '| :-- | --: | --: | --: | --: | --: | --: | --: |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ]
}

/** `npm run bench -- start`: how heavy the sandbox is in each mode. Writes `weight-results.md`. */
export async function measureWeight(flags: {
  quick?: boolean
  rounds?: string
  seconds?: string
  out?: string
}): Promise<void> {
  const starts = Number(flags.rounds ?? (flags.quick ? 1 : 7))
  const seconds = Number(flags.seconds ?? (flags.quick ? 5 : 60))
  const [loadBefore = 0] = os.loadavg()
  const table = weightTable(await weighAll(starts, seconds))
  const text = [
    '# Results of `npm run bench -- start`',
    '',
    'Written by the bench; run it again rather than edit this page.',
    '',
    `- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC; ` +
      `${os.cpus().length} cores (${os.cpus()[0]?.model}), load ${loadBefore.toFixed(1)} before, ` +
      `Node ${process.version}`,
    `- medians of ${starts} starts of each mode in turns, from spawn to the line of \`--json\`; peak ` +
      `and idle ${idleMs / 1000} s after that`,
    `- then ${seconds} s of reading, searching and changing on ${connections} connections, and ` +
      `${restMs / 1000} s of rest; memory is resident`,
    '',
    ...table,
    '',
  ].join('\n')
  const results = flags.quick
    ? undefined
    : fileURLToPath(new URL('weight-results.md', import.meta.url))
  const out = flags.out ?? results
  if (out) fs.writeFileSync(out, text)
  process.stdout.write(text)
}
