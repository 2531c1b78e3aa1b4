import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { noRoute } from '../refusals.ts'
import { testServer } from '../test-server.ts'

type Operation = { operationId: string; security: object[]; responses: Record<string, object> }

describe('the server’s own addresses', () => {
  const server = testServer()

  test('200: /health and /ready, with nothing asked for', async () => {
    for (const path of ['/health', '/ready', '/health/', '/ready/', '/health?probe=1']) {
      const answer = await server.ask('GET', path, { token: null, version: null })
      assert.equal(answer.status, 200, path)
      assert.equal(answer.text, '{"status":"ok"}')
      assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    }
  })

  test('200: whatever token and version come with it', async () => {
    for (const path of ['/health', '/ready']) {
      const answer = await server.ask('GET', path, { token: 'pit-nonsense', version: 'nonsense' })
      assert.equal(answer.status, 200)
    }
  })

  test('404: another method', async () => {
    for (const path of ['/health', '/ready', '/openapi.json']) {
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const answer = await server.ask(method, path)
        assert.equal(answer.status, 404)
        assert.equal(answer.text, noRoute(method, path))
      }
    }
  })

  test('200: /openapi.json describes every operation, in OpenAPI 3.1', async () => {
    const response = await fetch(`${server.url}/openapi.json`)
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8')
    const text = await response.text()
    const document = JSON.parse(text) as {
      openapi: string
      info: { title: string; version: string }
      paths: Record<string, Record<string, Operation>>
    }
    assert.equal(document.openapi, '3.1.0')
    assert.equal(document.info.title, 'Groundlevel')
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
    const ids = operations.map(({ operationId }) => operationId)
    assert.equal(new Set(ids).size, ids.length)
    for (const id of [
      'get-opportunity',
      'create-opportunity',
      'add-followers-opportunity',
      'remove-followers-opportunity',
      'get-pipelines',
      'health',
      'ready',
    ]) {
      assert.ok(ids.includes(id), id)
    }
    assert.ok(document.paths['/opportunities/{id}/followers']?.delete)
    for (const { operationId, responses } of operations) {
      const statuses = Object.keys(responses)
      assert.ok(
        statuses.some((status) => /^20[01]$/.test(status)),
        operationId,
      )
    }
    assert.ok(!text.includes(demo.privateIntegrationToken))
  })
})
