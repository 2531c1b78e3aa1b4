import os from 'node:os'
import { type NoiseResult, noises } from './noises.ts'
import type { Latency, QuietResult } from './quiet.ts'

export type Line = {
  servers: number
  kind: keyof typeof noises
  alone: QuietResult
  beside: QuietResult
  /** Requests of the noise that were told to wait. */
  refused: number
  /** Resident memory of the largest server, in MiB. */
  memory: { before: number; after: number }
}

/** Requests of one tenant over what keeps a server busy, and over ten times that. */
export type Overload = {
  servers: number
  connections: number
  normal: NoiseResult
  overload: NoiseResult
}

export type Findings = { rounds: number; seconds: number; lines: Line[]; overloads: Overload[] }

/** How often its value alone the quiet tenant's p99 may be. */
const goalOf = (kind: keyof typeof noises) => (kind === 'connections' ? 10 : 3)
const overloadGoal = 5

const ratioOf = (alone: Latency, beside: Latency) => beside.p99 / alone.p99
const verdict = (isReached: boolean) => (isReached ? 'reached' : '**short of it**')

export function text({ servers, kind, alone, beside, refused }: Line): string {
  const parts = (['reads', 'writes', 'keyedWrites'] as const).map(
    (name) =>
      `${name} ${alone[name].p99.toFixed(1)} → ${beside[name].p99.toFixed(1)} ms ` +
      `(${ratioOf(alone[name], beside[name]).toFixed(1)}), ${beside[name].failures} failed`,
  )
  return `${servers}: ${noises[kind]}: ${parts.join('; ')}; ${refused} of the noise refused`
}

export function overloadText({ servers, normal, overload }: Overload): string {
  const ratio = (overload.p99 / normal.p99).toFixed(1)
  return (
    `${servers}: ten times the load: p99 of the accepted ${normal.p99.toFixed(1)} → ` +
    `${overload.p99.toFixed(1)} ms (${ratio}), ${overload.refused} refused`
  )
}

export function markdown({ rounds, seconds, lines, overloads }: Findings): string {
  return [
    '# Results of `npm run bench -- fairness`',
    '',
    'Written by the bench; run it again rather than edit this page.',
    '',
    `- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, Node ${process.version}, ` +
      `${os.availableParallelism()} cores (${os.cpus()[0]?.model ?? 'unknown'}), ${os.type()}; ` +
      `one-minute load at the end: ${os.loadavg()[0]?.toFixed(1)}`,
    `- Medians of ${rounds} rounds of ${seconds} s, alone and beside the noise in turns; noise, ` +
      'servers, their database and the quiet tenant share the cores.',
    '- The quiet tenant has an access token (JWT), reads, writes, and writes with an ' +
      '`Idempotency-Key`, one request after the other. The noise is another location, or strangers.',
    '',
    '## A quiet tenant beside a noisy one',
    '',
    '| servers | noise | p99 of reads alone, beside (ms) | ratio | goal | | writes | ratio | keyed writes | ratio | failed | noise refused | memory before, after (MiB) |',
    `| --: | --- |${' --: |'.repeat(3)} --- |${' --: |'.repeat(7)}`,
    ...lines.map(row),
    '',
    '## Ten times the load',
    '',
    'One tenant over the connections that keep the servers busy, and over ten times as many, whose clients wait for as ' +
      'long as they are told to.',
    '',
    '| servers | connections | p99 (ms) | accepted/s | of ten times as many: p99 of the accepted (ms) | accepted/s | refused | ratio | goal | |',
    `|${' --: |'.repeat(9)} --- |`,
    ...overloads.map(overloadRow),
    '',
  ].join('\n')
}

function row({ servers, kind, alone, beside, refused, memory }: Line): string {
  const pair = (name: keyof QuietResult) =>
    `${alone[name].p99.toFixed(1)}, ${beside[name].p99.toFixed(1)}`
  const ratio = (name: keyof QuietResult) => ratioOf(alone[name], beside[name])
  const failures = Object.values(beside).reduce((sum, one) => sum + one.failures, 0)
  const cells = [
    servers,
    noises[kind],
    pair('reads'),
    `**${ratio('reads').toFixed(1)}**`,
    goalOf(kind),
    verdict(ratio('reads') <= goalOf(kind)),
    pair('writes'),
    ratio('writes').toFixed(1),
    pair('keyedWrites'),
    ratio('keyedWrites').toFixed(1),
    failures,
    refused,
    `${Math.round(memory.before)}, ${Math.round(memory.after)}`,
  ]
  return `| ${cells.join(' | ')} |`
}

function overloadRow({ servers, connections, normal, overload }: Overload): string {
  const ratio = overload.p99 / normal.p99
  const cells = [
    servers,
    connections,
    normal.p99.toFixed(1),
    Math.round(normal.perSecond),
    overload.p99.toFixed(1),
    Math.round(overload.perSecond),
    overload.refused,
    `**${ratio.toFixed(1)}**`,
    overloadGoal,
    verdict(ratio <= overloadGoal),
  ]
  return `| ${cells.join(' | ')} |`
}
