import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency, refusals, strangers, tokenWith } from '../companies/agencies.ts'
import { testServer } from '../test-server.ts'

const path = `/locations/${demo.locationId}/permissions`

describe('get-location-permissions', () => {
  const server = testServer()

  test('200: all of them, until it was said', async () => {
    for (const version of ['v3', '2021-07-28']) {
      const { status, body } = await server.ask('GET', path, { ...asAgency, version })
      assert.equal(status, 200)
      const permissions = body.permissions as string[]
      assert.equal(permissions.length, 25)
      assert.ok(permissions.includes('opportunities') && permissions.includes('launchpad'))
    }
  })

  test('401: a location’s token, and an agency’s without the scope', async () => {
    const ofLocation = await server.ask('GET', path)
    assert.deepEqual([ofLocation.status, ofLocation.text], [401, refusals.notForLocations])
    const token = await tokenWith(server, { may: ['locations.readonly'] })
    const without = await server.ask('GET', path, { token })
    assert.deepEqual([without.status, without.text], [401, refusals.missingScope])
  })

  test('403: a location that is not the agency’s, whether there is one or not', async () => {
    const other = await strangers(server)
    for (const id of [other.locationId, 'nobody-knows-me']) {
      const { status, text } = await server.ask('GET', `/locations/${id}/permissions`, asAgency)
      assert.deepEqual([status, text], [403, refusals.otherLocation])
    }
  })
})
