import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { idPattern, type Sent, setLocation } from './rows.ts'

const { locationId } = demo

describe('create-contact', () => {
  const server = testServer()
  const create = (body: Sent, version = '2021-07-28') =>
    server.ask('POST', '/contacts/', { body: { locationId, ...body }, version })

  // UPSTREAM: behaviour-contacts.md §1.2
  test('201: what the least of a body makes, and its event', async () => {
    await server.newEvents()
    const { status, body } = await create({ email: ' Ada@Lovelace.Example ' })
    assert.equal(status, 201)
    const { id, createdBy, ...contact } = body.contact as Sent
    assert.match(String(id), idPattern)
    const [{ id: sourceId } = { id: '' }] = await server.db.query<{ id: string }>(sql`
      select private_integration_id as id from private_integration_tokens t
      join private_integrations i on i.id = t.private_integration_id
      where i.location_id = ${locationId}`)
    const timestamp = '2026-03-01T12:00:00.000Z'
    assert.deepEqual(createdBy, { source: 'INTEGRATION', channel: 'OAUTH', sourceId, timestamp })
    assert.deepEqual(contact, {
      dateAdded: timestamp,
      dateUpdated: timestamp,
      deleted: false,
      tags: [],
      type: 'lead',
      customFields: [],
      locationId,
      email: 'ada@lovelace.example',
      emailLowerCase: 'ada@lovelace.example',
      bounceEmail: false,
      unsubscribeEmail: false,
      country: 'US',
      lastUpdatedBy: createdBy,
      lastSessionActivityAt: timestamp,
      validEmail: null,
      validEmailDate: null,
      followers: [],
      additionalEmails: [],
      additionalPhones: [],
    })
    const [event, ...others] = await server.newEvents()
    assert.deepEqual(others, [])
    assert.deepEqual(event, {
      type: 'ContactCreate',
      payload: {
        locationId,
        id,
        address1: null,
        city: null,
        state: null,
        companyName: null,
        country: 'US',
        source: null,
        dateAdded: timestamp,
        dateOfBirth: null,
        dnd: false,
        email: 'ada@lovelace.example',
        name: null,
        firstName: null,
        lastName: null,
        phone: null,
        postalCode: null,
        tags: [],
        website: null,
        attachments: [],
        assignedTo: null,
        customFields: [],
      },
    })
  })

  test('201: all that a body may say comes back, and v3 has its own spelling', async () => {
    const sent = {
      firstName: 'Grace',
      lastName: 'Hopper',
      email: 'grace@navy.example',
      phone: '(212) 555-0188',
      address1: '1 Pier',
      city: 'New York',
      state: 'NY',
      postalCode: '10001',
      website: 'navy.example',
      timezone: 'America/New_York',
      dnd: true,
      dndSettings: { SMS: { status: 'active', message: 'm', code: '1' } },
      inboundDndSettings: { all: { status: 'inactive' } },
      tags: ['VIP', ' vip ', 'a:b_c-1', ''],
      source: 'public api',
      dateOfBirth: '12_09_1906',
      country: 'us',
      gender: 'female',
      companyName: 'Navy',
      assignedTo: demo.userIds[1],
    }
    const { body } = await create(sent)
    const contact = body.contact as Sent
    const expected = {
      ...sent,
      phone: '+12125550188',
      tags: ['vip', 'a:b_c-1'],
      dateOfBirth: '1906-12-09',
      country: 'US',
      firstNameLowerCase: 'grace',
      lastNameLowerCase: 'hopper',
      fullNameLowerCase: 'grace hopper',
    }
    for (const [name, value] of Object.entries(expected)) {
      assert.deepEqual(contact[name], value, name)
    }
    const read = await server.ask('GET', `/contacts/${contact.id}`, { version: 'v3' })
    const { name, dndSettings } = read.body.contact as Sent
    assert.deepEqual(
      { name, dndSettings },
      {
        name: 'Grace Hopper',
        dndSettings: { sms: sent.dndSettings.SMS },
      },
    )
  })

  test('201: names, phones and dates in what spellings clients have', async () => {
    const cases: [Sent, Sent][] = [
      [
        { name: 'Ada King Lovelace', email: 'a1@b.example' },
        { firstName: 'Ada', lastName: 'King Lovelace' },
      ],
      [
        { name: 'X Y', firstName: 'Z' },
        { firstName: 'Z', lastName: 'Y' },
      ],
      [{ firstName: 'P', phone: '+178655689546' }, { phone: '+178655689546' }],
      [{ firstName: 'P', phone: '+44 20 7946 0958' }, { phone: '+442079460958' }],
      [{ firstName: 'P', phone: '020 7946 0959', country: 'GB' }, { phone: '+442079460959' }],
      [{ firstName: 'P', phone: 'no number' }, { phone: undefined }],
      [{ firstName: 'P', phone: '' }, { phone: undefined }],
      [{ firstName: 'P', dateOfBirth: '1990/09/25' }, { dateOfBirth: '1990-09-25' }],
      [{ firstName: 'P', dateOfBirth: '09.25.1990' }, { dateOfBirth: '1990-09-25' }],
      [{ firstName: 'P', dateOfBirth: '1990_09_25' }, { dateOfBirth: '1990-09-25' }],
      [
        { firstName: 'P', city: '', tags: null, customFields: null, dnd: null },
        { city: undefined },
      ],
    ]
    for (const [sent, expected] of cases) {
      const { status, body } = await create(sent)
      assert.equal(status, 201, JSON.stringify(sent))
      for (const [name, value] of Object.entries(expected)) {
        assert.deepEqual((body.contact as Sent)[name], value, JSON.stringify(sent))
      }
    }
    assert.ok(server.logged.some((line) => line.includes('a phone number is none')))
  })

  // UPSTREAM: behaviour-contacts.md §3.1: one text, not a list; `name` does not count
  test('422: nothing that identifies, and nothing is written', async () => {
    await server.newEvents()
    for (const sent of [{}, { name: null }, { email: null, phone: '' }, { city: 'Berlin' }]) {
      const { status, text } = await create(sent)
      assert.equal(status, 422)
      assert.equal(
        text,
        '{"message":"Contacts without email, phone, firstName and lastName are not allowed.",' +
          '"error":"Unprocessable Entity","statusCode":422}',
      )
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('422: what is wrong in a body, all of it at once', async () => {
    const wrong = { email: '', timezone: '+02:00', country: 'Germany', dateOfBirth: '' }
    assert.equal(
      (await create({ firstName: 'A', ...wrong })).text,
      unprocessable(
        'email must be an email',
        'country must be a valid enum value',
        'timezone must be a valid IANA time-zone',
        'dateOfBirth must be a valid date',
      ),
    )
    for (const name of ['additionalEmails', 'type', 'id', 'contactId']) {
      const { text } = await create({ firstName: 'A', [name]: 'x' })
      assert.equal(text, unprocessable(`property ${name} should not exist`))
    }
    const { text } = await create({ firstName: 'A', customFields: { a: 'b' } })
    assert.equal(text, unprocessable('customFields must be an array'))
  })

  test('400: a stranger cannot be assigned', async () => {
    const { status, text } = await create({ firstName: 'A', assignedTo: 'nobody' })
    assert.equal(status, 400)
    assert.match(text, /"message":"The assigned to field is invalid"/)
  })

  // UPSTREAM: behaviour.md §1.5
  test('400: an address or number that another has; the one found first by the order', async () => {
    await server.newEvents()
    const first = (await create({ email: 'one@dup.example', firstName: 'One' })).body
      .contact as Sent
    const second = (await create({ phone: '+12125550001' })).body.contact as Sent
    await server.newEvents()
    const refusal = (contact: Sent, contactName: string | null, matchingField: string) =>
      JSON.stringify({
        statusCode: 400,
        message: 'This location does not allow duplicated contacts.',
        meta: { contactId: contact.id, contactName, matchingField },
      })
    const both = { email: 'ONE@dup.example', phone: '212-555-0001' }
    assert.equal((await create(both)).text, refusal(first, 'One', 'email'))
    assert.equal((await create({ phone: both.phone })).text, refusal(second, null, 'phone'))
    await setLocation(server, { identifiers: ['phone', 'email'] })
    assert.equal((await create(both)).text, refusal(second, null, 'phone'))
    await setLocation(server, { identifiers: ['email'] })
    assert.equal((await create({ phone: both.phone })).status, 201)
    await setLocation(server, { allowsDuplicate: true })
    assert.equal((await create(both)).status, 201)
    await setLocation(server, {})
    assert.equal((await server.newEvents()).length, 2)
  })

  test('201 and 400: of 24 at once with one address one is made', async () => {
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => create({ email: 'race@dup.example' })),
    )
    const statuses = answers.map(({ status }) => status).sort()
    assert.deepEqual(statuses, [201, ...Array.from({ length: 23 }, () => 400)])
  })

  test('201: custom fields in every shape that clients send; unknown ones are ignored', async () => {
    await server.db.query(sql`
      insert into custom_fields (location_id, id, model, name, field_key, data_type, created_at,
        updated_at)
      values (${locationId}, 'cf1', 'contact', 'One', 'contact.one', 'TEXT', now(), now()),
        (${locationId}, 'cf2', 'contact', 'Two', 'contact.two', 'TEXT', now(), now()),
        (${locationId}, 'cf3', 'contact', 'Three', 'contact.three', 'TEXT', now(), now())`)
    const customFields = [
      { id: 'cf1', field_value: 'a' },
      { key: 'two', value: 'b' },
      { key: 'contact.three', fieldValue: 'c' },
      { id: 'missing', field_value: 'd' },
      { key: 'how_soon', field_value: 'e' },
    ]
    const { status, body } = await create({ firstName: 'C', customFields })
    assert.equal(status, 201)
    assert.deepEqual((body.contact as Sent).customFields, [
      { id: 'cf1', value: 'a' },
      { id: 'cf2', value: 'b' },
      { id: 'cf3', value: 'c' },
    ])
    assert.ok(server.logged.some((line) => line.includes('unknown custom fields are ignored')))
  })
})
