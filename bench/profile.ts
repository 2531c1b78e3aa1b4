import fs from 'node:fs'
import { join } from 'node:path'

type Frame = { functionName: string; scriptId: string; url: string }

type CpuProfile = {
  nodes: { id: number; callFrame: Frame; children?: number[] }[]
  startTime: number
  samples: number[]
  timeDeltas: number[]
}

/** Self time in microseconds by area, and by function, the longest first. */
export type Profile = { areas: [string, number][]; functions: [string, number][] }

/** Reads the profile that `node --cpu-prof` left in a directory. */
export function readProfile(directory: string): CpuProfile {
  const [name] = fs.readdirSync(directory).filter((file) => file.endsWith('.cpuprofile'))
  if (!name) throw new Error('The server left no profile')
  return JSON.parse(fs.readFileSync(join(directory, name), 'utf8'))
}

/** Sums up the self time of each function between two moments. */
export function summarise(profile: CpuProfile, from: number, to: number): Profile {
  const labels = labelsOfFrames(profile)
  const areas = new Map<string, number>()
  const functions = new Map<string, number>()
  const add = (sums: Map<string, number>, name: string, time: number) =>
    sums.set(name, (sums.get(name) ?? 0) + time)
  let at = profile.startTime
  for (const [i, id] of profile.samples.entries()) {
    const time = profile.timeDeltas[i + 1] ?? 0
    at += profile.timeDeltas[i] ?? 0
    if (at < from || at > to) continue
    const label = labels.get(id)
    if (!label) continue
    add(areas, label.area, time)
    add(functions, label.name, time)
  }
  const sorted = (sums: Map<string, number>) => [...sums].sort((a, b) => b[1] - a[1])
  return { areas: sorted(areas), functions: sorted(functions) }
}

type FrameLabel = { area: string; name: string }

function labelsOfFrames({ nodes }: CpuProfile): Map<number, FrameLabel> {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((c) => [c, id])))
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const areaAt = (id: number): string => {
    const frame = frames.get(id)
    if (!frame) return 'other'
    const parent = parents.get(id)
    // What Node and V8 do natively is counted for the JavaScript that asked for it.
    const isNative = frame.url === '' && frame.scriptId === '0'
    if (!isNative) return areaOf(frame)
    const special = specials[frame.functionName]
    return special ?? (parent === undefined ? 'other' : areaAt(parent))
  }
  return new Map(
    nodes.map(({ id, callFrame }) => {
      const area = areaAt(id)
      return [id, { area, name: `${callFrame.functionName || '(anonymous)'}: ${area}` }]
    }),
  )
}

const specials: Record<string, string> = {
  '(idle)': 'idle',
  '(garbage collector)': 'garbage collection',
  '(program)': 'native: event loop and system calls',
  '(root)': 'other',
}

/** First match counts. */
const areas: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'generated code: serialiser, validator'],
  [/^node:(_http|internal\/http|internal\/freelist)/, 'node: HTTP'],
  [
    /^node:(net|stream|events|internal\/stream|internal\/js_stream)/,
    'node: sockets, streams, events',
  ],
  [/^node:(internal\/)?crypto/, 'node: crypto'],
  [/^node:(buffer|internal\/buffer|string_decoder)/, 'node: buffers'],
  [/^node:internal\/(process\/task_queues|async_hooks|promise)/, 'node: ticks and promises'],
  [/^node:(internal\/)?timers/, 'node: timers'],
  [/^node:/, 'node: other'],
  [/node_modules\/pg-protocol\//, 'pg-protocol: parsing and writing'],
  [/node_modules\/(pg|pg-types|pg-pool|postgres-array|postgres-date)\//, 'pg: client and types'],
  [/node_modules\/(pino|sonic-boom|safe-stable-stringify|pino-std-serializers)\//, 'pino: logging'],
]

function areaOf({ url }: Frame): string {
  for (const [pattern, area] of areas) if (pattern.test(url)) return area
  const [, dependency] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  if (dependency) return dependency
  const [, room] = /\/src\/([^/]+)/.exec(url) ?? []
  return room ? `ours: ${room}` : 'other'
}
