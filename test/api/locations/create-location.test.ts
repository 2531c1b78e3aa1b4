import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { countries } from '../../../src/resource/countries.ts'
import { asAgency, createUnrelatedAgency, refusals, tokenWith } from '../companies/agencies.ts'
import { notOneOf } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { profile, prospectInfo, secrets, settings } from './rows.ts'

const path = '/locations/'
const minimalBody = { name: 'Mark Shoes', companyId: demo.companyId }

describe('create-location', () => {
  const server = testServer()

  const create = (body: object) => server.ask('POST', path, { ...asAgency, body })

  test('200: with a name alone, and its event', async () => {
    await server.newEvents()
    const { status, body } = await create(minimalBody)
    assert.equal(status, 200)
    assert.match(String(body.id), /^[0-9A-Za-z]{20}$/)
    assert.deepEqual(body, { ...minimalBody, id: body.id, timezone: 'UTC', settings, social: {} })
    assert.deepEqual(await server.newEvents(), [
      { type: 'LocationCreate', payload: { ...minimalBody, id: body.id, email: null } },
    ])
  })

  test('200: every field is read back; secrets are kept nowhere', async () => {
    const body = { ...minimalBody, ...profile, prospectInfo, ...secrets, snapshotId: 'snapshot' }
    const created = await create(body)
    assert.equal(created.status, 200)
    const { id } = created.body
    const { email, firstName, lastName } = prospectInfo
    const shown = { ...profile, settings: { saasSettings: {}, ...profile.settings } }
    assert.deepEqual(created.body, { id, ...minimalBody, email, ...shown })
    const [event] = await server.newEvents()
    assert.deepEqual(event?.payload, { id, ...minimalBody, email })
    const { settings: _, social: __, phone: ___, ...business } = profile
    const read = await server.ask('GET', `/locations/${id}`, asAgency)
    assert.deepEqual(read.body.location, {
      ...created.body,
      firstName,
      lastName,
      business: { name: minimalBody.name, ...business },
    })
    const [row] = await server.db.query<{ text: string }>(sql`
      select to_jsonb(l)::text as text from locations l where l.location_id = ${id}`)
    assert.doesNotMatch(row?.text ?? '', /secret|snapshot/)
  })

  test('200: null counts as left out, and the agency’s time zone as the location’s', async () => {
    await server.db.query(sql`
      update companies set timezone = 'Europe/Vienna' where id = ${demo.companyId}`)
    const { status, body } = await create({
      ...minimalBody,
      phone: null,
      country: null,
      timezone: null,
      prospectInfo: null,
      settings: { allowDuplicateContact: null, crmSettings: null },
      social: { yelp: null },
    })
    assert.equal(status, 200)
    const { id } = body
    assert.deepEqual(body, { ...minimalBody, id, timezone: 'Europe/Vienna', settings, social: {} })
  })

  test('200: the location works, and has no pipeline yet', async () => {
    const { body } = await create(minimalBody)
    const locationId = String(body.id)
    const token = await tokenWith(server, { locationId })
    const pipelinesAnswer = await server.ask(
      'GET',
      `/opportunities/pipelines?locationId=${locationId}`,
      {
        token,
      },
    )
    assert.deepEqual([pipelinesAnswer.status, pipelinesAnswer.body], [200, { pipelines: [] }])
    const locationAnswer = await server.ask('GET', `/locations/${locationId}`, { token })
    assert.equal(locationAnswer.status, 200)
  })

  test('401: a location’s token, and an agency’s without the scope', async () => {
    const locationAnswer = await server.ask('POST', path, { body: minimalBody })
    assert.deepEqual([locationAnswer.status, locationAnswer.text], [401, refusals.notForLocations])
    const token = await tokenWith(server, { allowedScopes: ['locations.readonly'] })
    const unscopedAnswer = await server.ask('POST', path, { token, body: minimalBody })
    assert.deepEqual([unscopedAnswer.status, unscopedAnswer.text], [401, refusals.missingScope])
  })

  test('403: another company', async () => {
    const { companyId } = await createUnrelatedAgency(server)
    await server.newEvents()
    for (const otherCompanyId of [companyId, 'nobody-knows-me']) {
      const { status, text } = await create({ ...minimalBody, companyId: otherCompanyId })
      assert.deepEqual([status, text], [403, refusals.otherCompany])
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('422: what is missing, of another form, or not in the contract', async () => {
    await server.newEvents()
    const refusedBodies: [object, string[]][] = [
      [
        {},
        [
          'name must be a string',
          'name should not be empty',
          'companyId must be a string',
          'companyId should not be empty',
        ],
      ],
      [{ ...minimalBody, name: ' ' }, ['name should not be empty']],
      [{ ...minimalBody, country: 'USA' }, [notOneOf('country', ...countries)]],
      [{ ...minimalBody, timezone: 'Mars/Olympus' }, ['timezone must be a valid IANA time-zone']],
      [{ ...minimalBody, timezone: '+05:00' }, ['timezone must be a valid IANA time-zone']],
      [{ ...minimalBody, email: 'a@b.example' }, ['property email should not exist']],
      [{ ...minimalBody, business: {} }, ['property business should not exist']],
      [{ ...minimalBody, settings: { x: 1 } }, ['settings.property x should not exist']],
      [
        { ...minimalBody, settings: { allowDuplicateContact: 'yes' } },
        ['settings.allowDuplicateContact must be a boolean value'],
      ],
      [
        { ...minimalBody, settings: { contactUniqueIdentifiers: ['name'] } },
        [notOneOf('each value in settings.contactUniqueIdentifiers', 'email', 'phone')],
      ],
      [{ ...minimalBody, social: { myspace: 'x' } }, ['social.property myspace should not exist']],
      [
        { ...minimalBody, prospectInfo: { firstName: 'a', lastName: 'b' } },
        ['prospectInfo.email must be a string'],
      ],
      [{ ...minimalBody, twilio: { sid: 'x' } }, ['twilio.authToken must be a string']],
    ]
    for (const [body, message] of refusedBodies) {
      const answer = await create(body)
      assert.equal(answer.status, 422)
      assert.deepEqual(answer.body.message, message)
    }
    assert.deepEqual(await server.newEvents(), [])
  })
})
