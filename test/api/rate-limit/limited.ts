import http from 'node:http'
import pino from 'pino'
import { demo } from '../../../src/demo/ids.ts'
import type { Counts } from '../../../src/http/rate-limit/counts.ts'
import { type RateLimits, rateLimit } from '../../../src/http/rate-limit/rate-limit.ts'
import { createApp } from '../../../src/main.ts'
import { noteExchange } from '../../exchanges.ts'
import type { TestServer } from '../test-server.ts'

export type LimitedAnswer = {
  status: number
  /** As they stand on the wire, casing included. */
  headers: Map<string, string>
  text: string
}

export type LimitedServer = {
  ask(options?: LimitedRequest): Promise<LimitedAnswer>
  /** What it warned of. */
  warnings: string[]
}

export type LimitedRequest = {
  method?: string
  path?: string
  token?: string | undefined
  headers?: Record<string, string>
  body?: unknown
}

/** Ample, so that a test sets only what it is about. */
const ampleRates = { max: 1_000, dailyMax: 100_000, refusedMax: 1_000 }

/** The same counts in windows of another length. */
export function inWindowsOf(seconds: number, counts: Counts): Counts {
  return { counter: (name) => counts.counter(name, seconds), close: counts.close }
}

/** Windows that do not end before the test does, on the slowest machine. */
export const endlessWindows = (counts: Counts) => inWindowsOf(600, counts)

const runningServers: (() => Promise<void>)[] = []

/** Ends those that were made so far: what they still have to report would count for the next. */
export async function endLimitedServers(): Promise<void> {
  for (const end of runningServers.splice(0)) await end()
}

/** Another server process over the database of a test, but in this one, with limits. */
export async function startLimitedServer(
  server: TestServer,
  counts: Counts | undefined,
  rates: Partial<RateLimits>,
  trustProxy?: string,
): Promise<LimitedServer> {
  const warnings: string[] = []
  const stream = { write: (line: string) => void warnings.push(line) }
  const log = pino({ base: null, level: 'warn' }, stream)
  const limit = rateLimit({ ...ampleRates, ...rates }, counts, log)
  const app = await createApp(server.settings, log, { limit, trustProxy })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  runningServers.push(async () => {
    await app.close()
    await limit.close()
  })
  return { ask: (options) => ask(url, options), warnings }
}

function ask(
  url: string,
  {
    method = 'GET',
    path = `/opportunities/${demo.opportunityId}`,
    token = demo.privateIntegrationToken,
    headers = {},
    body,
  }: LimitedRequest = {},
): Promise<LimitedAnswer> {
  const answer = Promise.withResolvers<LimitedAnswer>()
  const request = http.request(url + path, {
    method,
    headers: {
      version: '2021-07-28',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  })
  request.on('error', answer.reject)
  request.on('response', async (response) => {
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += chunk
    const pairs = response.rawHeaders
    const names = pairs.filter((_, i) => i % 2 === 0)
    const received = new Map(names.map((name, i) => [name, pairs[2 * i + 1] ?? '']))
    const status = response.statusCode ?? 0
    noteExchange(`${method} ${path} ${JSON.stringify(request.getHeaders())}`, body, {
      status,
      text,
    })
    answer.resolve({ status, headers: received, text })
  })
  request.end(body === undefined ? undefined : JSON.stringify(body))
  return answer.promise
}

/** The five headers in the order of the documentation. */
export function rates({ headers }: LimitedAnswer): (number | undefined)[] {
  return [
    'X-RateLimit-Limit-Daily',
    'X-RateLimit-Daily-Remaining',
    'X-RateLimit-Interval-Milliseconds',
    'X-RateLimit-Max',
    'X-RateLimit-Remaining',
  ].map((name) => (headers.has(name) ? Number(headers.get(name)) : undefined))
}

/** How many of these were not refused. */
export function countGranted(answers: readonly LimitedAnswer[]): number {
  return answers.filter(({ status }) => status !== 429).length
}
