import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency, createUnrelatedAgency, refusals, tokenWith } from '../companies/agencies.ts'
import { notOneOf } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { riverside } from './rows.ts'

const path = '/locations/search'

describe('search-locations', () => {
  const server = testServer()

  const search = async (query: string, caller: object = asAgency) => {
    const { status, body } = await server.ask('GET', `${path}${query}`, caller)
    assert.equal(status, 200, query)
    return (body.locations as { id: string }[]).map(({ id }) => id)
  }

  test('200: a location’s token finds its own, whatever it asks for', async () => {
    for (const version of ['v3', '2021-07-28']) {
      const { status, body } = await server.ask('GET', path, { version })
      assert.equal(status, 200)
      assert.deepEqual(body, { locations: [riverside] })
    }
    assert.deepEqual(await search(`?companyId=${demo.companyId}&skip=1`, {}), [])
    assert.deepEqual(await search('?email=OFFICE@riverside.example', {}), [demo.locationId])
    assert.deepEqual(await search('?email=office@harbour.example', {}), [])
  })

  test('200: an agency’s token finds all of its agency, in order, by e-mail', async () => {
    const { token, locationId } = await createUnrelatedAgency(server)
    const locationIds = [demo.locationId, demo.otherLocation.locationId].sort()
    assert.deepEqual((await search('')).sort(), locationIds)
    const ascending = await search('?order=asc')
    assert.deepEqual(await search('?order=desc'), ascending.toReversed())
    assert.deepEqual(await search('?limit=1'), ascending.slice(0, 1))
    assert.deepEqual(await search('?limit=1&skip=1'), ascending.slice(1))
    assert.deepEqual(await search('?limit=100000'), ascending)
    assert.deepEqual(await search('?email=office@riverside.example'), [demo.locationId])
    assert.deepEqual(await search('?email=far@away.example'), [])
    assert.deepEqual(await search('', { token }), [locationId])
  })

  test('200: ten, when nothing is said', async () => {
    for (let i = 0; i < 10; i++) {
      await server.ask('POST', '/locations/', {
        ...asAgency,
        body: { name: `Location ${i}`, companyId: demo.companyId },
      })
    }
    assert.equal((await search('')).length, 10)
    assert.equal((await search('?limit=50')).length, 12)
  })

  test('401: a token without the scope', async () => {
    const token = await tokenWith(server, { allowedScopes: ['locations.write'] })
    const { status, text } = await server.ask('GET', path, { token })
    assert.deepEqual([status, text], [401, refusals.missingScope])
  })

  test('403: another company', async () => {
    for (const caller of [{}, asAgency]) {
      const { status, text } = await server.ask('GET', `${path}?companyId=strange`, caller)
      assert.deepEqual([status, text], [403, refusals.otherCompany])
    }
  })

  test('422: what is not in the contract', async () => {
    const refusedQueries = [
      ['skip=-1', 'skip must not be less than 0'],
      ['skip=x', 'skip must be an integer number'],
      ['skip=10001', 'skip must not be greater than 10000'],
      ['limit=0', 'limit must not be less than 1'],
      ['limit=1.5', 'limit must be an integer number'],
      ['order=up', notOneOf('order', 'asc', 'desc')],
    ]
    for (const [query, message] of refusedQueries) {
      const { status, body } = await server.ask('GET', `${path}?${query}`, asAgency)
      assert.deepEqual([status, body.message], [422, [message]], query)
    }
  })
})
