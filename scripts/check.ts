import { spawnSync } from 'node:child_process'

/**
 * `npm run check`: types, form and lint, import arrows, generated files. All of them run, so that
 * one look shows everything that is wrong.
 */
const checks = [
  ['types', ['node_modules/typescript/bin/tsc', '-p', '.']],
  ['form and lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']],
  ['import arrows', ['--test', '--test-reporter=dot', 'test/unit/imports.test.ts']],
  ['generated files', ['scripts/generate.ts', '--check']],
] as const

const failed = checks.filter(([name, args]) => {
  const { status } = spawnSync(process.execPath, [...args], { stdio: 'inherit' })
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}\n`)
  return status !== 0
})
process.exitCode = failed.length === 0 ? 0 : 1
