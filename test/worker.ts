import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath } from 'node:url'

/** What a process that runs test files says to `test/run.ts`. */
export type FromWorker =
  | { text: string }
  | { passed: number; failed: number; skipped: number; ms: number; cpuMs: number }

/** A file is a test itself, one that has the file's tests below it; `file-queue.ts` has all. */
const levelOfFile = 1
const queue = fileURLToPath(new URL('./file-queue.ts', import.meta.url))

/** `told` are tests, and suites that were skipped whole. */
type Counts = { told: number; passed: number; failed: number; skipped: number }
type Outcome = {
  nesting: number
  skip?: string | boolean
  todo?: string | boolean
  details: { type?: string | undefined; error?: { failureType?: string } }
}

const noCounts = (): Counts => ({ told: 0, passed: 0, failed: 0, skipped: 0 })

/** Whether it failed by itself, and not because something below it did. */
const isCause = ({ details }: Outcome) => details.error?.failureType !== 'subtestsFailed'

function count(counts: Counts, hasPassed: boolean, outcome: Outcome): void {
  const isTest = outcome.details.type !== 'suite'
  if (isTest || outcome.skip !== undefined) counts.told++
  if (outcome.todo !== undefined) return
  if (!hasPassed) counts.failed += isCause(outcome) ? 1 : 0
  else if (isTest && outcome.skip !== undefined) counts.skipped++
  else if (isTest) counts.passed++
}

const send = (message: FromWorker) => process.send?.(message)

let counts = noCounts()
let started = performance.now()
let cpu = process.cpuUsage()

/** Reports what became of a file, and begins to count for the next. */
function finish(hasPassed: boolean, outcome: Outcome): void {
  const { told, passed, skipped } = counts
  let { failed } = counts
  const error = outcome.details.error
  if (!hasPassed && isCause(outcome)) {
    failed++
    send({ text: `✖ the file itself failed: ${error instanceof Error ? error.cause : error}\n` })
  } else if (told === 0) {
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
