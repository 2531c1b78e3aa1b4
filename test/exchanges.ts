import { afterEach } from 'node:test'

/** How many of a test's last requests are told, and how much of each. */
const toldMax = 5
const charsMax = 2_000

/** What the running test sent and was answered, the newest last. */
const exchanges: string[] = []

const shown = (part: unknown) =>
  (typeof part === 'string' ? part : (JSON.stringify(part) ?? '')).slice(0, charsMax)

/** Keeps a request and its answer, so that a test that fails can tell them. */
export function noteExchange(
  request: string,
  sent: unknown,
  answer: { status: number; text: string } | undefined,
): void {
  const reply = answer ? `${answer.status} ${shown(answer.text)}` : 'no answer'
  exchanges.push(`${shown(request)} ${shown(sent)}\n  → ${reply}`)
  if (exchanges.length > toldMax) exchanges.shift()
}

// Whatever file this is imported by first: of a whole run it is the queue of files.
afterEach((context) => {
  const hasFailed = 'passed' in context && !context.passed
  for (const exchange of exchanges.splice(0)) if (hasFailed) context.diagnostic(exchange)
})
