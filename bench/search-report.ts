import os from 'node:os'
import { pgbenchVersion } from './pgbench.ts'
import { cases } from './search-cases.ts'
import type { World } from './search-world.ts'

/**
 * Milliseconds: of a request, of its statements by pgbench, as it sends them by default and as the
 * server does, and of a bare answer of its size.
 */
export type SearchResult = {
  world: World
  name: string
  p50: number
  raw: number | undefined
  asSent: number | undefined
  bare: number
}

export const nameOf = ({ opportunities, locations }: World) =>
  `${opportunities.toLocaleString('en')} in ${locations === 1 ? 'one location' : `${locations.toLocaleString('en')} locations`}`

/** The page of results. */
export function report(
  lines: readonly SearchResult[],
  { sizes, rounds }: { sizes: readonly number[]; rounds: number },
): string {
  const worlds = [...new Map(lines.map(({ world }) => [nameOf(world), world])).values()]
  const cell = (name: string, world: World) => {
    const line = lines.find((one) => one.name === name && one.world === world)
    if (!line) return ''
    const { p50, raw, asSent, bare } = line
    if (raw === undefined || asSent === undefined) return p50.toFixed(2)
    const ratios = [p50 / raw, p50 / asSent, p50 / (asSent + bare)]
    return `${p50.toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join('; ')})`
  }
  const growth = (name: string) => {
    const p50Of = (size: number) =>
      lines.find(
        ({ name: caseName, world }) =>
          caseName === name && world.locations === 1 && world.opportunities === size,
      )?.p50
    const [least, most] = [p50Of(Math.min(...sizes)), p50Of(Math.max(...sizes))]
    return least && most ? (most / least).toFixed(2) : ''
  }
  const head = ['search', ...worlds.map(nameOf), 'growth']
  const rows = cases.map(({ name }) => [
    name,
    ...worlds.map((world) => cell(name, world)),
    growth(name),
  ])
  const table = [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows]
  const cpu = os.cpus()
  return [
    '# Results of `npm run bench:search`',
    '',
    'Written by the bench; run it again rather than edit this page.',
    '',
    `- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, Node ${process.version}, ` +
      `${pgbenchVersion() ?? 'no pgbench'}; ${cpu.length} cores (${cpu[0]?.model}); ` +
      `one-minute load at the end: ${os.loadavg()[0]?.toFixed(1)}`,
    `- p50 in milliseconds of requests one after the other on one connection, in ${rounds} turns ` +
      'of a second; the worlds, pgbench and the bare Fastify take turns, and all are warm. In ' +
      'brackets: how many times what the same statements take by pgbench as it sends them unless ' +
      'told otherwise, planned each time; what they take as the server sends them, most of them ' +
      'prepared; and that with what a bare Fastify takes that answers the same from memory.',
    '- growth: p50 in the largest single location, of that in the smallest.',
    '- The plans of the statements in the largest single location are in `plans/`.',
    '',
    ...table.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ].join('\n')
}
