import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { otherLocation, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { create, find, listPath, path } from './rows.ts'

const at = '2026-01-05T15:00:00.000Z'
const row = (id: string, name: string) => ({
  id,
  name,
  locationId: demo.locationId,
  createdAt: at,
  updatedAt: at,
})

describe('get-lost-reason', () => {
  const server = testServer()
  const { price, competitor, noAnswer } = demo.lostReasonIds

  // UPSTREAM: behaviour.md §2.7, the contract: nobody recorded one
  test('200: the location’s lost reasons, to the letter, under every version', async () => {
    const lostReasons = [
      row(price, 'Too expensive'),
      row(competitor, 'Chose a competitor'),
      row(noAnswer, 'No answer'),
    ]
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      const answer = await server.ask('GET', listPath, { version })
      assert.equal(answer.status, 200)
      assert.equal(answer.text, JSON.stringify({ lostReasons, total: 3 }))
    }
    assert.equal((await server.ask('GET', listPath.replace('?', '/?'))).status, 200)
  })

  test('200: another location’s own token sees only that location’s', async () => {
    const { locationId, privateIntegrationToken: token } = demo.otherLocation
    const answer = await server.ask('GET', `${path}?locationId=${locationId}`, { token })
    assert.equal(answer.text, '{"lostReasons":[],"total":0}')
  })

  describe('with more of them', () => {
    before(async () => {
      for (const name of ['100 % sure', 'Éclair', 'a_b', 'axb', 'Old']) await create(server, name)
      const { body } = await server.ask('GET', `${listPath}&name=Old`)
      const [old] = body.lostReasons as { id: string }[]
      await server.ask('DELETE', `${path}/${old?.id}`)
    })

    test('200: by all of the name, or a part of it, ignoring case', async () => {
      const cases: [string, ...string[]][] = [
        ['&name=too%20EXPENSIVE', 'Too expensive'],
        ['&name=expensive'],
        ['&query=AN', 'No answer'],
        ['&query=o', 'Too expensive', 'Chose a competitor', 'No answer'],
        ['&query=%25', '100 % sure'],
        ['&query=a_b', 'a_b'],
        ['&query=%C3%A9', 'Éclair'],
        ['&query=&name=a_b', 'a_b'],
        ['&name=Old'],
        ['&name=Old&deleted=true', 'Old'],
        ['&deleted=true', 'Old'],
      ]
      for (const [query, ...names] of cases) {
        assert.deepEqual(await find(server, query), { names, total: names.length }, query)
      }
    })

    test('200: in pages, with the total of all, or without it', async () => {
      assert.deepEqual(await find(server, '&skip=1&limit=2&deleted=false'), {
        names: ['Chose a competitor', 'No answer'],
        total: 7,
      })
      assert.deepEqual(await find(server, '&skip=7&getCount=true'), { names: [], total: 7 })
      const { names, total } = await find(server, '&limit=5000&getCount=false')
      assert.deepEqual([names.length, total], [7, undefined])
    })
  })

  test('422: no location, and what is wrong with the rest, at once', async () => {
    const missing = await server.ask('GET', path)
    assert.equal(missing.status, 422)
    assert.equal(missing.body.code, 'COMMON_LOCATION_ID_UNDEFINED')
    const query = '&skip=-1&limit=0&deleted=x&getCount=field'
    const answer = await server.ask('GET', listPath + query)
    assert.equal(answer.status, 422)
    assert.equal(
      answer.text,
      unprocessable(
        'deleted must be a boolean value: true or false',
        'skip must not be less than 0',
        'limit must not be less than 1',
        'getCount must be a boolean value: true or false',
      ),
    )
  })

  test('403: the location of somebody else', async () => {
    const answer = await server.ask('GET', `${path}?locationId=${demo.otherLocation.locationId}`)
    assert.equal(answer.status, 403)
    assert.equal(answer.text, otherLocation)
  })
})
