import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency, createUnrelatedAgency, refusals, tokenWith } from '../companies/agencies.ts'
import { testServer } from '../test-server.ts'
import { riverside } from './rows.ts'

const path = `/locations/${demo.locationId}`

describe('get-location', () => {
  const server = testServer()

  const location = {
    ...riverside,
    companyId: demo.companyId,
    business: { name: 'Riverside Marketing', country: 'US', timezone: 'America/Chicago' },
  }

  test('200: to its own token and to its agency’s, under every version', async () => {
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      for (const caller of [{}, asAgency]) {
        const { status, body } = await server.ask('GET', path, { ...caller, version })
        assert.equal(status, 200)
        assert.deepEqual(body, { location })
      }
    }
  })

  test('200: what a business is not told of it has of its location', async () => {
    await server.db.query(sql`
      update locations set domain = 'domain', logo_url = 'logo', first_name = 'Jo',
        last_name = 'Li', business = '{"name": "Riverside Ltd"}'
      where location_id = ${demo.otherLocation.locationId}`)
    const otherPath = `/locations/${demo.otherLocation.locationId}`
    const { body } = await server.ask('GET', otherPath, asAgency)
    const changedLocation = body.location as Record<string, unknown>
    const { domain, logoUrl, firstName, lastName, business } = changedLocation
    assert.deepEqual([domain, logoUrl, firstName, lastName], ['domain', 'logo', 'Jo', 'Li'])
    assert.deepEqual(business, {
      name: 'Riverside Ltd',
      country: changedLocation.country,
      timezone: changedLocation.timezone,
      logoUrl: 'logo',
    })
  })

  test('401: a token without the scope', async () => {
    for (const locationId of [null, demo.locationId]) {
      const token = await tokenWith(server, { locationId, allowedScopes: ['locations.write'] })
      const { status, text } = await server.ask('GET', path, { token })
      assert.deepEqual([status, text], [401, refusals.missingScope])
    }
  })

  test('403: a location that the token does not reach, and one that is not there', async () => {
    const { locationId, token } = await createUnrelatedAgency(server)
    const refusedAsks = [
      [`/locations/${demo.otherLocation.locationId}`, {}],
      ['/locations/nobody-knows-me', {}],
      ['/locations/nobody-knows-me', asAgency],
      [`/locations/${locationId}`, asAgency],
      [path, { token }],
    ] as const
    for (const [address, caller] of refusedAsks) {
      const { status, text } = await server.ask('GET', address, caller)
      assert.deepEqual([status, text], [403, refusals.otherLocation])
    }
  })
})
