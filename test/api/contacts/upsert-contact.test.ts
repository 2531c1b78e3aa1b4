import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { badRequest } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { type Sent, setLocation } from './rows.ts'

const { locationId } = demo

describe('upsert-contact', () => {
  const server = testServer()
  const upsert = (body: Sent) =>
    server.ask('POST', '/contacts/upsert', { body: { locationId, ...body } })
  const upserted = async (body: Sent) => {
    const { status, body: answer } = await upsert(body)
    assert.equal(status, 200)
    return { isNew: answer.new, contact: answer.contact as Sent }
  }

  // UPSTREAM: behaviour-contacts.md §1.2, behaviour.md §4.2
  test('200: creates, then changes the same one, and what is left out stays', async () => {
    await server.newEvents()
    const sent = { email: 'u@up.example', firstName: 'Una', source: 's', tags: ['a'], gender: 'f' }
    const made = await upserted(sent)
    assert.equal(made.isNew, true)
    assert.deepEqual([made.contact.deleted, made.contact.validEmail], [false, null])
    const again = await upserted({ email: 'U@up.example', city: 'Rome', tags: ['b'], gender: 'm' })
    assert.equal(again.isNew, false)
    const { id, firstName, source, tags, city, gender, assignedTo } = again.contact
    assert.deepEqual(
      { id, firstName, source, tags, city, gender, assignedTo },
      {
        id: made.contact.id,
        firstName: 'Una',
        source: 's',
        tags: ['b'],
        city: 'Rome',
        gender: 'f',
        assignedTo: undefined,
      },
    )
    assert.ok(!('deleted' in again.contact))
    const types = (await server.newEvents()).map(({ type }) => type)
    assert.deepEqual(types, ['ContactCreate', 'ContactUpdate', 'ContactTagUpdate'])
    assert.equal((await upserted({ email: 'u@up.example' })).isNew, false)
    assert.deepEqual(await server.newEvents(), [])
  })

  test('200: by e-mail and phone of two contacts, the first key wins and the other stays', async () => {
    const one = (await upserted({ email: 'one@up.example' })).contact
    const two = (await upserted({ phone: '+12125550101' })).contact
    const both = { email: 'one@up.example', phone: '(212) 555-0101', city: 'Oslo' }
    const byEmail = await upserted(both)
    assert.deepEqual([byEmail.contact.id, byEmail.contact.phone], [one.id, undefined])
    await setLocation(server, { identifiers: ['phone', 'email'] })
    const byPhone = await upserted(both)
    assert.deepEqual([byPhone.contact.id, byPhone.contact.email], [two.id, undefined])
    await setLocation(server, {})
  })

  test('200: createNewIfDuplicateAllowed makes another only where the location allows it', async () => {
    const body = { email: 'dup@up.example', createNewIfDuplicateAllowed: true }
    const made = await upserted(body)
    assert.equal((await upserted(body)).isNew, false)
    await setLocation(server, { allowsDuplicate: true })
    assert.equal((await upserted(body)).isNew, true)
    const plain = await upserted({ email: 'dup@up.example' })
    assert.deepEqual([plain.isNew, plain.contact.id], [false, made.contact.id])
    await setLocation(server, {})
  })

  // UPSTREAM: behaviour-contacts.md §3.3
  test('200: an additional address or number finds its contact, and stays additional', async () => {
    const { contact } = await upserted({ email: 'main@up.example' })
    await server.db.query(sql`
      update contacts set additional_emails = '[{"email": "second@up.example"}]',
        additional_phones = '[{"phone": "+12125550177", "phoneLabel": null}]'
      where location_id = ${locationId} and id = ${String(contact.id)}`)
    for (const key of [{ email: 'Second@up.example' }, { phone: '212 555 0177' }]) {
      const found = await upserted({ ...key, city: 'Bern' })
      assert.deepEqual([found.isNew, found.contact.id], [false, contact.id])
      assert.deepEqual([found.contact.email, found.contact.phone], ['main@up.example', undefined])
    }
  })

  // UPSTREAM: behaviour-contacts.md §3.1, the verbatim body; an empty one counts as not given
  test('400: neither e-mail nor phone', async () => {
    for (const keys of [{}, { email: '', phone: '' }, { email: null }, { firstName: 'A' }]) {
      const { status, text } = await upsert(keys)
      assert.equal(status, 400)
      assert.equal(text, badRequest('Pass at least one of number, email query parameter'))
    }
  })

  test('200: of 64 at once one creates and all others change, duplicates allowed or not', async () => {
    for (const allowsDuplicate of [false, true]) {
      await setLocation(server, { allowsDuplicate })
      const email = `race${allowsDuplicate}@up.example`
      const all = await Promise.all(
        Array.from({ length: 64 }, (_, i) => upserted({ email, city: `City ${i}` })),
      )
      assert.equal(all.filter(({ isNew }) => isNew).length, 1)
      assert.equal(new Set(all.map(({ contact }) => contact.id)).size, 1)
    }
    await setLocation(server, {})
  })
})
