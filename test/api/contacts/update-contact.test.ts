import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { contactNotFound, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import type { Sent } from './rows.ts'

const path = `/contacts/${demo.contactId}`

describe('update-contact', () => {
  const server = testServer()
  const update = (body: Sent, version = '2021-07-28') => server.ask('PUT', path, { body, version })
  const eventTypes = async () => (await server.newEvents()).map(({ type }) => type)

  // UPSTREAM: behaviour-contacts.md §1.3, §9.4
  test('200: changes what is sent and keeps the rest, with one event', async () => {
    await server.newEvents()
    const before = (await server.ask('GET', path)).body.contact as Sent
    const { status, body } = await update({
      city: 'Dolomite',
      name: 'Jo Blake',
      email: 'JO@b.example',
    })
    assert.equal(status, 200)
    assert.equal(body.succeded, true)
    const { lastUpdatedBy, ...contact } = body.contact as Sent
    assert.deepEqual(contact, {
      ...before,
      city: 'Dolomite',
      firstName: 'Jo',
      firstNameLowerCase: 'jo',
      fullNameLowerCase: 'jo blake',
      email: 'jo@b.example',
      emailLowerCase: 'jo@b.example',
      dateUpdated: '2026-03-01T12:00:00.000Z',
    })
    assert.equal((lastUpdatedBy as Sent).channel, 'OAUTH')
    assert.deepEqual((await server.ask('GET', path)).body.contact, body.contact)
    const [event, ...others] = await server.newEvents()
    assert.deepEqual(others, [])
    assert.equal(event?.type, 'ContactUpdate')
    assert.equal(event.payload.name, 'Jo Blake')
    const v3 = await update({ city: 'Rome' }, 'v3')
    assert.deepEqual([v3.body.succeeded, v3.body.succeded], [true, undefined])
  })

  // UPSTREAM: behaviour-contacts.md §13.24
  test('200: each event at most once, and only for what it is about', async () => {
    await server.newEvents()
    const cases: [Sent, string[]][] = [
      [{ tags: ['A', 'b'] }, ['ContactTagUpdate']],
      [{ tags: ['a', 'B'] }, []],
      [{ dnd: true }, ['ContactDndUpdate']],
      [{ dndSettings: { Call: { status: 'active' } } }, ['ContactDndUpdate']],
      [{ inboundDndSettings: { all: { status: 'active' } } }, []],
      [{ timezone: 'Europe/Rome' }, ['ContactUpdate']],
      [{ timezone: 'Europe/Rome' }, []],
      [
        { state: 'AL', tags: [], dnd: false },
        ['ContactUpdate', 'ContactTagUpdate', 'ContactDndUpdate'],
      ],
      [{}, []],
    ]
    for (const [body, types] of cases) {
      assert.equal((await update(body)).status, 200)
      assert.deepEqual((await eventTypes()).sort(), types.sort(), JSON.stringify(body))
    }
  })

  // UPSTREAM: behaviour-contacts.md §10: the recorded payload
  test('200: ContactDndUpdate tells of every channel, and of nothing else', async () => {
    await server.newEvents()
    await update(
      { dnd: true, dndSettings: { email: { status: 'active', message: 'm', code: '9' } } },
      'v3',
    )
    const [event] = await server.newEvents()
    const unset = { status: 'inactive', code: '', message: '' }
    const { email, phone } = (await server.ask('GET', path)).body.contact as Sent
    assert.deepEqual(event?.payload, {
      locationId: demo.locationId,
      id: demo.contactId,
      email,
      phone,
      dnd: true,
      dndSettings: {
        Call: unset,
        Email: { status: 'active', message: 'm', code: '9' },
        SMS: unset,
        WhatsApp: unset,
        GMB: unset,
        FB: unset,
        RCS: { status: 'inactive' },
      },
    })
  })

  // UPSTREAM: behaviour-contacts.md §5
  test('400: a permanent channel fails the whole write; unchanged or left out it stays', async () => {
    const SMS = { status: 'permanent', message: 'STOP_KEYWORD' }
    await server.db.query(sql`
      update contacts set dnd_settings = ${JSON.stringify({ SMS, FB: { status: 'active' } })}
      where location_id = ${demo.locationId} and id = ${demo.contactId}`)
    const { status, text } = await update({ city: 'X', dndSettings: { SMS: { status: 'active' } } })
    assert.equal(status, 400)
    assert.equal(
      text,
      '{"statusCode":401,"message":"Not authorized to update permanent dnd setting for SMS"}',
    )
    const stored = async () => (await server.ask('GET', path)).body.contact as Sent
    assert.notEqual((await stored()).city, 'X')
    for (const sent of [{ SMS }, { Call: { status: 'active' } }]) {
      assert.equal((await update({ dndSettings: sent })).status, 200)
      assert.deepEqual((await stored()).dndSettings, { ...sent, SMS })
    }
  })

  test('200: null unsets what may be unset', async () => {
    const body = await update({ website: 'w.example', source: 's', assignedTo: demo.userIds[1] })
    assert.equal((body.body.contact as Sent).assignedTo, demo.userIds[1])
    const cleared = { website: null, source: null, assignedTo: null, phone: null, lastName: null }
    const { body: answer } = await update({ ...cleared, postalCode: null, country: null })
    for (const name of Object.keys(cleared)) {
      assert.ok(!(name in (answer.contact as Sent)), name)
    }
  })

  test('422: what the body must not have, and an empty e-mail address', async () => {
    for (const name of ['locationId', 'gender', 'additionalPhones', 'type']) {
      const { text } = await update({ [name]: 'x' })
      assert.equal(text, unprocessable(`property ${name} should not exist`))
    }
    assert.equal((await update({ email: '' })).text, unprocessable('email must be an email'))
  })

  test('400: a stranger as owner, an address that another has, and a contact that is not there', async () => {
    await server.newEvents()
    assert.match((await update({ assignedTo: 'nobody' })).text, /The assigned to field is invalid/)
    const taken = await update({ email: 'maya@northwinddental.example' })
    assert.deepEqual(taken.body, {
      statusCode: 400,
      message: 'This location does not allow duplicated contacts.',
      meta: {
        contactId: 'byMEV0NQinDhq8ZfiOi2',
        contactName: 'Maya Lindqvist',
        matchingField: 'email',
      },
    })
    const missing = await server.ask('PUT', '/contacts/missing', { body: { city: 'X' } })
    assert.equal(missing.text, contactNotFound('missing'))
    assert.deepEqual(await eventTypes(), [])
  })

  test('200: of 48 changes at once none is lost', async () => {
    const body = (i: number) =>
      i % 2 ? { city: `City ${i}` } : { customFields: [{ id: `r${i}`, value: i }] }
    await server.db.query(sql`
      insert into custom_fields (location_id, id, model, name, field_key, data_type, created_at,
        updated_at)
      select ${demo.locationId}, 'r' || i, 'contact', i::text, 'contact.r' || i, 'NUMERICAL', now(), now()
      from generate_series(0, 47) i`)
    const answers = await Promise.all(Array.from({ length: 48 }, (_, i) => update(body(i))))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    const { customFields } = (await server.ask('GET', path)).body.contact as {
      customFields: Sent[]
    }
    assert.equal(customFields.length, 24)
    assert.equal((await eventTypes()).length, 48)
  })
})
