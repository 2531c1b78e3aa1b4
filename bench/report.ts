import os from 'node:os'
import type { Profile } from './profile.ts'
import type { LimiterCost } from './rate-limit.ts'
import type { TokenCosts } from './tokens.ts'

/** One line of the table: medians over the rounds. */
export type OperationResult = {
  operation: string
  engine: string
  connections: number
  perSecond: number
  p50: number
  p99: number
  /** Processor time of the server for one request, in microseconds. */
  serverCpuUs: number | undefined
  floors: Floor[]
}

/** `ratio` is the median of the ratios of the rounds, so that noise on both sides cancels out. */
type Floor = { name: string; perSecond: number; ratio: number }

export type Findings = {
  date: Date
  loadBefore: number
  versions: readonly string[]
  settings: { rounds: number; seconds: number; rows: Record<string, number> }
  lines: OperationResult[]
  bare: { connections: number; perSecond: number; p50: number; p99: number }[]
  profiles: { operation: string; requests: number; seconds: number; profile: Profile }[]
  loadCpuUs: number
  limiter?: LimiterCost
  tokens?: TokenCosts
}

/** The goals of the project, as a share of the first floor. */
const goals: readonly { operation?: string; engine: string; connections: number; ratio: number }[] =
  [
    { operation: 'DELETE followers', engine: 'PostgreSQL', connections: 64, ratio: 0.5 },
    { operation: 'GET opportunity', engine: 'PostgreSQL', connections: 64, ratio: 0.4 },
    { engine: 'PGlite', connections: 64, ratio: 0.8 },
  ]

/** The share of throughput that a counting rate limit must leave, and the cost of a warm token. */
const guardGoals = { limiterRatio: 0.95, tokenUs: 30 }

function goalOf(line: OperationResult): number | undefined {
  return goals.find(
    ({ operation, engine, connections }) =>
      engine === line.engine &&
      connections === line.connections &&
      (operation === undefined || operation === line.operation),
  )?.ratio
}

const formatInteger = (value: number) => Math.round(value).toLocaleString('en-US')
const ratioOf = (line: OperationResult) => line.floors[0]?.ratio ?? Number.NaN

/** A result as one line for the terminal. */
export function resultText(line: OperationResult): string {
  const floors = line.floors.map(
    ({ name, perSecond, ratio }) =>
      `${name} ${formatInteger(perSecond)}/s, ratio ${ratio.toFixed(2)}`,
  )
  const name = `${line.engine.padEnd(10)} ${line.operation.padEnd(16)} ${line.connections}`
  return [`${name.padEnd(31)}${formatInteger(line.perSecond)} req/s`, ...floors].join('; ')
}

const goalVerdict = (isReached: boolean) => (isReached ? 'reached' : '**short of it**')

export function verdicts({ lines, limiter, tokens }: Findings): string[] {
  const lineVerdicts = lines.flatMap((line) => {
    const goal = goalOf(line)
    if (goal === undefined) return []
    const ratio = ratioOf(line)
    return `${line.operation} on ${line.engine} at ${line.connections} connections: ${ratio.toFixed(2)} of ${
      line.floors[0]?.name
    }, goal ${goal}: ${goalVerdict(ratio >= goal)}.`
  })
  const { limiterRatio, tokenUs } = guardGoals
  const limiterVerdict =
    limiter &&
    `GET opportunity with the rate limit counting: ${limiter.ratio.toFixed(2)} of without, ` +
      `goal ${limiterRatio}: ${goalVerdict(limiter.ratio >= limiterRatio)}.`
  const tokenVerdict =
    tokens &&
    `A warm token: ${tokens.privateIntegration.toFixed(1)} µs of a private integration, ` +
      `${tokens.accessToken.toFixed(1)} µs of an app, goal at most ${tokenUs}: ` +
      `${goalVerdict(Math.max(tokens.privateIntegration, tokens.accessToken) <= tokenUs)}.`
  return [...lineVerdicts, limiterVerdict, tokenVerdict].filter((text) => text !== undefined)
}

export function markdown(findings: Findings): string {
  return [
    '# Results of `npm run bench`',
    '',
    'Written by the bench; run it again rather than edit this page.',
    '',
    ...machine(findings),
    '',
    ...engineTable(findings, 'PostgreSQL'),
    '',
    ...engineTable(findings, 'PGlite'),
    '',
    ...bareTable(findings),
    '',
    ...guardTables(findings),
    '## Against the goals',
    '',
    ...verdicts(findings).map((verdict) => `- ${verdict}`),
    '',
    ...profileTables(findings),
  ].join('\n')
}

function machine({ date, versions, settings, loadBefore, loadCpuUs }: Findings): string[] {
  const { rounds, seconds, rows } = settings
  const rowsText = Object.entries(rows).map(
    ([engine, count]) => `${formatInteger(count)} on ${engine}`,
  )
  return [
    `- ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC, Node ${process.version}, ${versions.join(', ')}`,
    `- ${os.availableParallelism()} cores (${os.cpus()[0]?.model ?? 'unknown'}), ` +
      `${Math.round(os.totalmem() / 2 ** 30)} GB, ${os.type()}; one-minute load before: ${loadBefore.toFixed(1)}`,
    `- Medians of ${rounds} rounds of ${seconds} s, server and floor in turns; a ratio is the median ` +
      'of those of the rounds. The server, its ' +
      'database and the load share the cores; the load itself takes about ' +
      `${Math.round(loadCpuUs)} µs of processor time a request at 64 connections.`,
    `- Opportunities of each kind: ${rowsText.join(', ')}. Each write changes a row and appends its ` +
      'two events; on both sides every commit waits for the disk (fsync), but for PGlite as shipped.',
    '- The server is a process of its own with its production settings (a log line for each ' +
      'request), but for the rate limit, which is off; every answer is checked. The floor sends the statement that the server sends, ' +
      'prepared. Creating takes the server two statements, of which the floor has the INSERT.',
  ]
}

