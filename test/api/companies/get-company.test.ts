import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { asAgency, createUnrelatedAgency, refusals, tokenWith } from './agencies.ts'

const path = `/companies/${demo.companyId}`

describe('get-company', () => {
  const server = testServer()

  test('200: what is known of it, under every version', async () => {
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      const { status, body } = await server.ask('GET', path, { ...asAgency, version })
      assert.equal(status, 200)
      assert.deepEqual(body, {
        company: {
          id: demo.companyId,
          name: 'Groundlevel Demo Agency',
          email: 'hello@agency.example',
          website: 'https://agency.example',
          timezone: 'UTC',
          locationCount: 2,
        },
      })
    }
  })

  test('200: every field that is set; deleted locations do not count', async () => {
    const { companyId, locationId, token } = await createUnrelatedAgency(server)
    await server.db.query(sql`
      update companies set logo_url = 'logo', domain = 'domain', address = 'address',
        city = 'city', state = 'state', country = 'US', postal_code = '1', phone = '2',
        timezone = 'US/Central' where id = ${companyId}`)
    await server.db.query(sql`
      update locations set deleted_at = ${server.now} where location_id = ${locationId}`)
    const { status, body } = await server.ask('GET', `/companies/${companyId}`, { token })
    assert.equal(status, 200)
    assert.deepEqual(body, {
      company: {
        id: companyId,
        name: 'Strangers',
        logoUrl: 'logo',
        phone: '2',
        domain: 'domain',
        address: 'address',
        city: 'city',
        postalCode: '1',
        country: 'US',
        state: 'state',
        timezone: 'US/Central',
        locationCount: 0,
      },
    })
    const answer = await server.ask('GET', path, { token })
    assert.deepEqual([answer.status, answer.text], [403, refusals.otherCompany])
  })

  test('401: a location’s token, and an agency’s without the scope', async () => {
    const locationAnswer = await server.ask('GET', path)
    assert.deepEqual([locationAnswer.status, locationAnswer.text], [401, refusals.notForLocations])
    const token = await tokenWith(server, { allowedScopes: ['locations.readonly'] })
    const unscopedAnswer = await server.ask('GET', path, { token })
    assert.deepEqual([unscopedAnswer.status, unscopedAnswer.text], [401, refusals.missingScope])
  })

  test('403: a company that is not the token’s, whether there is one or not', async () => {
    const { status, text } = await server.ask('GET', '/companies/nobody-knows-me', asAgency)
    assert.deepEqual([status, text], [403, refusals.otherCompany])
  })
})
