import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import type { Sent } from './rows.ts'

const { locationId, contactId } = demo

describe('add-remove-contact-from-business', () => {
  const server = testServer()
  const set = (ids: readonly string[], businessId: string | null) =>
    server.ask('POST', '/contacts/bulk/business', { body: { locationId, ids, businessId } })
  const businessOf = async () =>
    ((await server.ask('GET', `/contacts/${contactId}`)).body.contact as Sent).businessId

  test('200: sets the business of those that are there, and null takes it off', async () => {
    await server.newEvents()
    const businessId = '63771dcac1116f0e21de8e12'
    const { status, body } = await set([contactId, 'missing', contactId], businessId)
    assert.equal(status, 200)
    assert.deepEqual(body, { success: true, ids: [contactId] })
    assert.equal(await businessOf(), businessId)
    assert.deepEqual((await set([contactId], null)).body, { success: true, ids: [contactId] })
    assert.equal(await businessOf(), undefined)
    const types = (await server.newEvents()).map(({ type }) => type)
    assert.deepEqual(types, ['ContactUpdate', 'ContactUpdate'])
  })

  test('422: more than 50', async () => {
    assert.equal(
      (
        await set(
          Array.from({ length: 51 }, (_, i) => `c${i}`),
          null,
        )
      ).status,
      422,
    )
  })
})