function engineTable({ lines }: Findings, engine: string): string[] {
  const own = lines.filter((line) => line.engine === engine)
  const [floor, ...others] = own[0]?.floors.map(({ name }) => name) ?? []
  return [
    `## ${engine}`,
    '',
    `| operation | connections | server req/s | p50 ms | p99 ms | server CPU µs | ${floor} /s | ratio | goal |${others
      .map((name) => ` ${name} /s | ratio |`)
      .join('')}`,
    `| --- |${' --: |'.repeat(8 + 2 * others.length)}`,
    ...own.map((line) => {
      const [first, ...rest] = line.floors
      const cells = [
        line.operation,
        line.connections,
        formatInteger(line.perSecond),
        line.p50.toFixed(2),
        line.p99.toFixed(2),
        line.serverCpuUs === undefined ? '' : Math.round(line.serverCpuUs),
        first ? formatInteger(first.perSecond) : '',
        first ? `**${ratioOf(line).toFixed(2)}**` : '',
        goalOf(line) ?? '',
        ...rest.flatMap(({ perSecond, ratio }) => [formatInteger(perSecond), ratio.toFixed(2)]),
      ]
      return `| ${cells.join(' | ')} |`
    }),
  ]
}

function bareTable({ bare, lines }: Findings): string[] {
  return [
    '## A bare Fastify answer',
    '',
    'The same framework without a database, hooks, logs or schema, answering as many bytes as GET.',
    '',
    '| connections | bare req/s | p50 ms | p99 ms | GET on PostgreSQL, share of bare |',
    '| --: | --: | --: | --: | --: |',
    ...bare.map(({ connections, perSecond, p50, p99 }) => {
      const get = lines.find(
        (line) =>
          line.engine === 'PostgreSQL' &&
          line.connections === connections &&
          line.operation === 'GET opportunity',
      )
      const share = get ? (get.perSecond / perSecond).toFixed(2) : ''
      return `| ${connections} | ${formatInteger(perSecond)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${share} |`
    }),
  ]
}

function guardTables({ limiter, tokens }: Findings): string[] {
  if (!limiter || !tokens) return []
  const row = (name: string, { perSecond, cpuUs }: LimiterCost['off']) =>
    `| ${name} | ${formatInteger(perSecond)} | ${Number.isNaN(cpuUs) ? '' : Math.round(cpuUs)} |`
  return [
    '## Who calls, and how often',
    '',
    `GET opportunity at ${limiter.connections} connections: two servers over one PostgreSQL in turns, ` +
      'one of which counts every request in the database against a limit that is never reached. ' +
      `The median of the rounds' ratios is **${limiter.ratio.toFixed(2)}**.`,
    '',
    '| rate limit | req/s | server CPU µs |',
    '| --- | --: | --: |',
    row('off', limiter.off),
    row('counting', limiter.counting),
    '',
    'What a token costs that was verified within the last second: the difference of a route that ' +
      'asks for one and of one that does not, in one process, with no network between.',
    '',
    '| token | µs a request |',
    '| --- | --: |',
    `| Private Integration Token | ${tokens.privateIntegration.toFixed(1)} |`,
    `| access token (JWT) | ${tokens.accessToken.toFixed(1)} |`,
    '',
  ]
}

function mostOf({ areas }: Profile, total: number): string {
  const busy = areas.filter(([name]) => name !== 'idle')
  const parts = busy
    .slice(0, 5)
    .map(([name, time]) => `${name} ${formatInteger((100 * time) / total)} %`)
  return parts.join('; ')
}

function profileTables({ profiles }: Findings): string[] {
  return [
    '## What costs the rest',
    '',
    "The server's JavaScript thread at 64 connections on PostgreSQL, sampled (which slows it): the " +
      'time of its own of each area, in microseconds a request. It is time by the clock: what the ' +
      'system spends on a write, and on whom the write wakes up, counts for the write.',
    '',
    ...profiles.flatMap(({ operation, requests, seconds, profile }) => {
      const total = profile.areas.reduce((sum, [, time]) => sum + time, 0)
      const row = ([name, time]: [string, number]) =>
        `| ${name} | ${(time / requests).toFixed(1)} | ${((100 * time) / total).toFixed(1)} % |`
      return [
        `### ${operation} (${formatInteger(requests / seconds)} req/s)`,
        '',
        `Most of it: ${mostOf(profile, total)}.`,
        '',
        '| area | µs a request | share |',
        '| --- | --: | --: |',
        ...profile.areas.filter(([, time]) => time / total > 0.002).map(row),
        '',
        '| most expensive functions | µs a request | share |',
        '| --- | --: | --: |',
        ...profile.functions
          .filter(([name]) => !name.startsWith('('))
          .slice(0, 15)
          .map(row),
        '',
      ]
    }),
  ]
}
