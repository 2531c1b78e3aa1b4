import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { until } from '../../until.ts'
import { type Ask, testServer } from '../test-server.ts'
import { own, request, send } from '../wire.ts'

const path = `/opportunities/${demo.opportunityId}`
const marker = 'SECRET-OF-THE-CLIENT'

describe('the log', () => {
  const server = testServer()

  /** The lines of a request; the log is written when the answer is out, a moment after it came. */
  async function linesOf(traceId: string): Promise<Record<string, unknown>[]> {
    const found = () =>
      server.logged
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line.traceId === traceId)
    await until(() => found().length > 0)
    return found()
  }

  const cases: [string, string, Ask, Record<string, unknown>][] = [
    ['GET', path, {}, { operationId: 'get-opportunity', locationId: demo.locationId, status: 200 }],
    [
      'POST',
      `${path}/followers`,
      { body: { followers: [] } },
      { operationId: 'add-followers-opportunity', locationId: demo.locationId, status: 201 },
    ],
    [
      'DELETE',
      `${path}/followers`,
      { body: { followers: marker } },
      { operationId: 'remove-followers-opportunity', locationId: demo.locationId, status: 422 },
    ],
    [
      'POST',
      `${path}/followers`,
      { body: `{"followers":["${marker}"` },
      { operationId: 'add-followers-opportunity', locationId: demo.locationId, status: 400 },
    ],
    [
      'GET',
      `/opportunities/pipelines?locationId=${marker}`,
      {},
      { operationId: 'get-pipelines', locationId: demo.locationId, status: 403 },
    ],
    ['GET', path, { token: `pit-${marker}` }, { operationId: 'get-opportunity', status: 401 }],
    ['GET', path, { version: null }, { operationId: 'get-opportunity', status: 401 }],
    ['GET', `/nope?key=${marker}`, {}, { status: 404 }],
    ['GET', '/health', { token: null, version: null }, { operationId: 'health', status: 200 }],
  ]

  test('has one line for each request: who, what, how it ended, how long it took', async () => {
    for (const [method, address, options, expected] of cases) {
      const { status, traceId } = await server.ask(method, address, options)
      assert.equal(status, expected.status, `${method} ${address}`)
      const [line, ...more] = await linesOf(traceId)
      assert.deepEqual(more, [])
      const { time, ms, ...rest } = line ?? {}
      assert.deepEqual(rest, { level: 30, traceId, method, msg: 'request', ...expected })
      assert.ok(typeof ms === 'number' && ms > 0 && ms < 60_000)
      assert.ok(typeof time === 'number')
    }
  })

  test('names another location’s requests by that location', async () => {
    const { opportunityId, locationId, privateIntegrationToken: token } = demo.otherLocation
    const { traceId } = await server.ask('GET', `/opportunities/${opportunityId}`, { token })
    const [line] = await linesOf(traceId)
    assert.equal(line?.locationId, locationId)
  })

  test('has a line for a body that is too large', async () => {
    const headers = [...own, 'Content-Type: application/json', 'Content-Length: 1048577']
    const [answer] = await send(server, request(`POST ${path}/followers`, headers))
    assert.equal(answer?.status, 413)
    const [line] = await linesOf(answer.traceId ?? '')
    assert.equal(line?.status, 413)
  })

  test('never holds a token, a query, or a body, whatever became of them', async () => {
    const bodies = [
      { name: marker, pipelineId: marker, locationId: demo.locationId },
      { name: marker, [marker]: marker, locationId: demo.locationId },
      { followers: [marker] },
      `{"${marker}":`,
      `{"__proto__":{"${marker}":1}}`,
      `{"a":"${marker}\\u0000"}`,
      marker.repeat(40_000),
    ]
    for (const body of bodies) {
      for (const address of ['/opportunities/', `${path}/followers`]) {
        const answer = await server.ask('POST', `${address}?key=${marker}`, { body })
        assert.ok(answer.status >= 400 && answer.status < 500)
        await server.ask('POST', address, { body })
        await server.ask('POST', address, { body, token: `pit-${marker}` })
        await server.ask('POST', address, { body, headers: { 'content-type': `text/${marker}` } })
      }
    }
    const { traceId } = await server.ask('GET', path)
    assert.equal((await linesOf(traceId)).length, 1)
    const log = server.logged.join('')
    assert.ok(log.length > 1_000)
    assert.ok(!log.includes(marker))
    assert.ok(!log.includes('pit-'))
    assert.ok(!log.toLowerCase().includes('bearer'))
  })
})
