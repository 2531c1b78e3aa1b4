import fs from 'node:fs'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { run } from './children.ts'
import { median } from './median.ts'
import type { Start } from './start-child.ts'

/**
 * `npm run bench:start`: how long the app takes to be ready with its operations, and with 13 times
 * as many. Writes `start-results.md`.
 */
const { values: flags } = parseArgs({
  options: { starts: { type: 'string', default: '15' }, out: { type: 'string' } },
})
const starts = Number(flags.starts)

/** In turns, so that noise of the machine meets both alike. */
const startsOfAll: Start[] = []
const many: Start[] = []
for (let i = 0; i < starts; i++) {
  startsOfAll.push(await run<Start>('start-child.ts', { copies: 0 }))
  many.push(await run<Start>('start-child.ts', { copies: 12 }))
}

const medianOf = (found: readonly Start[], name: 'ms' | 'cpuMs') =>
  Math.round(median(found.map((one) => one[name])))
const row = (found: readonly Start[]) => {
  const all = found.map(({ ms }) => Math.round(ms))
  const [fastest, slowest] = [Math.min(...all), Math.max(...all)]
  const times = [medianOf(found, 'ms'), fastest, slowest, medianOf(found, 'cpuMs')]
  return `| ${found[0]?.operations} | ${times.join(' | ')} |`
}
const compiles = startsOfAll.flatMap(({ compileMs }) => compileMs)
const ratio = medianOf(many, 'ms') / medianOf(startsOfAll, 'ms')
const text = [
  '# Results of `npm run bench:start`',
  '',
  'Written by the bench; run it again rather than edit this page.',
  '',
  `- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC; ` +
    `${os.cpus().length} cores (${os.cpus()[0]?.model}), Node ${process.version}`,
  `- ${starts} starts of each in turns, each in a new process; milliseconds from loaded code to ready`,
  `- ${medianOf(many, 'ms') - medianOf(startsOfAll, 'ms')} ms between them, ratio ${ratio.toFixed(2)}`,
  `- the first request of an operation also compiles its schemas: ` +
    `${median(compiles).toFixed(1)} ms, at most ${Math.max(...compiles).toFixed(1)}`,
  '',
  '| operations | median | least | most | processor |',
  '| --: | --: | --: | --: | --: |',
  row(startsOfAll),
  row(many),
  '',
].join('\n')
fs.writeFileSync(flags.out ?? fileURLToPath(new URL('start-results.md', import.meta.url)), text)
process.stdout.write(text)
