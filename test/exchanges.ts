import { afterEach } from 'node:test'

/** A failing test shows so many of its last requests, and so much of each. */
const exchangesMax = 5
const charsMax = 2_000

/** Requests and answers of the running test, the newest last. */
const exchanges: string[] = []

const shorten = (part: unknown) =>
  (typeof part === 'string' ? part : (JSON.stringify(part) ?? '')).slice(0, charsMax)

/** Keeps a request and its answer, to show them when the test fails. */
export function noteExchange(
  request: string,
  sent: unknown,
  answer: { status: number; text: string } | undefined,
): void {
  const reply = answer ? `${answer.status} ${shorten(answer.text)}` : 'no answer'
  exchanges.push(`${shorten(request)} ${shorten(sent)}\n  → ${reply}`)
  if (exchanges.length > exchangesMax) exchanges.shift()
}

// A hook of the file that imports this first, which in a whole run is the queue of all files.
afterEach((context) => {
  const hasFailed = 'passed' in context && !context.passed
  for (const exchange of exchanges.splice(0)) if (hasFailed) context.diagnostic(exchange)
})
