import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath } from 'node:url'
import { demoImage } from '../src/demo/image.ts'
import { startPostgres, type TestPostgres } from './postgres.ts'
import { prepareTemplate } from './test-database.ts'

/**
 * `npm test`: everything that proves the project. What lies in `test/api` and `test/db` runs on
 * both engines, the rest once. Words on the command line choose the files whose path holds one.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()
// Each file is a process of its own, and most of them load the whole server.
process.env.NODE_COMPILE_CACHE ??= `${root}node_modules/.cache/compile`
const isOnBoth = (file: string) => /^test[\\/](api|db)[\\/]/.test(file)

const counts = { passed: 0, failed: 0, skipped: 0 }

/** Files that run at once: those of the processes and browsers start several of their own. */
const atOnce = { once: 1, perEngine: availableParallelism() }

async function suite(
  name: string,
  chosen: readonly string[],
  engine: string,
  concurrency: number,
): Promise<void> {
  if (chosen.length === 0) return
  process.stdout.write(`\n── ${name}\n`)
  process.env.GROUNDLEVEL_TEST_ENGINE = engine
  const stream = run({ files: chosen.map((file) => `${root}${file}`), concurrency })
  let failures = 0
  stream.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') failures++
  })
  stream.on('test:summary', ({ file, counts: found }) => {
    if (file !== undefined) return
    counts.passed += found.passed
    counts.skipped += found.skipped
    counts.failed += Math.max(found.tests - found.passed - found.skipped - found.todo, failures)
  })
  for await (const text of stream.compose(spec())) process.stdout.write(text as string)
}

async function main(): Promise<void> {
  let postgres: TestPostgres | undefined
  try {
    // Made once, or each file that needs it would.
    await demoImage()
    await suite(
      'once',
      files.filter((file) => !isOnBoth(file)),
      'pglite',
      atOnce.once,
    )
    await suite('PGlite', files.filter(isOnBoth), 'pglite', atOnce.perEngine)
    if (files.some(isOnBoth)) {
      postgres = await startPostgres(['fsync=off', 'max_connections=400'])
      await prepareTemplate(postgres.url)
      process.env.GROUNDLEVEL_TEST_POSTGRES = postgres.url
      await suite('PostgreSQL', files.filter(isOnBoth), 'postgres', atOnce.perEngine)
    }
  } catch (error) {
    counts.failed++
    console.error(error)
  } finally {
    await postgres?.stop()
  }
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
  process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`)
  process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1)
}

await main()
