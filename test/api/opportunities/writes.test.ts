import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { assertIndexed, change, newEventTypes, upsert } from './changing.ts'
import { createOpportunity, readBack } from './creation.ts'

const { locationId, pipelineId, contactId, userIds, stageIds } = demo
const renewals = 'aWdODOBVOlH1RUFKWQke'

describe('writes of opportunities', () => {
  const server = testServer()

  test('counts are what there is after any of them, and after many at once', async () => {
    await assertIndexed(server)
    const { id } = await createOpportunity(server, { monetaryValue: 10.1, forecastProbability: 30 })
    const steps = [
      { monetaryValue: 0.2 },
      { status: 'won', assignedTo: userIds[1] },
      { pipelineId: renewals, name: 'x' },
      { forecastProbability: 0 },
      { pipelineId, pipelineStageId: stageIds[4], assignedTo: '' },
      { name: 'Nothing that is counted' },
      {},
    ]
    for (const step of steps) {
      await change(server, id, step)
      await assertIndexed(server)
    }
    await upsert(server, { locationId, pipelineId, contactId, monetaryValue: 1e-7 })
    await server.ask('PUT', `/opportunities/${id}/status`, { body: { status: 'lost' } })
    await server.ask('PUT', `/opportunities/${id}`, { body: { assignedTo: 'nope', status: 'won' } })
    await assertIndexed(server)
    const at = (i: number) => stageIds[i % stageIds.length]
    await Promise.all(
      Array.from({ length: 24 }, (_, i) =>
        change(server, id, {
          monetaryValue: i,
          pipelineStageId: at(i),
          assignedTo: userIds[i % 4],
        }),
      ),
    )
    await assertIndexed(server)
    await server.ask('DELETE', `/opportunities/${id}`)
    await assertIndexed(server)
  })

  test('changes at once are all there: none is lost, each is one version', async () => {
    const { id } = await createOpportunity(server)
    const bodies = [
      { name: 'Renamed' },
      { monetaryValue: 7 },
      { status: 'won' },
      { assignedTo: userIds[2] },
      { source: 'web' },
      { customFields: [{ id: 'a', value: 1 }] },
      { customFields: [{ id: 'b', value: 2 }] },
    ]
    await Promise.all(bodies.map((body) => change(server, id, body)))
    const row = await readBack(server, id)
    const fields = row.customFields as { id: string }[]
    assert.deepEqual(fields.map((field) => field.id).sort(), ['a', 'b'])
    assert.partialDeepStrictEqual(row, { name: 'Renamed', monetaryValue: 7, status: 'won' })
    assert.partialDeepStrictEqual(row, { assignedTo: userIds[2], source: 'web' })
    assert.equal(row.indexVersion, 8)
    await server.ask('DELETE', `/opportunities/${id}`)
    await server.newEvents()
  })

  test('a change and a deletion at once: before it or not at all, told in that order', async () => {
    for (let round = 0; round < 8; round++) {
      const { id } = await createOpportunity(server)
      await server.newEvents()
      const path = `/opportunities/${id}`
      const [put, deleted] = await Promise.all([
        server.ask('PUT', path, { body: { status: 'won' } }),
        server.ask('DELETE', path),
      ])
      assert.equal(deleted.status, 200)
      assert.ok([200, 404].includes(put.status), put.text)
      const types = (await newEventTypes(server)).sort()
      const last = ['OpportunityDelete', 'OpportunityUpdate']
      const changed = [...last, 'OpportunityStatusUpdate', 'OpportunityUpdate'].sort()
      assert.deepEqual(types, put.status === 200 ? changed : last)
      assert.equal((await server.ask('GET', path)).status, 404)
    }
    await assertIndexed(server)
  })

  test('an upsert and deletions at once: each is answered, and none in part', async () => {
    const pair = { locationId, pipelineId, contactId }
    for (let round = 0; round < 4; round++) {
      const { opportunity } = await upsert(server, pair)
      const path = `/opportunities/${opportunity.id}`
      await Promise.all([
        upsert(server, { ...pair, name: 'A' }),
        server.ask('DELETE', path),
        upsert(server, { ...pair, name: 'B' }),
      ])
      await assertIndexed(server)
    }
    const { opportunity } = await upsert(server, pair)
    await server.ask('DELETE', `/opportunities/${opportunity.id}`)
  })
})

describe('writes of opportunities with --extra-opportunity-update off', () => {
  const server = testServer({ extraOpportunityUpdate: false })

  test('tell each change once, and what has no event of its own as OpportunityUpdate', async () => {
    await server.newEvents()
    const { id } = await createOpportunity(server)
    assert.deepEqual(await newEventTypes(server), ['OpportunityCreate'])
    const told: [body: object, types: string[]][] = [
      [{ name: 'x' }, ['OpportunityUpdate']],
      [{ status: 'won', name: 'y' }, ['OpportunityStatusUpdate']],
      [
        { pipelineStageId: stageIds[2], monetaryValue: 5 },
        ['OpportunityStageUpdate', 'OpportunityMonetaryValueUpdate'],
      ],
      [{ assignedTo: userIds[0] }, ['OpportunityAssignedToUpdate']],
      [{}, []],
    ]
    for (const [body, types] of told) {
      await change(server, id, body)
      assert.deepEqual(await newEventTypes(server), types)
    }
    await server.ask('PUT', `/opportunities/${id}/status`, { body: { status: 'open' } })
    assert.deepEqual(await newEventTypes(server), ['OpportunityStatusUpdate'])
    const body = { locationId, pipelineId, contactId, followers: [userIds[3]] }
    await upsert(server, body)
    assert.deepEqual(await newEventTypes(server), [
      'OpportunityUpdate',
      'OpportunityFollowersUpdate',
    ])
    await server.ask('DELETE', `/opportunities/${id}`)
    assert.deepEqual(await newEventTypes(server), ['OpportunityDelete'])
    const made = await upsert(server, body)
    assert.ok(made.new)
    assert.deepEqual(await newEventTypes(server), [
      'OpportunityCreate',
      'OpportunityFollowersUpdate',
    ])
  })
})
