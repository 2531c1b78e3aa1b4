import { setTimeout as sleep } from 'node:timers/promises'
import { demo } from '../../src/demo/ids.ts'
import { input, output } from '../child.ts'
import { type Answer, connect, percentile, requestText } from './connection.ts'

/** A tenant who asks a little: reads, writes, and writes with a key, one after the other. */
export type Quiet = { ports: readonly number[]; token: string; seconds: number; name: string }

export type Latency = { p50: number; p99: number; requests: number; failures: number }
export type QuietResult = { reads: Latency; writes: Latency; keyedWrites: Latency }

const pauseMs = 4
const { ports, token, seconds, name } = input<Quiet>()
const path = `/opportunities/${demo.otherLocation.opportunityId}`
const connections = await Promise.all(ports.map(connect))
const found = { reads: [] as Answer[], writes: [] as Answer[], keyedWrites: [] as Answer[] }
const status = { method: 'PUT', path: `${path}/status`, token, body: { status: 'open' } }
const end = performance.now() + seconds * 1000
for (let i = 0; performance.now() < end; i++) {
  const ask = connections[i % connections.length]
  if (!ask) break
  found.reads.push(await ask(requestText({ method: 'GET', path, token })))
  await sleep(pauseMs)
  // Writes wait for the disk, and their tails for its.
  if (i % 4 === 1) found.writes.push(await ask(requestText(status)))
  if (i % 4 === 3) {
    found.keyedWrites.push(await ask(requestText({ ...status, key: `${name}-${i}` })))
  }
}

function latencyOf(answers: readonly Answer[]): Latency {
  const all = answers.map(({ ms }) => ms)
  const failures = answers.filter(({ status }) => status >= 300).length
  return { p50: percentile(all, 0.5), p99: percentile(all, 0.99), requests: all.length, failures }
}

output({
  reads: latencyOf(found.reads),
  writes: latencyOf(found.writes),
  keyedWrites: latencyOf(found.keyedWrites),
} satisfies QuietResult)
process.exit(0)
