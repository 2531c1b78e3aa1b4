import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency, createUnrelatedAgency, refusals, tokenWith } from '../companies/agencies.ts'
import { notOneOf } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { ben } from './people.ts'

const path = `/users/search?companyId=${demo.companyId}`
const allNames = ['Amara', 'Ben', 'Callum', 'Elena', 'Marcus', 'Olivia', 'Sarah', 'Theo']

describe('search-users', () => {
  const server = testServer()
  let unrelatedAgency: Awaited<ReturnType<typeof createUnrelatedAgency>>

  before(async () => {
    unrelatedAgency = await createUnrelatedAgency(server)
    await server.db.query(sql`
      update users set phone = '+1 808-868-8888', created_at = ${server.now}
      where id = ${ben.id}`)
  })

  const names = async (query: string, caller: object = asAgency) => {
    const { status, body } = await server.ask('GET', `${path}${query}`, caller)
    assert.equal(status, 200, query)
    return (body.users as { firstName: string }[]).map(({ firstName }) => firstName)
  }

  test('200: users with their count, under every version', async () => {
    for (const version of ['v3', '2021-07-28']) {
      const options = { ...asAgency, version }
      const { body } = await server.ask('GET', `${path}&query=castellano`, options)
      const user = { ...ben, phone: '+1 808-868-8888', deleted: false }
      assert.deepEqual(body, { users: [user], count: 1 })
    }
  })

  test('200: an agency’s token finds all of its agency, a location’s only its own', async () => {
    const everybody = await names('')
    assert.equal(everybody.length, 9)
    assert.ok(allNames.every((name) => everybody.includes(name)))
    const ownNames = allNames.filter((name) => name !== 'Callum')
    assert.deepEqual(await names('', {}), ownNames)
    assert.deepEqual(await names(`&locationId=${demo.locationId}`), ownNames)
    assert.deepEqual(await names(`&locationId=${demo.locationId}`, {}), ownNames)
    const namesOfOtherLocation = await names(`&locationId=${demo.otherLocation.locationId}`)
    assert.ok(namesOfOtherLocation.includes('Callum') && namesOfOtherLocation.length === 2)
    const unrelatedAnswer = await server.ask(
      'GET',
      `/users/search?companyId=${unrelatedAgency.companyId}`,
      unrelatedAgency,
    )
    assert.deepEqual(
      (unrelatedAnswer.body.users as { id: string }[]).map(({ id }) => id),
      [unrelatedAgency.userId],
    )
  })

  test('200: by text, type, role and ids', async () => {
    assert.deepEqual(await names('&query=EN%20CAST'), ['Ben'])
    assert.deepEqual(await names('&query=theo.lind'), ['Theo'])
    assert.deepEqual(await names('&query=868-8888'), ['Ben'])
    assert.deepEqual(await names('&query=%25'), [])
    assert.deepEqual(await names('&type=agency', {}), ['Olivia'])
    assert.deepEqual(await names('&role=admin', {}), ['Ben', 'Olivia'])
    assert.deepEqual(await names('&role=admin&type=account', {}), ['Ben'])
    const [first, second] = demo.userIds
    assert.deepEqual(await names(`&ids=${first},${second},${unrelatedAgency.userId}`), [
      'Ben',
      'Olivia',
    ])
    assert.deepEqual(await names(`&ids[]=${first}&ids[]=nobody`), ['Olivia'])
    assert.deepEqual(await names(`&ids=${demo.otherLocation.userIds[0]}`, {}), [])
    assert.deepEqual(await names('&enabled2waySync=true'), [])
    assert.equal((await names('&enabled2waySync=false')).length, 9)
  })

  test('200: in the order asked for, and by pages', async () => {
    const ownNames = allNames.filter((name) => name !== 'Callum')
    assert.deepEqual(await names('&sortDirection=desc', {}), ownNames.toReversed())
    assert.deepEqual(await names('&sort=email', {}), ownNames)
    assert.equal((await names('&sort=dateAdded', {})).at(-1), 'Ben')
    assert.equal((await names('&sort=dateAdded&sortDirection=desc', {}))[0], 'Ben')
    const byLastName = ['Ben', 'Olivia', 'Theo', 'Sarah', 'Amara', 'Marcus', 'Elena']
    assert.deepEqual(await names('&sort=lastName', {}), byLastName)
    const { body } = await server.ask('GET', `${path}&skip=2&limit=3`)
    assert.equal(body.count, 7)
    assert.deepEqual(await names('&skip=2&limit=3', {}), ownNames.slice(2, 5))
    assert.deepEqual(await names('&skip=7', {}), [])
    assert.deepEqual(await names('&limit=100000', {}), ownNames)
  })

  test('401: a token without the scope', async () => {
    const token = await tokenWith(server, { allowedScopes: ['users.write'] })
    const { status, text } = await server.ask('GET', path, { token })
    assert.deepEqual([status, text], [401, refusals.missingScope])
  })

  test('403: another company, or a location that the token does not reach', async () => {
    for (const caller of [{}, asAgency]) {
      const company = `/users/search?companyId=${unrelatedAgency.companyId}`
      const { status, text } = await server.ask('GET', company, caller)
      assert.deepEqual([status, text], [403, refusals.otherCompany])
    }
    const refusedQueries = [
      [demo.otherLocation.locationId, {}],
      [unrelatedAgency.locationId, asAgency],
      ['nobody-knows-me', asAgency],
    ] as const
    for (const [locationId, caller] of refusedQueries) {
      const { status, text } = await server.ask('GET', `${path}&locationId=${locationId}`, caller)
      assert.deepEqual([status, text], [403, refusals.otherLocation])
    }
  })

  test('422: what is missing, of another form, or not in the contract', async () => {
    const refusedQueries: [string, string[]][] = [
      ['', ['companyId must be a string', 'companyId should not be empty']],
      ['companyId=', ['companyId should not be empty']],
      [
        `companyId=${demo.companyId}&sort=age`,
        [notOneOf('sort', 'name', 'firstName', 'lastName', 'email', 'dateAdded')],
      ],
      [`companyId=${demo.companyId}&type=robot`, [notOneOf('type', 'account', 'agency')]],
      [`companyId=${demo.companyId}&limit=0`, ['limit must not be less than 1']],
      [`companyId=${demo.companyId}&skip=10001`, ['skip must not be greater than 10000']],
      [`companyId=${demo.companyId}&name=x`, ['property name should not exist']],
    ]
    for (const [query, message] of refusedQueries) {
      const { status, body } = await server.ask('GET', `/users/search?${query}`, asAgency)
      assert.deepEqual([status, body.message], [422, message], query)
    }
  })
})
