import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency, createUnrelatedAgency, refusals, tokenWith } from '../companies/agencies.ts'
import { testServer } from '../test-server.ts'

const { companyId } = demo

describe('delete-location', () => {
  const server = testServer()

  const remove = (id: unknown, query = '?deleteTwilioAccount=false') =>
    server.ask('DELETE', `/locations/${id}${query}`, asAgency)

  async function makeLocation(): Promise<string> {
    const body = { name: 'Short', companyId }
    const answer = await server.ask('POST', '/locations/', { ...asAgency, body })
    await server.newEvents()
    return String(answer.body.id)
  }

  test('200: it is gone from everywhere, and its tokens with it', async () => {
    const id = await makeLocation()
    const token = await tokenWith(server, { locationId: id })
    const { status, text } = await remove(id)
    assert.equal(status, 200)
    assert.equal(text, `{"success":true,"message":"Deleted location with id: ${id}"}`)
    assert.deepEqual(await server.newEvents(), [])
    const read = await server.ask('GET', `/locations/${id}`, asAgency)
    assert.deepEqual([read.status, read.text], [403, refusals.otherLocation])
    const changed = await server.ask('PUT', `/locations/${id}`, {
      ...asAgency,
      body: { companyId, name: 'x' },
    })
    assert.deepEqual([changed.status, changed.text], [403, refusals.otherLocation])
    const allowed = await server.ask('GET', `/locations/${id}/permissions`, asAgency)
    assert.deepEqual([allowed.status, allowed.text], [403, refusals.otherLocation])
    const repeatedAnswer = await remove(id)
    assert.deepEqual([repeatedAnswer.status, repeatedAnswer.text], [403, refusals.otherLocation])
    const { body } = await server.ask('GET', '/locations/search?limit=100', asAgency)
    assert.ok(!(body.locations as { id: string }[]).some((location) => location.id === id))
    const ownTokenAnswer = await server.ask('GET', `/locations/${id}`, { token })
    assert.equal(
      ownTokenAnswer.text,
      '{"statusCode":401,"message":"Invalid Private Integration token"}',
    )
  })

  test('200: under v3 and with deleteTwilioAccount=true alike', async () => {
    const id = await makeLocation()
    const address = `/locations/${id}?deleteTwilioAccount=true`
    const { status } = await server.ask('DELETE', address, { ...asAgency, version: 'v3' })
    assert.equal(status, 200)
  })

  test('200: whoever worked there does so no more, and stays a user', async () => {
    const id = await makeLocation()
    const userId = demo.userIds[2]
    const body = { companyId, locationIds: [demo.locationId, id] }
    await server.ask('PUT', `/users/${userId}`, { ...asAgency, body })
    await remove(id)
    const user = await server.ask('GET', `/users/${userId}`, asAgency)
    const { locationIds } = user.body.roles as { locationIds: string[] }
    assert.deepEqual(locationIds, [demo.locationId])
  })

  test('401: a location’s token, and an agency’s without the scope', async () => {
    const path = `/locations/${demo.locationId}?deleteTwilioAccount=false`
    const locationAnswer = await server.ask('DELETE', path)
    assert.deepEqual([locationAnswer.status, locationAnswer.text], [401, refusals.notForLocations])
    const token = await tokenWith(server, { allowedScopes: ['locations.readonly'] })
    const unscopedAnswer = await server.ask('DELETE', path, { token })
    assert.deepEqual([unscopedAnswer.status, unscopedAnswer.text], [401, refusals.missingScope])
    assert.equal((await server.ask('GET', `/locations/${demo.locationId}`)).status, 200)
  })

  test('403: a location that is not the agency’s, whether there is one or not', async () => {
    const unrelatedAgency = await createUnrelatedAgency(server)
    for (const id of [unrelatedAgency.locationId, 'nobody-knows-me']) {
      const { status, text } = await remove(id)
      assert.deepEqual([status, text], [403, refusals.otherLocation])
    }
    const { token } = unrelatedAgency
    assert.equal(
      (await server.ask('GET', `/locations/${unrelatedAgency.locationId}`, { token })).status,
      200,
    )
  })

  test('422: without deleteTwilioAccount', async () => {
    const refusedQueries = [
      ['', 'deleteTwilioAccount must be a boolean value: true or false'],
      ['?deleteTwilioAccount=maybe', 'deleteTwilioAccount must be a boolean value: true or false'],
    ]
    for (const [query, message] of refusedQueries) {
      const { status, body } = await remove(demo.locationId, query)
      assert.deepEqual([status, body.message], [422, [message]])
    }
    assert.equal((await server.ask('GET', `/locations/${demo.locationId}`)).status, 200)
  })
})
