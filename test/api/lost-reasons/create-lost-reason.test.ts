import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { badRequest, otherLocation, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { create, find, path } from './rows.ts'

const taken = badRequest('A lost reason with this name already exists.')

describe('create-lost-reason', () => {
  const server = testServer()
  const { locationId } = demo

  test('201: the row, bare, under every version; no event tells', async () => {
    await server.newEvents()
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      const name = `Under ${version}`
      const answer = await create(server, name, { version })
      assert.equal(answer.status, 201)
      const { id } = answer.body
      assert.match(String(id), /^[0-9A-Za-z]{20}$/)
      const at = server.now.toISOString()
      const row = { id, name, locationId, createdAt: at, updatedAt: at }
      assert.equal(answer.text, JSON.stringify(row))
      assert.deepEqual(await find(server, `&name=${name}`), { names: [name], total: 1 })
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('400: a name that another has, ignoring case; not that of another location', async () => {
    assert.equal((await create(server, 'TOO expensive')).text, taken)
    const { locationId: there, privateIntegrationToken: token } = demo.otherLocation
    const body = { locationId: there, name: 'Too expensive' }
    assert.equal((await server.ask('POST', path, { body, token })).status, 201)
  })

  test('400: of six creations of one name at once, five', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => create(server, i % 2 ? 'Été' : 'E\u0301TÉ')),
    )
    assert.equal(answers.filter(({ status }) => status === 201).length, 1)
    assert.equal(answers.filter(({ text }) => text === taken).length, 5)
  })

  test('422: no name, an empty one, one that is too long, and what does not belong', async () => {
    const cases: [object, ...string[]][] = [
      [{ locationId }, 'name must be a string', 'name should not be empty'],
      [{ locationId, name: ' ' }, 'name should not be empty'],
      [
        { locationId, name: 'x'.repeat(256) },
        'name must be shorter than or equal to 255 characters',
      ],
      [{ locationId, name: 'X', id: 'x' }, 'property id should not exist'],
    ]
    for (const [body, ...messages] of cases) {
      const answer = await server.ask('POST', path, { body })
      assert.equal(answer.status, 422)
      assert.equal(answer.text, unprocessable(...messages))
    }
  })

  test('403: the location of somebody else', async () => {
    const body = { locationId: demo.otherLocation.locationId, name: 'X' }
    const answer = await server.ask('POST', path, { body })
    assert.equal(answer.status, 403)
    assert.equal(answer.text, otherLocation)
  })
})
