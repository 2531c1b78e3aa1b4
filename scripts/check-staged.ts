import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The before-commit hook checks form and types of what is staged, not of the working tree. It is
 * quick because the compiler checks only changed files and those that import them directly, while
 * `npm run check` checks all.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
// One checkout always has the same folder, or the compiler would not find its build info.
const id = createHash('sha256').update(root).digest('hex').slice(0, 16)
const staged = path.join(tmpdir(), `groundlevel-staged-${id}`)
const modules = path.join(root, 'node_modules')

const git = (...args: string[]) =>
  spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.split('\0').filter(Boolean)

function check(tool: string, ...args: string[]): boolean {
  const { status } = spawnSync(process.execPath, [path.join(modules, tool), ...args], {
    cwd: staged,
    stdio: 'inherit',
  })
  return status === 0
}

const changed = git('diff', '--cached', '--name-only', '--diff-filter=d', '-z')
fs.rmSync(staged, { recursive: true, force: true })
fs.mkdirSync(staged, { mode: 0o700 })
git('checkout-index', '--all', `--prefix=${staged}${path.sep}`)
fs.symlinkSync(modules, path.join(staged, 'node_modules'), 'junction')

const files = changed.filter((file) => /\.(ts|json|js|css)$/.test(file))
const biome = ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings'] as const
const hasForm = files.length === 0 || check(...biome, '--no-errors-on-unmatched', ...files)
const memory = path.join(modules, '.cache', 'staged.tsbuildinfo')
const hasTypes = check(
  'typescript/bin/tsc',
  '--singleThreaded',
  '--assumeChangesOnlyAffectDirectDependencies',
  '--tsBuildInfoFile',
  memory,
)
fs.rmSync(staged, { recursive: true, force: true })
process.exitCode = hasForm && hasTypes ? 0 : 1
