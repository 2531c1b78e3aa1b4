import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { advanced, ids, insert, newestFirst, type Row } from './searching.ts'

const { customFieldIds } = demo
const custom = (name: keyof typeof customFieldIds) => `custom_fields.${customFieldIds[name]}`
const is = (field: string, operator: string, value?: unknown) => ({ field, operator, value })

const held = (row: Row, id: string): unknown => {
  const found = row.customFields.find((field) => field.id === id)
  return found && (found.fieldValueString ?? found.fieldValueNumber ?? found.fieldValueArray)
}

describe('search-opportunities-advanced', () => {
  const server = testServer()
  let all: Row[]

  before(async () => {
    all = (await advanced(server)).opportunities
    assert.deepEqual(ids(all), ids(all.toSorted(newestFirst)))
    assert.equal(all.length, 60)
  })

  async function finds(filters: object[], passes: (row: Row) => boolean): Promise<void> {
    const wanted = all.filter(passes)
    const found = await advanced(server, { filters })
    assert.deepEqual(ids(found.opportunities), ids(wanted), JSON.stringify(filters))
    assert.equal(found.total, wanted.length, JSON.stringify(filters))
  }

  test('200: the least that clients send, and everything that RocketRide sends', async () => {
    const { locationId } = demo
    const least = await advanced(server, { limit: 20, filters: [] })
    assert.deepEqual(Object.keys(least), ['opportunities', 'total', 'aggregations'])
    assert.deepEqual(ids(least.opportunities), ids(all.slice(0, 20)))
    assert.deepEqual([least.total, least.aggregations], [60, {}])
    const flags = { notes: true, tasks: true, calendarEvents: true, unReadConversations: true }
    const body = { locationId, limit: 20, query: '', searchAfter: [], additionalDetails: flags }
    const full = await advanced(server, body)
    const details = { notes: [], tasks: [], calendarEvents: [], unReadConversations: 0 }
    const wanted = least.opportunities.map((row) => ({ ...row, ...details }))
    assert.deepEqual(full, { ...least, opportunities: wanted })
    const off = { notes: false, tasks: false, calendarEvents: false, unReadConversations: false }
    assert.deepEqual(await advanced(server, { ...body, additionalDetails: off }), least)
  })

  test('200: the sample of the official guide', async () => {
    const stage = String(demo.stageIds[1])
    const body = {
      page: 0,
      limit: 20,
      query: 'for',
      filters: [
        is('status', 'eq', 'open'),
        {
          group: 'OR',
          filters: [
            is('pipeline_id', 'eq', 'bCkKGpDsyPP4peuKowkG'),
            is('pipeline_stage_id', 'eq', stage),
          ],
        },
      ],
      sort: [{ field: 'date_added', direction: 'desc' }],
      additionalDetails: { notes: true, tasks: true, calendarEvents: false },
    }
    const found = await advanced(server, body)
    const wanted = all.filter(
      ({ status, pipelineId, pipelineStageId }) =>
        status === 'open' && (pipelineId === 'bCkKGpDsyPP4peuKowkG' || pipelineStageId === stage),
    )
    assert.ok(wanted.length > 5 && wanted.length < 20)
    assert.deepEqual(ids(found.opportunities), ids(wanted))
    assert.equal(found.total, wanted.length)
  })

  // UPSTREAM: behaviour.md §2.4, the table; a list of values as in issue #74
  test('200: fields of opportunities', async () => {
    const user = String(demo.userIds[1])
    const two = [String(all[3]?.id), String(all[7]?.id)]
    await finds([is('id', 'eq', two)], ({ id }) => two.includes(id))
    await finds([is('id', 'not_eq', two[0])], ({ id }) => id !== two[0])
    await finds([is('name', 'contains', 'seo RETAINER')], ({ name }) => name.includes('SEO'))
    await finds([is('name', 'eq', all[3]?.name.toUpperCase())], ({ name }) => name === all[3]?.name)
    await finds([is('monetary_value', 'eq', [4800, '897'])], ({ monetaryValue: value }) =>
      [4800, 897].includes(Number(value)),
    )
    await finds(
      [is('monetary_value', 'range', { gte: 897, lt: 4800 })],
      ({ monetaryValue: value }) => Number(value) >= 897 && Number(value) < 4800,
    )
    await finds([is('status', 'eq', ['won', 'lost'])], ({ status }) =>
      ['won', 'lost'].includes(String(status)),
    )
    await finds([is('status', 'not_eq', 'open')], ({ status }) => status !== 'open')
    await finds([is('assigned_to', 'not_exists')], ({ assignedTo }) => assignedTo === null)
    await finds([is('assigned_to', 'exists')], ({ assignedTo }) => assignedTo !== null)
    await finds([is('assigned_to', 'not_eq', user)], ({ assignedTo }) => assignedTo !== user)
    await finds([is('source', 'eq', 'form')], () => true)
    await finds([is('source', 'not_exists', '')], () => false)
    await finds([is('lost_reason_id', 'exists')], ({ lostReasonId }) => lostReasonId !== null)
    for (const operator of ['eq', 'contains']) {
      await finds([is('followers', operator, user)], ({ followers }) =>
        (followers as string[]).includes(user),
      )
    }
    await finds([is('followers', 'not_exists')], ({ followers }) => String(followers) === '')
  })

  test('200: fields of contacts', async () => {
    await finds(
      [is('contact_name', 'eq', 'tomas herrera')],
      ({ contact }) => contact.name === 'Tomás Herrera',
    )
    await finds([is('company_name', 'contains', '& s')], ({ contact }) =>
      String(contact.companyName).includes('& S'),
    )
    await finds([is('email', 'not_contains', '.example')], () => false)
    await finds([is('phone', 'contains', '+1612')], ({ contact }) =>
      String(contact.phone).startsWith('+1612'),
    )
    await finds(
      [is('contact_id', 'eq', all[5]?.contactId)],
      ({ contactId }) => contactId === all[5]?.contactId,
    )
    await finds([is('contact_name', 'contains', '%')], () => false)
  })

  test('200: dates as days, ISO times and milliseconds', async () => {
    const at = String(all[20]?.createdAt)
    const day = at.slice(0, 10)
    const ms = Date.parse(at)
    for (const value of [at, ms, String(ms)]) {
      await finds([is('date_added', 'range', { gte: value })], (row) => row.createdAt >= at)
      await finds([is('date_added', 'range', { gt: value })], (row) => row.createdAt > at)
      await finds([is('date_added', 'range', { lt: value })], (row) => row.createdAt < at)
    }
    const dayOf = ({ createdAt }: Row) => createdAt.slice(0, 10)
    await finds([is('date_added', 'range', { gte: day, lte: day })], (row) => dayOf(row) === day)
    await finds([is('date_added', 'range', { gt: day })], (row) => dayOf(row) > day)
    await finds([is('date_added', 'range', { lt: day })], (row) => dayOf(row) < day)
    for (const field of ['date_updated', 'last_status_change_date', 'last_stage_change_date']) {
      await finds([is(field, 'range', { lte: day })], (row) => dayOf(row) <= day)
      await finds([is(field, 'exists')], () => true)
    }
  })

  test('200: custom fields by what their definitions say they are', async () => {
    const { reference, seats, services, decisionDate, howSoon } = customFieldIds
    await finds([is(custom('reference'), 'contains', 'ref-100')], (row) =>
      String(held(row, reference)).startsWith('REF-100'),
    )
    await finds([is(custom('reference'), 'not_exists')], (row) => !held(row, reference))
    await finds(
      [is(custom('howSoon'), 'eq', 'this week')],
      (row) => held(row, howSoon) === 'This week',
    )
    await finds([is(custom('seats'), 'range', { gt: 5, lte: 20 })], (row) => {
      const value = Number(held(row, seats))
      return value > 5 && value <= 20
    })
    await finds([is(custom('services'), 'eq', ['Web', 'Ads'])], (row) =>
      ['Web', 'Ads'].some((one) => (held(row, services) as string[])?.includes(one)),
    )
    await finds(
      [is(custom('decisionDate'), 'range', { gte: '2026-03-01', lt: '2026-05-01' })],
      (row) => {
        const day = String(held(row, decisionDate) ?? '')
        return day >= '2026-03-01' && day < '2026-05-01'
      },
    )
  })

  test('200: values that are not what their field holds are no values, and no error', async () => {
    const { seats, decisionDate } = customFieldIds
    const odd = [null, '', 'many', 1e300, '12', true, ['12'], { a: '12' }, '2026-13-77', -1e17, 12]
    for (const [i, fieldValue] of odd.entries()) {
      const fields = [seats, decisionDate, 'unknown'].map((id) => ({ id, fieldValue }))
      await server.db.query(sql`
        update opportunities set custom_fields = ${JSON.stringify(fields)}
        where location_id = ${demo.locationId} and id = ${all[i]?.id}`)
    }
    const some = { filters: [is('id', 'eq', ids(all.slice(0, odd.length)))] }
    const found = async (...filters: object[]) => {
      const { opportunities } = await advanced(server, { filters: [...some.filters, ...filters] })
      return opportunities.map(({ id }) => odd[ids(all).indexOf(id)])
    }
    assert.deepEqual(await found(is(custom('seats'), 'eq', 12)), ['12', 12])
    assert.deepEqual(await found(is(custom('seats'), 'range', { lt: 0 })), [-1e17])
    assert.deepEqual(await found(is(custom('seats'), 'not_exists')), [null, ''])
    assert.deepEqual(await found(is(custom('decisionDate'), 'range', { gt: '2026-12-31' })), [
      '2026-13-77',
    ])
    assert.deepEqual(await found(is('custom_fields.unknown', 'eq', 'MANY')), ['many'])
    assert.deepEqual(await found(is('custom_fields.unknown', 'eq', true)), [true])
    assert.deepEqual(await found(is('custom_fields.unknown.a', 'contains', '1')), [{ a: '12' }])
    all = (await advanced(server)).opportunities
  })

  test('200: pages count from 0, to 10,000 rows', async () => {
    const page = async (n: number) =>
      ids((await advanced(server, { limit: 25, page: n })).opportunities)
    assert.deepEqual(await page(0), ids(all.slice(0, 25)))
    assert.deepEqual(await page(2), ids(all.slice(50)))
    assert.deepEqual(await page(400), [])
    assert.deepEqual(ids((await advanced(server, { limit: 1, page: null })).opportunities), [
      all[0]?.id,
    ])
  })

  // UPSTREAM: behaviour.md §2.4 and §8.5
  test('200: stages are summed up under v3 when a pipeline is asked for', async () => {
    const likely = { id: 'likely', value: 1000, probability: 90 }
    await insert(server, { ...likely, createdAt: new Date('2026-02-20') })
    all = (await advanced(server)).opportunities
    const inSales = is('pipeline_id', 'eq', demo.pipelineId)
    const notOne = is('name', 'not_eq', all[3]?.name)
    const v3 = { version: 'v3' }
    assert.equal((await advanced(server, { filters: [inSales] })).stageAggregations, undefined)
    assert.equal((await advanced(server, { filters: [notOne] }, v3)).stageAggregations, undefined)
    const sales = all.filter(({ pipelineId }) => pipelineId === demo.pipelineId)
    // Asked for the name as well, the opportunities are summed up; else it is their counts.
    for (const [filters, rows] of [
      [[inSales], sales],
      [[inSales, is('status', 'not_eq', 'lost')], sales.filter(({ status }) => status !== 'lost')],
      [[inSales, notOne], sales.filter(({ name }) => name !== all[3]?.name)],
      [[inSales, is('source', 'not_exists')], sales.filter(({ id }) => id === 'likely')],
    ] as const) {
      const found = await advanced(server, { limit: 1, filters }, v3)
      assert.deepEqual(found.stageAggregations, sums(rows), JSON.stringify(filters))
      assert.equal(found.total, rows.length)
    }
  })
})

/** Counts and sums of the demo pipeline's stages that have any of the rows. */
function sums(rows: readonly Row[]): object[] {
  const sum = (those: readonly Row[], of: (row: Row) => number) =>
    Number(those.reduce((total, row) => total + of(row), 0).toFixed(6))
  const value = ({ monetaryValue }: Row) => Number(monetaryValue)
  const weighted = (row: Row) => (value(row) * Number(row.effectiveProbability)) / 100
  return demo.stageIds.flatMap((pipelineStageId) => {
    const here = rows.filter((row) => row.pipelineStageId === pipelineStageId)
    const open = here.filter(({ status }) => status === 'open')
    const won = here.filter(({ status }) => status === 'won')
    if (here.length === 0) return []
    return [
      {
        pipelineStageId,
        totalCount: here.length,
        totalValue: sum(here, value),
        weightedValue: sum(here, weighted),
        openValue: sum(open, value),
        openWeightedValue: sum(open, weighted),
        wonValue: sum(won, value),
      },
    ]
  })
}
