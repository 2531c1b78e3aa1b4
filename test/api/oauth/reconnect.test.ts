import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { badRequest } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { form } from './client.ts'

describe('POST /oauth/reconnect', () => {
  const server = testServer()

  // UPSTREAM: GoHighLevel/highlevel-api-docs issue #333
  test('400: it has been removed, whatever is sent', async () => {
    const { clientId: clientKey, clientSecret, locationId, companyId } = demo
    const body = { clientKey, clientSecret, locationId }
    const asks = [
      { body },
      { body: { clientKey, clientSecret, companyId }, token: null, version: null },
      { body, token: null, version: 'v3' },
      { ...form({ clientKey }), token: null, version: null },
      { token: null, version: null },
    ]
    for (const ask of asks) {
      const { status, text } = await server.ask('POST', '/oauth/reconnect', ask)
      assert.equal(status, 400)
      assert.equal(text, badRequest('API endpoint has been removed'))
    }
    assert.equal((await server.ask('GET', '/oauth/reconnect')).status, 404)
  })
})
