import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { contactNotFound, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'

const path = `/contacts/${demo.contactId}/followers`
const [first = '', second = ''] = demo.followers

describe('the followers of a contact', () => {
  const server = testServer()

  test('201 and 200: added and removed once each, in order, with one event', async () => {
    await server.newEvents()
    const add = await server.ask('POST', path, { body: { followers: [second, first, second] } })
    assert.equal(add.status, 201)
    assert.deepEqual(add.body, { followers: [second, first], followersAdded: [second, first] })
    const again = await server.ask('POST', path, { body: { followers: [first] } })
    assert.deepEqual(again.body, { followers: [second, first], followersAdded: [] })
    const remove = await server.ask('DELETE', path, { body: { followers: [second, 'nobody'] } })
    assert.equal(remove.status, 200)
    assert.deepEqual(remove.body, { followers: [first], followersRemoved: [second] })
    const types = (await server.newEvents()).map(({ type }) => type)
    assert.deepEqual(types, ['ContactUpdate', 'ContactUpdate'])
  })

  test('422 and 400: strangers, and a contact that is not there', async () => {
    const { text } = await server.ask('POST', path, { body: { followers: ['nobody'] } })
    assert.equal(text, unprocessable('User with id nobody not found'))
    for (const method of ['POST', 'DELETE']) {
      const body = { followers: [first] }
      const missing = await server.ask(method, '/contacts/missing/followers', { body })
      assert.equal(missing.text, contactNotFound('missing'))
    }
  })
})
