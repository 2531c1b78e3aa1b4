import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { create, find, lostReasonNotFound, path } from './rows.ts'

describe('delete-lost-reason', () => {
  const server = testServer()
  const { price } = demo.lostReasonIds
  const remove = (id: string, options = {}) => server.ask('DELETE', `${path}/${id}`, options)

  test('200: it is not listed any more, opportunities keep it, and its name is free', async () => {
    const lost = await server.db.query<{ id: string }>(sql`
      select id from opportunities
      where location_id = ${demo.locationId} and lost_reason_id = ${price} order by id`)
    assert.ok(lost.length > 0)
    await server.newEvents()
    const answer = await remove(price)
    assert.equal(answer.status, 200)
    assert.equal(answer.text, '{"success":true}')
    assert.deepEqual(await server.newEvents(), [])
    assert.deepEqual(await find(server), {
      names: ['Chose a competitor', 'No answer'],
      total: 2,
    })
    assert.deepEqual((await find(server, '&deleted=true')).names, ['Too expensive'])
    const { body } = await server.ask('GET', `/opportunities/${lost[0]?.id}`)
    assert.equal((body.opportunity as { lostReasonId: string }).lostReasonId, price)
    const status = { status: 'lost', lostReasonId: price }
    const chosen = await server.ask('PUT', `/opportunities/${demo.opportunityId}/status`, {
      body: status,
    })
    assert.equal(chosen.status, 422)
    assert.equal((await create(server, 'Too expensive')).status, 201)
  })

  test('200: two of one name may be deleted, one after the other', async () => {
    for (let i = 0; i < 2; i++) {
      const { body } = await create(server, 'Again')
      assert.equal((await remove(String(body.id), { version: 'v3' })).status, 200)
    }
    assert.deepEqual((await find(server, '&deleted=true&name=again')).total, 2)
  })

  test('404: one that is not there, one of another location, and a deleted one', async () => {
    const { privateIntegrationToken: token } = demo.otherLocation
    const { competitor } = demo.lostReasonIds
    assert.equal((await remove(competitor, { token })).text, lostReasonNotFound)
    assert.equal((await remove(competitor)).status, 200)
    for (const id of ['no-such-reason', competitor]) {
      const answer = await remove(id)
      assert.equal(answer.status, 404)
      assert.equal(answer.text, lostReasonNotFound)
    }
  })
})
