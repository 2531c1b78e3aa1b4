import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import type { Sample } from '../../../src/docs/samples.ts'
import { testServer } from '../test-server.ts'

const demoTokens = {
  location: demo.privateIntegrationToken,
  agency: demo.agencyPrivateIntegrationToken,
}

/** What wants a code or a token that somebody has to consent to first. */
const consent = new Set([
  'get-access-token',
  'revoke-token',
  'get-installed-location',
  'get-installed-location-v3',
  'get-location-access-token',
  'get-location-access-token-v3',
])

/** What wants one of two parameters, of which a sample has neither. */
const choice = new Set(['get-duplicate-contact'])

type Described = { operationId: string; 'x-codeSamples': Sample[] }

/** Reading first, and what takes things away from others last. */
const order = ['get', 'post', 'put', 'delete']
const last = [
  'update-pipeline',
  'delete-lost-reason',
  'delete-opportunity',
  'delete-contact',
  'delete-pipeline',
]
const end = ['delete-user', 'delete-location']
const rank = (method: string, id: string) =>
  end.includes(id) ? 30 : last.includes(id) ? 20 + last.indexOf(id) : order.indexOf(method)

describe('the examples of the reference, as they stand', () => {
  for (const generation of ['v3', 'v2']) {
    const server = testServer({ demoTokens })

    test(`2xx: the sample of each operation of ${generation}`, async () => {
      const answer = await fetch(`${server.url}/docs/openapi/${generation}.json`)
      const { paths } = (await answer.json()) as {
        paths: Record<string, Record<string, Described>>
      }
      const operations = Object.values(paths)
        .flatMap((methods) => Object.entries(methods))
        .filter(([, { operationId }]) => !consent.has(operationId) && !choice.has(operationId))
        .sort(([a, one], [b, other]) => rank(a, one.operationId) - rank(b, other.operationId))
      const refused: string[] = []
      for (const [, operation] of operations) {
        const { status, text } = await runNode(operation)
        if (status >= 300) refused.push(`${operation.operationId}: ${status} ${text}`)
      }
      assert.ok(operations.length > 30)
      assert.deepEqual(refused, [])
    })
  }
})

/** Runs the sample of Node.js in this process, and hears what it was answered and what it says. */
async function runNode({ 'x-codeSamples': samples }: Described) {
  const source = samples.find(({ label }) => label === 'Node.js')?.source
  let status = 0
  let text = ''
  const heard = async (...request: Parameters<typeof fetch>) => {
    const answer = await fetch(...request)
    status = answer.status
    return answer
  }
  const console = {
    log: (said: string) => (text = said),
    error: (error: Error) => {
      throw error
    },
  }
  await new Function('fetch', 'console', `return ${source}`)(heard, console)
  return { status, text }
}
