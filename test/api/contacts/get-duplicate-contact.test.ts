import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { badRequest } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { type Sent, setLocation } from './rows.ts'

const maya = 'byMEV0NQinDhq8ZfiOi2'
const jordan = demo.contactId

describe('get-duplicate-contact', () => {
  const server = testServer()
  const find = (query: string) =>
    server.ask('GET', `/contacts/search/duplicate?locationId=${demo.locationId}&${query}`)
  const foundId = async (query: string) => {
    const { status, body } = await find(query)
    assert.equal(status, 200)
    return body.contact && (body.contact as Sent).id
  }

  // UPSTREAM: behaviour-contacts.md §1.6; `phone` is sent by clients
  test('200: by address or number, in whatever spelling, or null', async () => {
    for (const query of [
      'email=Maya@northwinddental.example',
      'number=%2B16125550101',
      'number=+16125550101',
      'number=(612)%20555-0101',
      'phone=%2B16125550101',
    ]) {
      assert.equal(await foundId(query), maya, query)
    }
    assert.deepEqual((await find('email=nobody@x.example')).body, { contact: null })
  })

  test('200: of two the first key of the location decides, or e-mail where duplicates may be', async () => {
    const both = 'email=maya@northwinddental.example&number=%2B15555550100'
    assert.equal(await foundId(both), maya)
    await setLocation(server, { identifiers: ['phone', 'email'] })
    assert.equal(await foundId(both), jordan)
    await setLocation(server, { identifiers: ['phone', 'email'], allowsDuplicate: true })
    assert.equal(await foundId(both), maya)
    await setLocation(server, {})
  })

  test('400: neither', async () => {
    const { status, text } = await find('')
    assert.equal(status, 400)
    assert.equal(text, badRequest('Pass at least one of number, email query parameter'))
  })
})
