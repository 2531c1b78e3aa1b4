import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency, refusals, tokenWith } from '../companies/agencies.ts'
import { testServer } from '../test-server.ts'

const path = `/locations/${demo.locationId}/timezones`

describe('get-timezones', () => {
  const server = testServer()

  test('200: those that a location may have, each once and in order', async () => {
    const { status, body } = await server.ask('GET', path)
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body), ['timeZones'])
    const timeZones = body.timeZones as string[]
    assert.ok(timeZones.length > 400)
    assert.deepEqual(timeZones, [...new Set(timeZones)].sort())
    for (const known of ['America/Chicago', 'Europe/London', 'UTC']) {
      assert.ok(timeZones.includes(known), known)
    }
  })

  test('200: each of them, and older names, are accepted for a location', async () => {
    const { companyId } = demo
    for (const timezone of ['Pacific/Auckland', 'UTC', 'US/Central', 'Asia/Kolkata']) {
      const options = { ...asAgency, body: { companyId, timezone } }
      const { status, body } = await server.ask('PUT', `/locations/${demo.locationId}`, options)
      assert.deepEqual([status, body.timezone], [200, timezone])
    }
  })

  test('401: an agency’s token, and a location’s without the scope', async () => {
    const ofAgency = await server.ask('GET', path, asAgency)
    assert.deepEqual([ofAgency.status, ofAgency.text], [401, refusals.missingScope])
    const token = await tokenWith(server, { locationId: demo.locationId, may: ['users.readonly'] })
    const without = await server.ask('GET', path, { token })
    assert.deepEqual([without.status, without.text], [401, refusals.missingScope])
  })

  test('403: another location', async () => {
    const other = `/locations/${demo.otherLocation.locationId}/timezones`
    const { status, text } = await server.ask('GET', other)
    assert.deepEqual([status, text], [403, refusals.otherLocation])
  })
})
