import net from 'node:net'
import { input, output } from './child.ts'
import type { RequestText } from './operations.ts'
import { rowId } from './world.ts'

/** Requests of one operation, as fast as they are answered, over connections that stay open. */
export type Load = {
  port: number
  connections: number
  seconds: number
  request: RequestText
  first: string
  rows: number
  /** Row to begin with; `once` forbids coming back to a row. */
  offset: number
  once: boolean
}

export type LoadResult = {
  requests: number
  perSecond: number
  p50: number
  p99: number
  /** Rows that were asked for, those after the end of the time included. */
  rowsUsed: number
  /** Processor time of the load itself. */
  cpuMs: number
  /** From when to when, by the clock that profiles use, in microseconds. */
  from: number
  to: number
}

const load = input<Load>()
const { before, after, status, expect } = load.request
const latencies: number[] = []
const buffer = Buffer.alloc(64 * 1024)
let next = 0
let from = 0
let until = Number.POSITIVE_INFINITY

/** One request at a time; resolves when the time is over and the last answer is here. */
function connection(start: Promise<void>): { opened: Promise<void>; done: Promise<void> } {
  const opened = Promise.withResolvers<void>()
  const done = Promise.withResolvers<void>()
  let sentAt = 0
  let rest = ''
  const send = () => {
    const i = load.offset + next++
    if (load.once && i >= load.rows) throw new Error('There are too few rows for this rate')
    sentAt = performance.now()
    socket.write(before + rowId(load.first, i % load.rows) + after, 'latin1')
  }
  const receive = (bytes: number) => {
    const text = rest + buffer.toString('latin1', 0, bytes)
    if (!isWhole(text)) {
      rest = text
      return true
    }
    rest = ''
    const now = performance.now()
    if (now > until) {
      socket.destroy()
      done.resolve()
      return true
    }
    latencies.push(now - sentAt)
    send()
    return true
  }
  const socket = net.connect({
    port: load.port,
    host: '127.0.0.1',
    noDelay: true,
    onread: { buffer, callback: receive },
  })
  socket.once('connect', () => opened.resolve())
  socket.on('error', done.reject)
  socket.on('end', () => done.reject(new Error('The server closed a connection')))
  start.then(send)
  return { opened: opened.promise, done: done.promise }
}

/** Whether an answer is all there; throws when it is not the one expected. */
function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return false
  const at = text.indexOf('content-length: ')
  const length = Number.parseInt(text.slice(at + 16, at + 24), 10)
  if (text.length < head + 4 + length) return false
  if (!text.startsWith(`HTTP/1.1 ${status} `) || !text.includes(expect, head)) {
    throw new Error(`Not the answer expected: ${text}`)
  }
  return true
}

const hrtimeUs = () => Number(process.hrtime.bigint() / 1000n)

const start = Promise.withResolvers<void>()
const connections = Array.from({ length: load.connections }, () => connection(start.promise))
await Promise.all(connections.map(({ opened }) => opened))
const cpuBefore = process.cpuUsage()
const fromUs = hrtimeUs()
from = performance.now()
until = from + load.seconds * 1000
start.resolve()
await Promise.all(connections.map(({ done }) => done))
const { user, system } = process.cpuUsage(cpuBefore)
latencies.sort((a, b) => a - b)
const percentile = (part: number) => latencies[Math.floor(latencies.length * part)] ?? Number.NaN
output({
  requests: latencies.length,
  perSecond: latencies.length / load.seconds,
  p50: percentile(0.5),
  p99: percentile(0.99),
  rowsUsed: next,
  cpuMs: (user + system) / 1000,
  from: fromUs,
  to: fromUs + load.seconds * 1_000_000,
} satisfies LoadResult)
