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
    for (const timezone of ['America/Chicago', 'Europe/London', 'UTC']) {
      assert.ok(timeZones.includes(timezone), timezone)
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
    const agencyAnswer = await server.ask('GET', path, asAgency)
    assert.deepEqual([agencyAnswer.status, agencyAnswer.text], [401, refusals.missingScope])
    const token = await tokenWith(server, {
      locationId: demo.locationId,
      allowedScopes: ['users.readonly'],
    })
    const unscopedAnswer = await server.ask('GET', path, { token })
    assert.deepEqual([unscopedAnswer.status, unscopedAnswer.text], [401, refusals.missingScope])
  })

  test('403: another location', async () => {
    const otherPath = `/locations/${demo.otherLocation.locationId}/timezones`
    const { status, text } = await server.ask('GET', otherPath)
    assert.deepEqual([status, text], [403, refusals.otherLocation])
  })
})
