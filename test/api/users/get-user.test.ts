import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import {
  asAgency,
  asOtherLocation,
  createUnrelatedAgency,
  refusals,
  tokenWith,
} from '../companies/agencies.ts'
import { testServer } from '../test-server.ts'
import { ben, makeUser } from './people.ts'

const path = `/users/${ben.id}`

describe('get-user', () => {
  const server = testServer()

  test('200: the bare user, to the location’s token and to the agency’s', async () => {
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      for (const caller of [{}, asAgency]) {
        const { status, body } = await server.ask('GET', path, { ...caller, version })
        assert.equal(status, 200)
        assert.deepEqual(body, ben)
      }
    }
  })

  test('200: a location is not told where else somebody works', async () => {
    const homeLocationId = demo.locationId
    const otherLocationId = demo.otherLocation.locationId
    const id = await makeUser(server, {
      locationIds: [homeLocationId, otherLocationId],
      twilioPhone: { [homeLocationId]: '+1', [otherLocationId]: '+2', elsewhere: '' },
    })
    const seen = async (caller: object) => {
      const { body } = await server.ask('GET', `/users/${id}`, caller)
      return [(body.roles as { locationIds: string[] }).locationIds.toSorted(), body.twilioPhone]
    }
    assert.deepEqual(await seen({}), [[homeLocationId], { [homeLocationId]: '+1' }])
    assert.deepEqual(await seen(asOtherLocation), [[otherLocationId], { [otherLocationId]: '+2' }])
    const allPhones = { [homeLocationId]: '+1', [otherLocationId]: '+2' }
    assert.deepEqual(await seen(asAgency), [
      [homeLocationId, otherLocationId].toSorted(),
      allPhones,
    ])
  })

  test('401: a user who is not there, elsewhere, or deleted', async () => {
    const unrelatedAgency = await createUnrelatedAgency(server)
    const deletedId = await makeUser(server, { email: 'gone@deo.example' })
    await server.ask('DELETE', `/users/${deletedId}`, asAgency)
    const missing = [
      ['nobody-knows-me', {}],
      ['me', {}],
      ['507f1f77bcf86cd799439011', {}],
      ['nobody-knows-me', asAgency],
      [demo.otherLocation.userIds[0], {}],
      [unrelatedAgency.userId, {}],
      [unrelatedAgency.userId, asAgency],
      [deletedId, asAgency],
      [ben.id, asOtherLocation],
      [ben.id, { token: unrelatedAgency.token }],
    ] as const
    for (const [id, caller] of missing) {
      const { status, text } = await server.ask('GET', `/users/${id}`, caller)
      assert.equal(status, 401)
      assert.equal(
        text,
        '{"message":"The user does not exist.","error":"Unauthorized","statusCode":401}',
      )
    }
  })

  test('401: who is about to leave the location is not there for it', async () => {
    await server.db.query(sql`
      update location_users set left_at = ${server.now}
      where location_id = ${demo.locationId} and user_id = ${demo.userIds[6]}`)
    const leaving = `/users/${demo.userIds[6]}`
    assert.equal((await server.ask('GET', leaving)).status, 401)
    const { body } = await server.ask('GET', leaving, asAgency)
    assert.deepEqual((body.roles as { locationIds: string[] }).locationIds, [])
  })

  test('401: a token without the scope', async () => {
    for (const locationId of [null, demo.locationId]) {
      const token = await tokenWith(server, { locationId, allowedScopes: ['users.write'] })
      const { status, text } = await server.ask('GET', path, { token })
      assert.deepEqual([status, text], [401, refusals.missingScope])
    }
  })
})
