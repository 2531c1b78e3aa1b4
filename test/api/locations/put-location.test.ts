import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency, createUnrelatedAgency, refusals, tokenWith } from '../companies/agencies.ts'
import { testServer } from '../test-server.ts'
import { profile, prospectInfo, riverside, secrets, settings } from './rows.ts'

const path = `/locations/${demo.locationId}`
const { companyId } = demo

describe('put-location', () => {
  const server = testServer()

  const put = (body: object, address = path) =>
    server.ask('PUT', address, { ...asAgency, body: { companyId, ...body } })

  test('200: nothing said, nothing changed but the time, and its event', async () => {
    await server.newEvents()
    const { status, body } = await put({})
    assert.equal(status, 200)
    assert.deepEqual(body, { ...riverside, companyId })
    const { id, name, email } = riverside
    assert.deepEqual(await server.newEvents(), [
      { type: 'LocationUpdate', payload: { id, companyId, name, email } },
    ])
    const [row] = await server.db.query<{ updatedAt: string }>(sql`
      select updated_at as "updatedAt" from locations where location_id = ${demo.locationId}`)
    assert.equal(row?.updatedAt, server.now.toISOString())
  })

  test('200: what is said changes, inside settings and social too; the rest stays', async () => {
    const first = await put({
      city: 'Linz',
      settings: { allowDuplicateContact: true, crmSettings: { deSyncOwners: true } },
      social: { yelp: 'a', twitter: 'b' },
    })
    const crmSettings = { deSyncOwners: true }
    const changed = { ...settings, allowDuplicateContact: true, crmSettings }
    const expected = { ...riverside, companyId, city: 'Linz', settings: changed }
    assert.deepEqual(first.body, { ...expected, social: { yelp: 'a', twitter: 'b' } })
    const syncFollowers = { contact: false, opportunity: true }
    const second = await put({
      name: 'Riverside',
      city: null,
      settings: {
        contactUniqueIdentifiers: ['phone', 'phone'],
        allowDuplicateContact: null,
        crmSettings: { syncFollowers },
      },
      social: { yelp: null, twitter: '' },
    })
    assert.deepEqual(second.body, {
      ...expected,
      name: 'Riverside',
      settings: {
        ...changed,
        contactUniqueIdentifiers: ['phone'],
        crmSettings: { ...crmSettings, syncFollowers },
      },
      social: { yelp: 'a', twitter: '' },
    })
  })

  test('200: every field is read back; secrets are kept nowhere', async () => {
    await server.newEvents()
    const snapshot = { id: 'snapshot', override: true }
    const changes = { name: 'Mark Shoes', ...profile }
    const { status, body } = await put({ ...changes, prospectInfo, ...secrets, snapshot })
    assert.equal(status, 200)
    const { email, firstName, lastName } = prospectInfo
    const shown = { ...changes, settings: { saasSettings: {}, ...profile.settings } }
    assert.deepEqual(body, { id: demo.locationId, companyId, email, ...shown })
    const read = await server.ask('GET', path)
    const { business, ...location } = read.body.location as Record<string, unknown>
    assert.deepEqual(location, { ...body, firstName, lastName })
    const [event] = await server.newEvents()
    assert.deepEqual(event, {
      type: 'LocationUpdate',
      payload: { id: demo.locationId, companyId, name: 'Mark Shoes', email },
    })
    const [row] = await server.db.query<{ text: string }>(sql`
      select to_jsonb(l)::text as text from locations l
      where l.location_id = ${demo.locationId}`)
    assert.doesNotMatch(row?.text ?? '', /secret|snapshot/)
  })

  test('200: allowDuplicateOpportunity is what creating an opportunity goes by', async () => {
    const body = {
      pipelineId: demo.pipelineId,
      locationId: demo.locationId,
      name: 'Again',
      status: 'open',
      contactId: demo.contactId,
    }
    const create = () => server.ask('POST', '/opportunities/', { body })
    await put({ settings: { allowDuplicateOpportunity: false } })
    assert.equal((await create()).status, 201)
    assert.equal((await create()).body.code, 'OPPORTUNITY_NO_DUPLICATE')
    await put({ settings: { allowDuplicateOpportunity: true } })
    assert.equal((await create()).status, 201)
    await put({ settings: { allowDuplicateOpportunity: false } })
    assert.equal((await create()).body.code, 'OPPORTUNITY_NO_DUPLICATE')
  })

  test('401: a location’s token, and an agency’s without the scope', async () => {
    const locationAnswer = await server.ask('PUT', path, { body: { companyId } })
    assert.deepEqual([locationAnswer.status, locationAnswer.text], [401, refusals.notForLocations])
    const token = await tokenWith(server, { allowedScopes: ['locations.readonly'] })
    const unscopedAnswer = await server.ask('PUT', path, { token, body: { companyId } })
    assert.deepEqual([unscopedAnswer.status, unscopedAnswer.text], [401, refusals.missingScope])
  })

  test('403: another company, or a location that is not the agency’s', async () => {
    const unrelatedAgency = await createUnrelatedAgency(server)
    await server.newEvents()
    for (const company of [unrelatedAgency.companyId, 'nobody-knows-me']) {
      const { status, text } = await put({ companyId: company })
      assert.deepEqual([status, text], [403, refusals.otherCompany])
    }
    for (const locationId of [unrelatedAgency.locationId, 'nobody-knows-me']) {
      const { status, text } = await put({ name: 'Mine' }, `/locations/${locationId}`)
      assert.deepEqual([status, text], [403, refusals.otherLocation])
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('422: what is missing, of another form, or not in the contract', async () => {
    await server.newEvents()
    const refusedBodies: [object, string[]][] = [
      [{ companyId: undefined }, ['companyId must be a string', 'companyId should not be empty']],
      [{ name: '' }, ['name should not be empty']],
      [{ timezone: '' }, ['timezone must be a valid IANA time-zone']],
      [{ snapshotId: 'x' }, ['property snapshotId should not exist']],
      [{ snapshot: {} }, ['snapshot.id must be a string']],
      [
        { id: 'x', email: 'x' },
        ['property id should not exist', 'property email should not exist'],
      ],
      [
        { settings: { contactUniqueIdentifiers: [] } },
        ['settings.contactUniqueIdentifiers must contain at least 1 elements'],
      ],
      [
        { settings: { crmSettings: { syncFollowers: { contact: true } } } },
        ['settings.crmSettings.syncFollowers.opportunity must be a boolean value'],
      ],
    ]
    for (const [body, message] of refusedBodies) {
      const answer = await put(body)
      assert.equal(answer.status, 422)
      assert.deepEqual(answer.body.message, message)
    }
    assert.deepEqual(await server.newEvents(), [])
  })
})
