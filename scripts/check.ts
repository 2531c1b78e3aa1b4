import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * `npm run check`: types, form and lint, structure, generated files. They run concurrently, and all
 * to their end, so that one run shows everything that is wrong; the output of a failed one is
 * printed in full.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const parts = [
  // The compiler's threads repeat each other's work: one takes half of the processor time.
  ['types', 'node_modules/typescript/bin/tsc', '--singleThreaded'],
  ['form and lint', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  ['structure', '--test', '--test-reporter=spec', 'test/unit/imports.test.ts'],
  ['generated files', 'scripts/generate.ts', '--check'],
] as const

async function run([name, ...args]: (typeof parts)[number]): Promise<boolean> {
  const started = performance.now()
  const env = process.stdout.isTTY ? { ...process.env, FORCE_COLOR: '1' } : process.env
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const { promise: exitCode, resolve } = Promise.withResolvers<number | null>()
  child.on('close', resolve)
  const isGood = (await exitCode) === 0
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const line = `${isGood ? 'ok  ' : 'FAIL'} ${name.padEnd(16)} ${seconds.padStart(5)} s\n`
  process.stdout.write(isGood ? line : `${line}${output.trimEnd()}\n\n`)
  return isGood
}

const results = await Promise.all(parts.map(run))
process.exitCode = results.every((isGood) => isGood) ? 0 : 1
