import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkPassword } from '../../../src/auth/password.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import {
  asAgency,
  asOtherLocation,
  createUnrelatedAgency,
  refusals,
  tokenWith,
} from '../companies/agencies.ts'
import { notOneOf } from '../refusals.ts'
import { impossibleCost, testServer } from '../test-server.ts'
import {
  ben,
  makeUser,
  membership,
  opportunitiesOfUser,
  permissions,
  userEventFields,
} from './people.ts'

const { companyId } = demo
const homeLocationId = demo.locationId
const otherLocationId = demo.otherLocation.locationId
const [olivia] = demo.userIds

describe('update-user', () => {
  const server = testServer()

  const put = (id: string, body: object, caller: object = asAgency) => {
    const company = caller === asAgency ? { companyId } : {}
    return server.ask('PUT', `/users/${id}`, { ...caller, body: { ...company, ...body } })
  }

  const hashOf = async (id: string) => {
    const [row] = await server.db.query<{ hash: string | null }>(sql`
      select password_hash as hash from users where id = ${id}`)
    return row?.hash ?? null
  }

  test('200: nothing said, nothing changed but the time, and its event', async () => {
    await server.newEvents()
    for (const caller of [{}, asAgency]) {
      const { status, body } = await put(ben.id, {}, caller)
      assert.equal(status, 200)
      assert.deepEqual(body, ben)
      assert.deepEqual(await server.newEvents(), [
        { type: 'UserUpdate', payload: { locationId: homeLocationId, ...userEventFields(ben) } },
      ])
    }
    const [row] = await server.db.query<{ updatedAt: string }>(sql`
      select updated_at as "updatedAt" from users where id = ${ben.id}`)
    assert.equal(row?.updatedAt, server.now.toISOString())
  })

  test('200: every field changes, and null changes none', async () => {
    const id = await makeUser(server, {})
    const more = {
      firstName: 'Johanna',
      lastName: 'Dee',
      phone: '+1',
      scopes: ['contacts.write'],
      scopesAssignedToOnly: ['settings.write'],
      profilePhoto: 'https://img.png',
      twilioPhone: { [homeLocationId]: '+2' },
      platformLanguage: 'de',
    }
    const { status, body } = await put(
      id,
      { ...more, role: 'admin', permissions: { botService: true } },
      {},
    )
    assert.equal(status, 200)
    const roles = { ...ben.roles, role: 'admin' }
    const expected = {
      ...more,
      id,
      name: 'Johanna Dee',
      email: 'john@deo.example',
      permissions: { ...permissions, botService: true },
      roles,
      lcPhone: {},
    }
    assert.deepEqual(body, expected)
    const nothing = Object.fromEntries(Object.keys(more).map((name) => [name, null]))
    const also = { role: null, permissions: null, locationIds: null, type: null, email: null }
    assert.deepEqual((await put(id, { ...nothing, ...also, password: null })).body, expected)
    const next = await put(id, { permissions: { tagsEnabled: false, botService: null } })
    assert.deepEqual(next.body.permissions, {
      ...permissions,
      botService: true,
      tagsEnabled: false,
    })
    const cleared = await put(id, { scopes: [], twilioPhone: { [homeLocationId]: '' }, phone: '' })
    assert.deepEqual(
      [cleared.body.scopes, cleared.body.twilioPhone, cleared.body.phone],
      [[], {}, ''],
    )
    assert.deepEqual((await server.ask('GET', `/users/${id}`)).body, cleared.body)
  })

  test('200: the password, which nothing else changes', async () => {
    const id = await makeUser(server, { email: 'pass@deo.example' })
    const before = await hashOf(id)
    await put(id, { firstName: 'Passe' })
    assert.equal(await hashOf(id), before)
    assert.equal((await put(id, { password: 'battery staple' })).status, 200)
    const after = (await hashOf(id)) ?? ''
    assert.equal(await checkPassword('battery staple', after), true)
    assert.equal(await checkPassword('correct horse', after), false)
  })

  test('200: the e-mail address that the user has, in any case', async () => {
    const { status, body } = await put(ben.id, { email: ben.email.toUpperCase() }, {})
    assert.deepEqual([status, body.email], [200, ben.email])
  })

  test('200: more locations', async () => {
    const id = await makeUser(server, { email: 'more@deo.example' })
    const { body } = await put(id, { locationIds: [homeLocationId, otherLocationId] })
    const roles = body.roles as { locationIds: string[] }
    assert.deepEqual(roles.locationIds.toSorted(), [homeLocationId, otherLocationId].toSorted())
    const events = await server.newEvents()
    assert.deepEqual(
      events.map(({ type, payload }) => [type, payload.locationId]).toSorted(),
      [
        ['UserUpdate', homeLocationId],
        ['UserUpdate', otherLocationId],
      ].toSorted(),
    )
    assert.equal((await server.ask('GET', `/users/${id}`, asOtherLocation)).status, 200)
  })

  test('200: fewer: there the user is taken out of the records, with the events', async () => {
    const id = demo.userIds[3]
    await put(id, { locationIds: [homeLocationId, otherLocationId] })
    const before = await opportunitiesOfUser(server, homeLocationId, id)
    assert.ok(before.length > 10)
    await server.newEvents()
    const { status, body } = await put(id, { locationIds: [otherLocationId] })
    assert.equal(status, 200)
    assert.deepEqual((body.roles as { locationIds: string[] }).locationIds, [otherLocationId])
    assert.deepEqual(await opportunitiesOfUser(server, homeLocationId, id), [])
    assert.equal(await membership(server, homeLocationId, id), 'none')
    assert.equal(await membership(server, otherLocationId, id), 'works')
    const [first, second, ...events] = await server.newEvents()
    assert.deepEqual([first?.type, first?.payload.locationId], ['UserUpdate', otherLocationId])
    assert.deepEqual([second?.type, second?.payload.locationId], ['UserUpdate', homeLocationId])
    const updates = events.filter(({ type }) => type === 'OpportunityUpdate')
    assert.deepEqual(
      updates.map(({ payload }) => payload.id),
      before.map((card) => card.id),
    )
    assert.equal((await server.ask('GET', `/users/${id}`)).status, 401)
  })

  test('200: back again, and nothing of before is left', async () => {
    const id = demo.userIds[3]
    await put(id, { locationIds: [homeLocationId] })
    assert.equal(await membership(server, homeLocationId, id), 'works')
    assert.equal(await membership(server, otherLocationId, id), 'none')
    assert.equal((await server.ask('GET', `/users/${id}`)).status, 200)
  })

  test('200: from a location to the agency, and the form of the event', async () => {
    const id = await makeUser(server, { email: 'rise@deo.example' })
    const up = await put(id, { type: 'agency', locationIds: [] })
    assert.equal(up.status, 200)
    const roles = { type: 'agency', role: 'user', locationIds: [], restrictSubAccount: false }
    assert.deepEqual(up.body.roles, roles)
    assert.deepEqual(await server.newEvents(), [
      { type: 'UserUpdate', payload: { companyId, ...userEventFields(up.body), locations: [] } },
    ])
    const down = await put(id, { type: 'account' })
    assert.deepEqual([down.status, down.body.message], [422, ['locationIds should not be empty']])
  })

  test('400: another e-mail address', async () => {
    await server.newEvents()
    const { status, text } = await put(ben.id, { email: 'other@deo.example', lastName: 'X' }, {})
    assert.equal(status, 400)
    assert.equal(
      text,
      '{"statusCode":400,"message":"Email update is no longer supported due to security ' +
        'reasons.","error":"Bad Request"}',
    )
    assert.deepEqual((await server.ask('GET', `/users/${ben.id}`)).body, ben)
    assert.deepEqual(await server.newEvents(), [])
  })

  test('401: a user who is not there, elsewhere, or deleted', async () => {
    const unrelatedAgency = await createUnrelatedAgency(server)
    const deletedId = await makeUser(server, { email: 'gone@deo.example' })
    await server.ask('DELETE', `/users/${deletedId}`, asAgency)
    await server.newEvents()
    const missing = [
      ['nobody-knows-me', asAgency],
      [unrelatedAgency.userId, asAgency],
      [deletedId, asAgency],
      [demo.otherLocation.userIds[0], {}],
      [ben.id, asOtherLocation],
    ] as const
    for (const [id, caller] of missing) {
      const { status, body } = await put(id, { firstName: 'Mine' }, caller)
      assert.deepEqual([status, body.message], [401, 'The user does not exist.'])
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('401: a token without the scope', async () => {
    const token = await tokenWith(server, { allowedScopes: ['users.readonly'] })
    const { status, text } = await put(ben.id, { companyId }, { token })
    assert.deepEqual([status, text], [401, refusals.missingScope])
  })

  test('401: a location’s token raises nobody, and touches nobody of the agency', async () => {
    const password = 'taken over'
    for (const [id, body] of [
      [olivia, { password }],
      [ben.id, { type: 'agency' }],
    ] as const) {
      const { status, text } = await put(id, body, {})
      assert.deepEqual([status, text], [401, refusals.notForLocations])
    }
    assert.equal(await checkPassword(password, (await hashOf(olivia)) ?? ''), false)
    assert.deepEqual((await server.ask('GET', `/users/${ben.id}`)).body, ben)
  })

  test('403: a location’s token and somebody who works elsewhere too, or shall', async () => {
    const id = await makeUser(server, {
      email: 'two@deo.example',
      locationIds: [homeLocationId, otherLocationId],
    })
    const refusedBodies = [
      [id, { password: 'taken over' }],
      [id, { locationIds: [homeLocationId] }],
      [ben.id, { locationIds: [homeLocationId, otherLocationId] }],
      [ben.id, { locationIds: [otherLocationId] }],
    ] as const
    for (const [userId, body] of refusedBodies) {
      const { status, text } = await put(userId, body, {})
      assert.deepEqual([status, text], [403, refusals.otherLocation])
    }
    assert.equal(await checkPassword('correct horse', (await hashOf(id)) ?? ''), true)
  })

  test('403: another company, or a location that is not the agency’s', async () => {
    const strange = 'strangeLocation'
    for (const caller of [{}, asAgency]) {
      const { status, text } = await put(ben.id, { companyId: 'strangeCompany' }, caller)
      assert.deepEqual([status, text], [403, refusals.otherCompany])
    }
    const { status, text } = await put(ben.id, { locationIds: [homeLocationId, strange] })
    assert.deepEqual([status, text], [403, refusals.otherLocation])
    assert.equal(await membership(server, strange, ben.id), 'none')
  })

  test('422: what is missing, of another form, or not in the contract', async () => {
    await server.newEvents()
    const refusedBodies: [object, string[]][] = [
      [{ companyId: undefined }, ['companyId must be a string', 'companyId should not be empty']],
      [{ firstName: '' }, ['firstName should not be empty']],
      [{ locationIds: [] }, ['locationIds should not be empty']],
      [{ password: 'short' }, ['password must be longer than or equal to 8 characters']],
      [{ password: '' }, ['password must be longer than or equal to 8 characters']],
      [{ type: 'robot' }, [notOneOf('type', 'account', 'agency')]],
      [{ scopes: 'all' }, ['scopes must be an array']],
      [
        { id: 'x', deleted: true },
        ['property id should not exist', 'property deleted should not exist'],
      ],
    ]
    for (const [values, message] of refusedBodies) {
      const { status, body } = await put(ben.id, values)
      assert.deepEqual([status, body.message], [422, message])
    }
    const v3 = { ...asAgency, version: 'v3', body: { companyId, password: 'battery staple' } }
    const weak = await server.ask('PUT', `/users/${ben.id}`, v3)
    assert.deepEqual([weak.status, weak.body.message], [422, ['password is not strong enough']])
    assert.deepEqual(await server.newEvents(), [])
  })
})

describe('update-user where hashing is impossible', () => {
  const server = testServer({ passwordCost: impossibleCost })

  test('400, 401, 403: a refused change is refused before the password is hashed', async () => {
    const password = 'Longer-than-8'
    const put = (id: string, body: object, caller: object = asAgency) =>
      server.ask('PUT', `/users/${id}`, {
        ...caller,
        body: { companyId, password, ...body },
      })
    const statuses = await Promise.all([
      put('nobodyhasthisid00000', {}),
      put(olivia, { email: 'another@address.example' }),
      put(olivia, { locationIds: ['nolocationhasthisid0'] }),
      put(demo.otherLocation.userIds[0] ?? '', {}, {}),
    ])
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [401, 400, 403, 401],
    )
    assert.equal((await put(olivia, {})).status, 500, 'hashing is impossible')
  })
})
