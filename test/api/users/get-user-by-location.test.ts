import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { asAgency, refusals, tokenWith } from '../companies/agencies.ts'
import { testServer } from '../test-server.ts'
import { ben } from './people.ts'

const path = `/users/?locationId=${demo.locationId}`

describe('get-user-by-location', () => {
  const server = testServer()

  test('200: everybody who works there, by name, under every version', async () => {
    for (const version of ['v3', '2021-07-28']) {
      const { status, body } = await server.ask('GET', path, { version })
      assert.equal(status, 200)
      assert.deepEqual(Object.keys(body), ['users'])
      const users = body.users as { id: string; firstName: string }[]
      const names = ['Amara', 'Ben', 'Elena', 'Marcus', 'Olivia', 'Sarah', 'Theo']
      assert.deepEqual(
        users.map(({ firstName }) => firstName),
        names,
      )
      assert.deepEqual(
        users.find(({ id }) => id === ben.id),
        { ...ben, deleted: false },
      )
    }
  })

  test('200: without whoever was deleted', async () => {
    await server.ask('DELETE', `/users/${demo.userIds[6]}`)
    const { body } = await server.ask('GET', path)
    assert.equal((body.users as object[]).length, 6)
  })

  test('401: an agency’s token, and a token without the scope', async () => {
    const agencyAnswer = await server.ask('GET', path, asAgency)
    assert.deepEqual([agencyAnswer.status, agencyAnswer.text], [401, refusals.userTypeMismatch])
    const token = await tokenWith(server, {
      locationId: demo.locationId,
      allowedScopes: ['users.write'],
    })
    const unscopedAnswer = await server.ask('GET', path, { token })
    assert.deepEqual([unscopedAnswer.status, unscopedAnswer.text], [401, refusals.missingScope])
  })

  test('403: another location', async () => {
    for (const id of [demo.otherLocation.locationId, 'nobody-knows-me']) {
      const { status, text } = await server.ask('GET', `/users/?locationId=${id}`)
      assert.deepEqual([status, text], [403, refusals.otherLocation])
    }
  })

  test('422: no location', async () => {
    const { status, body } = await server.ask('GET', '/users/')
    assert.equal(status, 422)
    assert.deepEqual(body.message, [
      'locationId must be a string',
      'locationId should not be empty',
    ])
    const empty = await server.ask('GET', '/users/?locationId=')
    assert.deepEqual([empty.status, empty.body.message], [422, ['locationId should not be empty']])
  })
})
