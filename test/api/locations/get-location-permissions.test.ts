import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency, createUnrelatedAgency, refusals, tokenWith } from '../companies/agencies.ts'
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
    const locationAnswer = await server.ask('GET', path)
    assert.deepEqual([locationAnswer.status, locationAnswer.text], [401, refusals.notForLocations])
    const token = await tokenWith(server, { allowedScopes: ['locations.readonly'] })
    const unscopedAnswer = await server.ask('GET', path, { token })
    assert.deepEqual([unscopedAnswer.status, unscopedAnswer.text], [401, refusals.missingScope])
  })

  test('403: a location that is not the agency’s, whether there is one or not', async () => {
    const unrelatedAgency = await createUnrelatedAgency(server)
    for (const id of [unrelatedAgency.locationId, 'nobody-knows-me']) {
      const { status, text } = await server.ask('GET', `/locations/${id}/permissions`, asAgency)
      assert.deepEqual([status, text], [403, refusals.otherLocation])
    }
  })
})
