import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { badRequest, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { create, find, lostReasonNotFound, path } from './rows.ts'

describe('update-lost-reason', () => {
  const server = testServer()
  const { price } = demo.lostReasonIds
  const rename = (id: string, name: string, options = {}) =>
    server.ask('PUT', `${path}/${id}`, { body: { name }, ...options })

  test('200: another name, its own in other letters too; no event tells', async () => {
    await server.newEvents()
    for (const name of ['Too dear', 'TOO DEAR', 'Too dear']) {
      server.now = new Date(server.now.getTime() + 60_000)
      const answer = await rename(price, name)
      assert.equal(answer.status, 200)
      const row = {
        id: price,
        name,
        locationId: demo.locationId,
        createdAt: '2026-01-05T15:00:00.000Z',
        updatedAt: server.now.toISOString(),
      }
      assert.equal(answer.text, JSON.stringify(row))
    }
    assert.equal((await find(server, '&name=Too dear')).total, 1)
    assert.deepEqual(await server.newEvents(), [])
  })

  test('400: a name that another has', async () => {
    const answer = await rename(price, 'no ANSWER')
    assert.equal(answer.status, 400)
    assert.equal(answer.text, badRequest('A lost reason with this name already exists.'))
  })

  test('404: one that is not there, one of another location, and a deleted one', async () => {
    const { privateIntegrationToken: token } = demo.otherLocation
    assert.equal((await rename('no-such-reason', 'X')).text, lostReasonNotFound)
    assert.equal((await rename(price, 'X', { token })).text, lostReasonNotFound)
    const { body } = await create(server, 'Gone')
    await server.ask('DELETE', `${path}/${body.id}`)
    const answer = await rename(String(body.id), 'X')
    assert.equal(answer.status, 404)
    assert.equal(answer.text, lostReasonNotFound)
  })

  test('422: no name', async () => {
    const answer = await server.ask('PUT', `${path}/${price}`, { body: {} })
    assert.equal(answer.status, 422)
    assert.equal(answer.text, unprocessable('name must be a string', 'name should not be empty'))
  })
})
