import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { factFiles } from './contract.ts'
import { coverageOf } from './coverage.ts'
import { describeServer, partsOf } from './description.ts'
import { errorsTable } from './errors.ts'
import { contractDir, contractMissing, readContract } from './official-contract.ts'
import { describeSchema } from './schema.ts'
import { staleStatements } from './statements.ts'

/**
 * `npm run generate`: writes what is derived from the code into `generated/`. With `--check` it
 * writes nothing, and fails when something there is not what it would write.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const isCheck = process.argv.includes('--check')

/** The apps of the official contract that have a family. */
const apps = ['opportunities', 'oauth', 'companies', 'locations', 'users']

async function generate(): Promise<Map<string, string>> {
  const served = await describeServer()
  const files = new Map<string, string>()
  for (const [family, part] of partsOf(served)) {
    files.set(`generated/openapi/${family}.json`, `${JSON.stringify(part, null, 2)}\n`)
  }
  files.set('generated/errors.md', await errorsTable(root))
  files.set('generated/schema.sql', await describeSchema(root))
  const dir = contractDir()
  if (dir) {
    const contracts = new Map(apps.map((app) => [app, readContract(dir, app)]))
    files.set('generated/coverage.md', coverageOf(served, contracts, root))
    for (const [file, text] of factFiles(dir)) files.set(file, text)
  } else {
    const untouched = 'generated/coverage.md and the facts of the contract are left as they are.'
    console.log(`${untouched} ${contractMissing}`)
  }
  return files
}

/** Only the test that sends all statements knows their text; it takes a minute. */
function writeStatements(): void {
  const env = { ...process.env, GROUNDLEVEL_WRITE_SQL: 'yes' }
  const args = ['--test', '--test-reporter=dot', join(root, 'test/db/statements.test.ts')]
  console.log(`generated/sql is written by sending every statement: ${staleSql.join(', ')}`)
  const { status } = spawnSync(process.execPath, args, { env, stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}

const files = await generate()
const obsoleteFiles = globSync('generated/openapi/*.json', { cwd: root })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !files.has(file))
const staleFiles = isCheck ? [...obsoleteFiles] : []
if (!isCheck) for (const file of obsoleteFiles) rmSync(join(root, file))
for (const [file, text] of files) {
  const path = join(root, file)
  const isCurrent = existsSync(path) && readFileSync(path, 'utf8') === text
  if (isCheck) {
    if (!isCurrent) staleFiles.push(file)
  } else {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    console.log(`${file} ${isCurrent ? 'is as it was' : 'is written'}`)
  }
}
const staleSql = staleStatements()
if (isCheck) staleFiles.push(...staleSql)
else if (staleSql.length > 0) writeStatements()
if (staleFiles.length > 0) {
  console.error(`Out of date: ${staleFiles.join(', ')}. Mend it with: npm run generate`)
  process.exitCode = 1
}
