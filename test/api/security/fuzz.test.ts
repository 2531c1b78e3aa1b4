import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { demo } from '../../../src/demo/ids.ts'
import { tokensOfAllKinds } from '../oauth/client.ts'
import { assertIndexed } from '../opportunities/changing.ts'
import { testServer } from '../test-server.ts'
import { type HostileRequest, hostileRequests, lastMadeId } from './hostile-requests.ts'
import { type Operation, operationsOf } from './operations.ts'

/** Requests for each operation, and from which of all there are; others: FUZZ_RUNS, FUZZ_SEED. */
const runs = Number(process.env.FUZZ_RUNS ?? 25)
const seed = Number(process.env.FUZZ_SEED ?? 20_260_301)
const hangMs = 5_000
type Answer = { status: number; type: string | undefined; text: string }

describe('requests that are nearly right', () => {
  const server = testServer()
  const agent = new http.Agent({ keepAlive: true })
  const checks = new Map<string, (body: unknown) => boolean>()
  const lastMadeIds = new Map<string, string>()
  const accepted = new Set<string>()
  let tokens: readonly string[]

  before(async () => {
    tokens = await tokensOfAllKinds(server)
    for (const [name, schema] of answersOf(server.app.swagger())) {
      const check = Compile(schema)
      checks.set(name, (body) => check.Check(body))
    }
  })

  after(() => agent.destroy())

  test('are answered as described, in JSON, in time, and never by a failure', async () => {
    for (const [i, operation] of operationsOf(server).entries()) {
      const property = fc.asyncProperty(hostileRequests(operation), (request) =>
        one(operation, aimed(operation, request)),
      )
      await fc.assert(property, { seed: seed + i, numRuns: runs })
    }
    const failures = server.logged.filter((line) => Number(JSON.parse(line).level) >= 50)
    assert.deepEqual(failures, [])
    // Else what was proved is that nonsense is refused.
    const never = operationsOf(server).filter(({ name }) => !accepted.has(name))
    assert.ok(never.length < 5, never.map(({ name }) => name).join())
    assert.equal('polluted' in {}, false)
    await assertIndexed(server)
    assert.equal((await server.ask('GET', '/ready', { token: null })).status, 200)
  })

  /** Sent with the first token that opens the operation. */
  async function one(operation: Operation, request: HostileRequest): Promise<void> {
    let answer = await ask(request, operation.isPublic ? undefined : tokens[0])
    for (const token of operation.isPublic ? [] : tokens.slice(1)) {
      if (answer.status === 401) answer = await ask(request, token)
    }
    const { status, type, text } = answer
    const where = `${operation.name}: ${status} ${text.slice(0, 1_000)}`
    assert.ok(status < 500, where)
    assert.equal(type, 'application/json; charset=utf-8', where)
    const body: Record<string, unknown> = JSON.parse(text)
    // So the framework refuses what it does not even give to the operation.
    const isGeneral =
      [400, 404, 409, 413, 415].includes(status) &&
      typeof body.error === 'string' &&
      body.statusCode === status
    const isDescribed = checks.get(`${operation.name} ${status}`)?.(body)
    assert.ok(isDescribed || isGeneral, where)
    if (status >= 300) return
    accepted.add(operation.name)
    if (operation.method === 'POST') remember(operation, body)
  }

  function remember({ path }: Operation, body: Record<string, unknown>): void {
    const thing = (body.opportunity ?? body.lostReason ?? body.customField ?? body) as {
      id?: unknown
    }
    if (typeof thing.id === 'string') lastMadeIds.set(kindOf(path), thing.id)
  }

  /** The request with what was made before; what the others need is not deleted. */
  function aimed({ id, path, method }: Operation, request: HostileRequest): HostileRequest {
    const own = lastMadeIds.get(kindOf(path)) ?? 'none'
    const isKept = method !== 'DELETE' || id === 'remove-followers-opportunity'
    const names = [lastMadeId, encodeURIComponent(lastMadeId), ...(isKept ? [] : world)]
    const target = names.reduce((text, name) => text.replaceAll(name, own), request.target)
    return { ...request, target }
  }

  function ask({ method, target, headers, body }: HostileRequest, token?: string): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const { hostname, port } = new URL(server.url)
    const sent = http.request({ agent, hostname, port, method, path: target, timeout: hangMs })
    for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value)
    if (token !== undefined) sent.setHeader('authorization', `Bearer ${token}`)
    if (body !== undefined) sent.setHeader('content-length', Buffer.byteLength(body))
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${target}: no answer`)))
    sent.on('error', reject)
    sent.on('response', async (response) => {
      const text = (await response.toArray()).join('')
      resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'], text })
    })
    sent.end(body)
    return promise
  }
})

/** What the operations work on. */
const world = [
  demo.opportunityId,
  demo.locationId,
  demo.otherLocation.locationId,
  demo.pipelineId,
  ...demo.userIds,
  ...Object.values(demo.lostReasonIds),
]

/** Of what kind is what a path makes or names. */
function kindOf(path: string): string {
  const kinds = ['pipelines', 'lost-reason', 'opportunities', 'users', 'customFields', 'locations']
  return kinds.find((kind) => path.includes(kind)) ?? path
}

type Described = { responses: Record<string, { content?: Record<string, { schema: TSchema }> }> }

/** The described answers, by operation and status. */
function answersOf(description: object): [string, TSchema][] {
  const { paths } = description as { paths: Record<string, Record<string, Described>> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.entries(responses).flatMap(([status, { content }]): [string, TSchema][] => {
        const schema = content?.['application/json']?.schema
        return schema ? [[`${method.toUpperCase()} ${path} ${status}`, schema]] : []
      }),
    ),
  )
}
