import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { change, newEventTypes } from './changing.ts'
import { clearPipeline, createOpportunity, type OpportunityRow, readBack } from './creation.ts'

const renewals = 'aWdODOBVOlH1RUFKWQke'
const renewalStages = [
  '6e5d4c3b-2a19-4087-9f6e-5d4c3b2a1901',
  '6e5d4c3b-2a19-4087-9f6e-5d4c3b2a1902',
]
const createdAt = new Date('2026-03-01T12:00:00.000Z')
const changedAt = new Date('2026-03-02T12:00:00.000Z')

describe('update-opportunity', () => {
  const server = testServer()
  let made: OpportunityRow

  beforeEach(async () => {
    server.now = createdAt
    await clearPipeline(server)
    made = await createOpportunity(server, {
      pipelineStageId: demo.stageIds[1],
      monetaryValue: 220,
    })
    await server.newEvents()
    server.now = changedAt
  })

  test('200: the documented example moves, renames and assigns, and GET shows it', async () => {
    const body = {
      pipelineId: renewals,
      name: 'First Opps',
      pipelineStageId: renewalStages[1],
      status: 'won',
      monetaryValue: 220.5,
      assignedTo: '082goXVW3lIExEQPOnd3',
      customFields: [
        { id: '6dvNaf7VhkQ9snc5vnjJ', key: 'my_custom_field', field_value: '9039160788' },
      ],
    }
    const answer = await server.ask('PUT', `/opportunities/${made.id}`, { body })
    assert.equal(answer.status, 200)
    const shown = await readBack(server, made.id)
    assert.deepEqual(answer.body, { opportunity: shown })
    assert.deepEqual(shown, {
      ...made,
      pipelineId: renewals,
      pipelineStageId: renewalStages[1],
      pipelineStageUId: renewalStages[1],
      status: 'won',
      monetaryValue: 220.5,
      assignedTo: '082goXVW3lIExEQPOnd3',
      customFields: [{ id: '6dvNaf7VhkQ9snc5vnjJ', fieldValue: '9039160788' }],
      lastStatusChangeAt: changedAt.toISOString(),
      lastStageChangeAt: changedAt.toISOString(),
      updatedAt: changedAt.toISOString(),
      indexVersion: 2,
      effectiveProbability: 66.67,
      contact: shown.contact,
    })
  })

  // UPSTREAM: behaviour.md §7.2, issue #27
  test('200: each change alone changes its own member, its stamp, and tells of it', async () => {
    const extra = 'OpportunityUpdate'
    const at = changedAt.toISOString()
    const [, , third] = demo.stageIds
    const changes: [sent: object, seen: object, types: string[]][] = [
      [{ name: 'Renamed' }, { name: 'Renamed' }, [extra]],
      [{ source: 'public api' }, { source: 'public api' }, [extra]],
      [
        { pipelineStageId: third },
        {
          pipelineStageId: third,
          pipelineStageUId: third,
          lastStageChangeAt: at,
          effectiveProbability: 42.86,
        },
        [extra, 'OpportunityStageUpdate'],
      ],
      [
        { status: 'abandoned' },
        { status: 'abandoned', lastStatusChangeAt: at },
        [extra, 'OpportunityStatusUpdate'],
      ],
      [{ monetaryValue: 7 }, { monetaryValue: 7 }, [extra, 'OpportunityMonetaryValueUpdate']],
      [
        { assignedTo: demo.userIds[2] },
        { assignedTo: demo.userIds[2] },
        [extra, 'OpportunityAssignedToUpdate'],
      ],
      [
        { forecastExpectedCloseDate: '05/01/2026' },
        { forecastExpectedCloseDate: '2026-05-01', forecastOriginalCloseDate: '2026-05-01' },
        [extra],
      ],
      [{ forecastProbability: 20 }, { forecastProbability: 20, effectiveProbability: 20 }, [extra]],
    ]
    for (const [sent, seen, types] of changes) {
      server.now = createdAt
      await clearPipeline(server)
      const before = await createOpportunity(server, {
        pipelineStageId: demo.stageIds[1],
        monetaryValue: 220,
      })
      await server.newEvents()
      server.now = changedAt
      const after = await change(server, before.id, sent)
      const expected = { ...before, ...seen, updatedAt: at, indexVersion: 2 }
      assert.deepEqual({ ...after }, expected)
      const events = await server.newEvents()
      assert.deepEqual(
        events.map(({ type }) => type),
        types,
        JSON.stringify(sent),
      )
      for (const { payload } of events) {
        assert.deepEqual(payload, {
          id: before.id,
          name: after.name,
          source: after.source,
          status: after.status,
          contactId: demo.contactId,
          dateAdded: createdAt.toISOString(),
          assignedTo: after.assignedTo,
          locationId: demo.locationId,
          pipelineId: demo.pipelineId,
          monetaryValue: after.monetaryValue,
          pipelineStageId: after.pipelineStageId,
        })
      }
    }
  })

  test('200: all at once is one change with all of its events', async () => {
    const body = {
      pipelineId: renewals,
      status: 'lost',
      monetaryValue: 1,
      assignedTo: demo.userIds[1],
      name: 'All',
    }
    const row = await change(server, made.id, body)
    assert.equal(row.indexVersion, 2)
    assert.deepEqual(await newEventTypes(server), [
      'OpportunityUpdate',
      'OpportunityStageUpdate',
      'OpportunityStatusUpdate',
      'OpportunityMonetaryValueUpdate',
      'OpportunityAssignedToUpdate',
    ])
  })

  test('200: what is no change writes nothing: no event, no version, no time', async () => {
    const shown = await readBack(server, made.id)
    const bodies = [
      undefined,
      {},
      { name: made.name, status: 'open', monetaryValue: 220, pipelineId: demo.pipelineId },
      { pipelineStageId: demo.stageIds[1], contactId: demo.contactId, assignedTo: '' },
      { pipelineStageId: '', customFields: [], lostReasonId: '' },
      Object.fromEntries(
        [
          'pipelineId',
          'pipelineStageId',
          'name',
          'status',
          'monetaryValue',
          'assignedTo',
          'customFields',
          'source',
          'lostReasonId',
          'contactId',
          'forecastExpectedCloseDate',
          'forecastProbability',
        ].map((name) => [name, null]),
      ),
    ]
    for (const body of bodies) {
      const answer = await server.ask('PUT', `/opportunities/${made.id}`, { body })
      assert.deepEqual(answer.body, { opportunity: shown })
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('200: with and without a slash at the end, and under every version', async () => {
    let value = 0
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      for (const path of [`/opportunities/${made.id}`, `/opportunities/${made.id}/`]) {
        value++
        const body = { monetaryValue: value, forecastProbability: value }
        const answer = await server.ask('PUT', path, { body, version })
        assert.equal(answer.status, 200)
        assert.equal((answer.body.opportunity as OpportunityRow).monetaryValue, value)
        assert.equal((answer.body.opportunity as OpportunityRow).forecastProbability, value)
      }
    }
  })

  test('200: another pipeline without a stage, or with one it does not have: its first', async () => {
    for (const pipelineStageId of [undefined, null, '', 'nope', demo.stageIds[3]]) {
      await change(server, made.id, { pipelineId: demo.pipelineId })
      const row = await change(server, made.id, { pipelineId: renewals, pipelineStageId })
      assert.equal(row.pipelineStageId, renewalStages[0])
      assert.equal(row.pipelineId, renewals)
    }
  })

  test('200: an empty assignedTo, and an empty close date, take away what there was', async () => {
    const forecastExpectedCloseDate = '2026-05-01'
    await change(server, made.id, { assignedTo: demo.userIds[0], forecastExpectedCloseDate })
    await server.newEvents()
    const row = await change(server, made.id, { assignedTo: '', forecastExpectedCloseDate: '' })
    assert.equal(row.assignedTo, null)
    assert.equal(row.forecastExpectedCloseDate, null)
    assert.equal(row.forecastOriginalCloseDate, '2026-05-01')
    assert.deepEqual(await newEventTypes(server), [
      'OpportunityUpdate',
      'OpportunityAssignedToUpdate',
    ])
  })

  test('200: amounts come back to the digit', async () => {
    for (const amount of [123456789012.34, 0.30000000000000004, -5.5, 1e21, 5e-324, 1297.1, 0]) {
      const row = await change(server, made.id, { monetaryValue: amount })
      assert.equal(row.monetaryValue, amount)
      assert.equal((await readBack(server, made.id)).monetaryValue, amount)
      const events = await server.newEvents()
      assert.ok(events.every(({ payload }) => payload.monetaryValue === amount))
    }
  })

  test('200: only the custom fields named change, by id or by key, in every spelling', async () => {
    const { seats, notes, budget } = demo.customFieldIds
    const first = [
      { id: seats, value: 3 },
      { id: 'of-nobody', fieldValue: ['x'] },
    ]
    await change(server, made.id, { customFields: first })
    const second = [
      { key: 'what_they_need', field_value: 'A site' },
      { key: 'opportunity.budget', fieldValue: 1.5 },
      { key: 'seats', value: 4 },
      { id: budget, value: 2.5 },
    ]
    const row = await change(server, made.id, { customFields: second })
    const expected = [
      { id: seats, fieldValue: 4 },
      { id: 'of-nobody', fieldValue: ['x'] },
      { id: notes, fieldValue: 'A site' },
      { id: budget, fieldValue: 2.5 },
    ]
    assert.deepEqual(row.customFields, expected)
    assert.deepEqual((await readBack(server, made.id)).customFields, expected)
    await server.newEvents()
    await change(server, made.id, { customFields: [{ key: 'seats', value: 4 }] })
    assert.deepEqual(await server.newEvents(), [], 'the same value is no change')
  })

  test('201: creation takes the same keys', async () => {
    await clearPipeline(server)
    const customFields = [{ key: 'how_soon', value: 'This week' }]
    const row = await createOpportunity(server, { customFields })
    const { howSoon: id } = demo.customFieldIds
    assert.deepEqual(row.customFields, [{ id, fieldValue: 'This week' }])
  })

  test('200: a reason goes with lost, and goes away with it', async () => {
    const { price, competitor } = demo.lostReasonIds
    const lost = await change(server, made.id, { status: 'lost', lostReasonId: price })
    assert.equal(lost.lostReasonId, price)
    const other = await change(server, made.id, { lostReasonId: competitor })
    assert.equal(other.lostReasonId, competitor)
    assert.equal((await change(server, made.id, { name: 'Still' })).lostReasonId, competitor)
    assert.equal((await change(server, made.id, { lostReasonId: '' })).lostReasonId, null)
    await change(server, made.id, { lostReasonId: price })
    const open = await change(server, made.id, { status: 'open' })
    assert.equal(open.lostReasonId, null)
  })

  test('200: a reason that was deleted since stays where it is, and may be sent back', async () => {
    const { noAnswer } = demo.lostReasonIds
    await change(server, made.id, { status: 'lost', lostReasonId: noAnswer })
    const setDeleted = (at: Date | null) =>
      server.db.query(sql`
        update lost_reasons set deleted_at = ${at}
        where location_id = ${demo.locationId} and id = ${noAnswer}`)
    await setDeleted(changedAt)
    const row = await change(server, made.id, { lostReasonId: noAnswer, name: 'Known' })
    assert.equal(row.lostReasonId, noAnswer)
    await setDeleted(null)
  })

  test('200: a close date that moves later slips, one that moves earlier does not', async () => {
    const to = async (day: string, date: Date) => {
      server.now = date
      const row = await change(server, made.id, { forecastExpectedCloseDate: day })
      return [
        row.forecastExpectedCloseDate,
        row.forecastOriginalCloseDate,
        row.forecastSlippageCount,
        row.forecastDaysSlipped,
        row.forecastLastSlippedAt,
      ]
    }
    const first = new Date('2026-03-03T00:00:00.000Z')
    const second = new Date('2026-03-04T00:00:00.000Z')
    const [one, two] = [first.toISOString(), second.toISOString()]
    assert.deepEqual(await to('2026-05-01', changedAt), ['2026-05-01', '2026-05-01', 0, 0, null])
    assert.deepEqual(await to('05/20/2026', first), ['2026-05-20', '2026-05-01', 1, 19, one])
    assert.deepEqual(await to('2026.05.20', second), ['2026-05-20', '2026-05-01', 1, 19, one])
    assert.deepEqual(await to('2026-04-01', second), ['2026-04-01', '2026-05-01', 1, 19, one])
    assert.deepEqual(await to('2026-04-02', second), ['2026-04-02', '2026-05-01', 2, 20, two])
    assert.deepEqual(await to('', second), [null, '2026-05-01', 2, 20, two])
    assert.deepEqual(await to('2027-01-01', second), ['2027-01-01', '2026-05-01', 2, 20, two])
  })

  test('200: days that slip are counted up to a bound, and do not end in an error', async () => {
    await server.db.query(sql`
      update opportunities set forecast_days_slipped = 2147483000,
        forecast_expected_close_date = '0001-01-01'
      where location_id = ${demo.locationId} and id = ${made.id}`)
    const row = await change(server, made.id, { forecastExpectedCloseDate: '9999-12-31' })
    assert.equal(row.forecastDaysSlipped, 2147483647)
  })

  test('200: a new name is what it is found by, with its contact as before', async () => {
    await change(server, made.id, { name: 'Café Ünique' })
    const [found] = await server.db.query<{ text: string }>(sql`
      select search_text as text from opportunities
      where location_id = ${demo.locationId} and id = ${made.id}`)
    assert.equal(
      found?.text,
      ' cafe unique\u001f jordan blake\u001f jordan blakepartners example\u001f 15555550100' +
        '\u001f 5555550100\u001f blake partners\u001f lead',
    )
  })

  test('200: followers, attributions and where it came from stay', async () => {
    await server.ask('POST', `/opportunities/${made.id}/followers`, {
      body: { followers: demo.userIds.slice(0, 2) },
    })
    const row = await change(server, made.id, { name: 'Followed', status: 'won' })
    assert.deepEqual(row.followers, demo.userIds.slice(0, 2))
  })
})
