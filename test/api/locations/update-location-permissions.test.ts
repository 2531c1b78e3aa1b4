import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { locationPermissions } from '../../../src/api/locations/shapes.ts'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency, createUnrelatedAgency, refusals, tokenWith } from '../companies/agencies.ts'
import { notOneOf } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { riverside } from './rows.ts'

const path = `/locations/${demo.locationId}/permissions`

describe('update-location-permissions', () => {
  const server = testServer()

  const put = (permissions: unknown, address = path) =>
    server.ask('PUT', address, { ...asAgency, version: 'v3', body: { permissions } })

  test('200: what was said, each once, and its event', async () => {
    await server.newEvents()
    const answer = await put(['crm', 'workflow', 'crm'])
    assert.deepEqual([answer.status, answer.text], [200, '{"permissions":["crm","workflow"]}'])
    const read = await server.ask('GET', path, asAgency)
    assert.equal(read.text, '{"permissions":["crm","workflow"]}')
    const { id, name, email } = riverside
    assert.deepEqual(await server.newEvents(), [
      { type: 'LocationUpdate', payload: { id, companyId: demo.companyId, name, email } },
    ])
  })

  test('200: none at all', async () => {
    assert.equal((await put([])).text, '{"permissions":[]}')
    assert.equal((await server.ask('GET', path, asAgency)).text, '{"permissions":[]}')
  })

  test('401: a location’s token, and an agency’s without the scope', async () => {
    const body = { permissions: [] }
    const locationAnswer = await server.ask('PUT', path, { body })
    assert.deepEqual([locationAnswer.status, locationAnswer.text], [401, refusals.notForLocations])
    const token = await tokenWith(server, { allowedScopes: ['locations.readonly'] })
    const unscopedAnswer = await server.ask('PUT', path, { token, body })
    assert.deepEqual([unscopedAnswer.status, unscopedAnswer.text], [401, refusals.missingScope])
  })

  test('403: a location that is not the agency’s, whether there is one or not', async () => {
    const unrelatedAgency = await createUnrelatedAgency(server)
    await server.newEvents()
    for (const id of [unrelatedAgency.locationId, 'nobody-knows-me']) {
      const { status, text } = await put([], `/locations/${id}/permissions`)
      assert.deepEqual([status, text], [403, refusals.otherLocation])
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('422: a permission that there is not, or no list', async () => {
    await server.newEvents()
    const refusedBodies: [unknown, string][] = [
      [['flying'], notOneOf('each value in permissions', ...locationPermissions)],
      ['crm', 'permissions must be an array'],
      [undefined, 'permissions must be an array'],
    ]
    for (const [permissions, message] of refusedBodies) {
      const { status, body } = await put(permissions)
      assert.deepEqual([status, body.message], [422, [message]])
    }
    assert.deepEqual(await server.newEvents(), [])
  })
})
