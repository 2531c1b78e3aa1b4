import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { noStatus, opportunityNotFound, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { assertChangeRefused, newEventTypes } from './changing.ts'
import { clearPipeline, createOpportunity, type OpportunityRow, readBack } from './creation.ts'

const succeeded = '{"succeded":true,"success":true}'

describe('update-opportunity-status', () => {
  const server = testServer()
  let made: OpportunityRow

  beforeEach(async () => {
    server.now = new Date('2026-03-01T12:00:00.000Z')
    await clearPipeline(server)
    made = await createOpportunity(server)
    await server.newEvents()
    server.now = new Date('2026-03-02T12:00:00.000Z')
  })

  const path = () => `/opportunities/${made.id}/status`

  // UPSTREAM: behaviour.md §8.7, both spellings; §7.2, issue #27
  test('200: the status, its time and its events, and nothing else', async () => {
    const before = await readBack(server, made.id)
    const answer = await server.ask('PUT', path(), { body: { status: 'won' } })
    assert.equal(answer.status, 200)
    assert.equal(answer.text, succeeded)
    const at = server.now.toISOString()
    assert.deepEqual(await readBack(server, made.id), {
      ...before,
      status: 'won',
      lastStatusChangeAt: at,
      updatedAt: at,
      indexVersion: 2,
    })
    const events = await server.newEvents()
    assert.deepEqual(
      events.map(({ type, payload }) => [type, payload.id, payload.status]),
      [
        ['OpportunityUpdate', made.id, 'won'],
        ['OpportunityStatusUpdate', made.id, 'won'],
      ],
    )
  })

  test('200: every status under every version, with a slash at the end too', async () => {
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      for (const status of ['won', 'lost', 'abandoned', 'open']) {
        const answer = await server.ask('PUT', `${path()}/`, { body: { status }, version })
        assert.equal(answer.text, succeeded)
        assert.equal((await readBack(server, made.id)).status, status)
      }
    }
  })

  test('200: the same status again writes nothing', async () => {
    const before = await readBack(server, made.id)
    const answer = await server.ask('PUT', path(), { body: { status: 'open', lostReasonId: null } })
    assert.equal(answer.text, succeeded)
    assert.deepEqual(await readBack(server, made.id), before)
    assert.deepEqual(await server.newEvents(), [])
  })

  test('200: a reason with lost, another later, and none when it is lost no more', async () => {
    const { price, competitor } = demo.lostReasonIds
    const reasonAfter = async (body: object) => {
      assert.equal((await server.ask('PUT', path(), { body })).status, 200)
      return (await readBack(server, made.id)).lostReasonId
    }
    assert.equal(await reasonAfter({ status: 'lost', lostReasonId: price }), price)
    assert.equal(await reasonAfter({ status: 'lost' }), price)
    await server.newEvents()
    assert.equal(await reasonAfter({ status: 'lost', lostReasonId: competitor }), competitor)
    assert.deepEqual(await newEventTypes(server), ['OpportunityUpdate'])
    assert.equal(await reasonAfter({ status: 'won' }), null)
    assert.equal(await reasonAfter({ status: 'lost' }), null)
  })

  test('422: a reason without lost, and one that there is not', async () => {
    const unknown = unprocessable('Lost reason with id nope not found')
    const body = { status: 'lost', lostReasonId: 'nope' }
    await assertChangeRefused(server, ['PUT', path()], { body }, [422, unknown])
    const text = unprocessable('lostReasonId should not exist unless status is lost')
    const open = { status: 'won', lostReasonId: demo.lostReasonIds.price }
    await assertChangeRefused(server, ['PUT', path()], { body: open }, [422, text])
  })

  test('422: no status, or none that anything can be in', async () => {
    const wrong = unprocessable(noStatus)
    for (const status of ['all', 'WON', 5]) {
      await assertChangeRefused(server, ['PUT', path()], { body: { status } }, [422, wrong])
    }
    const missing = unprocessable(noStatus, 'status should not be empty')
    for (const body of [{}, undefined, { status: null }]) {
      await assertChangeRefused(server, ['PUT', path()], { body }, [422, missing])
    }
    const unexpected = unprocessable('property name should not exist')
    await assertChangeRefused(server, ['PUT', path()], { body: { status: 'won', name: 'x' } }, [
      422,
      unexpected,
    ])
  })

  test('404: a missing opportunity, and one of another location', async () => {
    const body = { status: 'won' }
    const refusal = [404, opportunityNotFound] as const
    for (const id of ['nobody-knows-me', demo.otherLocation.opportunityId]) {
      await assertChangeRefused(server, ['PUT', `/opportunities/${id}/status`], { body }, refusal)
    }
    const { privateIntegrationToken: token } = demo.otherLocation
    await assertChangeRefused(server, ['PUT', path()], { body, token }, refusal)
  })
})
