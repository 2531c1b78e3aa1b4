import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath } from 'node:url'

/** Messages of a process that runs test files to `test/run.ts`. */
export type FromWorker =
  | { text: string }
  | { passed: number; failed: number; skipped: number; ms: number; cpuMs: number }

/** Level 0 is the test of `file-queue.ts`, level 1 a file; below are the tests of the file. */
const levelOfFile = 1
const queue = fileURLToPath(new URL('./file-queue.ts', import.meta.url))

/** `reported` counts tests, and suites that were skipped as a whole. */
type Counts = { reported: number; passed: number; failed: number; skipped: number }
type Outcome = {
  nesting: number
  skip?: string | boolean
  todo?: string | boolean
  details: { type?: string | undefined; error?: { failureType?: string } }
}

const noCounts = (): Counts => ({ reported: 0, passed: 0, failed: 0, skipped: 0 })

/** Whether the test itself failed, and not only a test below it. */
const isCause = ({ details }: Outcome) => details.error?.failureType !== 'subtestsFailed'

function count(counts: Counts, hasPassed: boolean, outcome: Outcome): void {
  const isTest = outcome.details.type !== 'suite'
  if (isTest || outcome.skip !== undefined) counts.reported++
  if (outcome.todo !== undefined) return
  if (!hasPassed) counts.failed += isCause(outcome) ? 1 : 0
  else if (isTest && outcome.skip !== undefined) counts.skipped++
  else if (isTest) counts.passed++
}

const send = (message: FromWorker) => process.send?.(message)

let counts = noCounts()
let started = performance.now()
let cpu = process.cpuUsage()

/** Reports the counts of a file, and resets them for the next. */
function finish(hasPassed: boolean, outcome: Outcome): void {
  const { reported, passed, skipped } = counts
  let { failed } = counts
  const error = outcome.details.error
  if (!hasPassed && isCause(outcome)) {
    failed++
    send({ text: `✖ the file itself failed: ${error instanceof Error ? error.cause : error}\n` })
  } else if (reported === 0) {
    failed++
    send({ text: '✖ the file has no test\n' })
  }
  const { user, system } = process.cpuUsage(cpu)
  const ms = performance.now() - started
  send({ passed, failed, skipped, ms, cpuMs: (user + system) / 1000 })
  counts = noCounts()
  started = performance.now()
  cpu = process.cpuUsage()
}

function printer(): InstanceType<typeof spec> {
  const report = new spec()
  report.on('data', (text) => send({ text: String(text) }))
  return report
}

let report = printer()
for await (const event of run({ files: [queue], isolation: 'none' })) {
  const { type, data } = event
  if (!('nesting' in data)) continue
  const { nesting } = data
  if (nesting > levelOfFile) {
    if (type === 'test:pass' || type === 'test:fail') count(counts, type === 'test:pass', data)
    report.write({ type, data: { ...data, nesting: nesting - levelOfFile - 1 } })
  } else if (nesting === levelOfFile && (type === 'test:pass' || type === 'test:fail')) {
    report.end()
    await new Promise((resolve) => report.on('end', resolve))
    finish(type === 'test:pass', data)
    report = printer()
  }
}
