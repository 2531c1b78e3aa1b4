import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { contactNotFound } from '../refusals.ts'
import { testServer } from '../test-server.ts'

const path = `/contacts/${demo.contactId}`

const contact = {
  id: demo.contactId,
  dateAdded: '2026-01-05T15:00:00.000Z',
  type: 'lead',
  locationId: demo.locationId,
  firstName: 'Jordan',
  firstNameLowerCase: 'jordan',
  fullNameLowerCase: 'jordan blake',
  lastName: 'Blake',
  lastNameLowerCase: 'blake',
  email: 'jordan@blakepartners.example',
  emailLowerCase: 'jordan@blakepartners.example',
  phone: '+15555550100',
  source: 'public api',
  companyName: 'Blake & Partners',
  followers: [],
  tags: ['lead'],
  dateUpdated: '2026-01-05T15:00:00.000Z',
  customFields: [],
  additionalEmails: [],
  additionalPhones: [],
}

describe('get-contact', () => {
  const server = testServer()

  // UPSTREAM: behaviour-contacts.md §1.1, the members of recorded rows
  test('200: what is set, and no member more', async () => {
    const answer = await server.ask('GET', path)
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, { contact })
  })

  test('200: with the slash of n8n, and with the location in the query', async () => {
    for (const address of [`${path}/`, `${path}?locationId=${demo.locationId}`]) {
      assert.deepEqual((await server.ask('GET', address)).body, { contact })
    }
  })

  // UPSTREAM: behaviour-contacts.md §9: v3 has `name`, and other names of channels
  test('200: v3 names the contact, and the channels as it does', async () => {
    await server.db.query(sql`
      update contacts set dnd_settings = '{"SMS": {"status": "permanent", "message": "STOP_KEYWORD"}}'
      where location_id = ${demo.locationId} and id = ${demo.contactId}`)
    const v2 = (await server.ask('GET', path)).body.contact as object
    const v3 = (await server.ask('GET', path, { version: 'v3' })).body.contact as object
    const setting = { status: 'permanent', message: 'STOP_KEYWORD' }
    assert.deepEqual(v2, { ...contact, dndSettings: { SMS: setting } })
    assert.deepEqual(v3, { ...contact, name: 'Jordan Blake', dndSettings: { sms: setting } })
  })

  test('400: one that is not there, that was deleted, or that is of another location', async () => {
    const missing = await server.ask('GET', '/contacts/missing')
    assert.equal(missing.status, 400)
    assert.equal(missing.text, contactNotFound('missing'))
    const [other] = await server.db.query<{ id: string }>(sql`
      select id from contacts where location_id = ${demo.otherLocation.locationId}`)
    await server.db.query(sql`
      update contacts set deleted_at = now()
      where location_id = ${demo.locationId} and id = ${demo.contactId}`)
    for (const id of [demo.contactId, other?.id]) {
      const answer = await server.ask('GET', `/contacts/${id}`)
      assert.equal(answer.text, contactNotFound(String(id)))
    }
  })
})
