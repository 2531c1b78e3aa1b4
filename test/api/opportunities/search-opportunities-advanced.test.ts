import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { type FoundRow, idsOf, insertRow, newestFirst, searchAdvanced } from './searching.ts'

const { customFieldIds } = demo
const customFieldName = (name: keyof typeof customFieldIds) =>
  `custom_fields.${customFieldIds[name]}`
const condition = (field: string, operator: string, value?: unknown) => ({ field, operator, value })

const isoDay = (ms: number) => new Date(ms).toISOString().slice(0, 10)

const storedValue = (row: FoundRow, id: string): unknown => {
  const found = row.customFields.find((field) => field.id === id)
  if (found?.type === 'date') return isoDay(Number(found.fieldValueDate))
  return found && (found.fieldValueString ?? found.fieldValueNumber ?? found.fieldValueArray)
}

describe('search-opportunities-advanced', () => {
  const server = testServer()
  let all: FoundRow[]

  before(async () => {
    all = (await searchAdvanced(server)).opportunities
    assert.deepEqual(idsOf(all), idsOf(all.toSorted(newestFirst)))
    assert.equal(all.length, 60)
  })

  async function finds(filters: object[], passes: (row: FoundRow) => boolean): Promise<void> {
    const wanted = all.filter(passes)
    const found = await searchAdvanced(server, { filters })
    assert.deepEqual(idsOf(found.opportunities), idsOf(wanted), JSON.stringify(filters))
    assert.equal(found.total, wanted.length, JSON.stringify(filters))
  }

  test('200: the least that clients send, and everything that RocketRide sends', async () => {
    const { locationId } = demo
    const least = await searchAdvanced(server, { limit: 20, filters: [] })
    assert.deepEqual(Object.keys(least), ['opportunities', 'total', 'aggregations'])
    assert.deepEqual(idsOf(least.opportunities), idsOf(all.slice(0, 20)))
    assert.deepEqual([least.total, least.aggregations], [60, {}])
    const flags = { notes: true, tasks: true, calendarEvents: true, unReadConversations: true }
    const body = { locationId, limit: 20, query: '', searchAfter: [], additionalDetails: flags }
    const full = await searchAdvanced(server, body)
    const empty = { calendarEvents: [], calenders: [], unReadConversations: 0 }
    const details = { notes: [], tasks: [], ...empty }
    const wanted = least.opportunities.map((row) => ({ ...row, ...details }))
    assert.deepEqual(full, { ...least, opportunities: wanted })
    const off = { notes: false, tasks: false, calendarEvents: false, unReadConversations: false }
    assert.deepEqual(await searchAdvanced(server, { ...body, additionalDetails: off }), least)
  })

  test('200: the sample of the official guide', async () => {
    const stage = String(demo.stageIds[1])
    const body = {
      page: 0,
      limit: 20,
      query: 'for',
      filters: [
        condition('status', 'eq', 'open'),
        {
          group: 'OR',
          filters: [
            condition('pipeline_id', 'eq', 'bCkKGpDsyPP4peuKowkG'),
            condition('pipeline_stage_id', 'eq', stage),
          ],
        },
      ],
      sort: [{ field: 'date_added', direction: 'desc' }],
      additionalDetails: { notes: true, tasks: true, calendarEvents: false },
    }
    const found = await searchAdvanced(server, body)
    const wanted = all.filter(
      ({ status, pipelineId, pipelineStageId }) =>
        status === 'open' && (pipelineId === 'bCkKGpDsyPP4peuKowkG' || pipelineStageId === stage),
    )
    assert.ok(wanted.length > 5 && wanted.length < 20)
    assert.deepEqual(idsOf(found.opportunities), idsOf(wanted))
    assert.equal(found.total, wanted.length)
  })

  // UPSTREAM: behaviour.md §2.4, the table; a list of values as in issue #74
  test('200: fields of opportunities', async () => {
    const user = String(demo.userIds[1])
    const two = [String(all[3]?.id), String(all[7]?.id)]
    await finds([condition('id', 'eq', two)], ({ id }) => two.includes(id))
    await finds([condition('id', 'not_eq', two[0])], ({ id }) => id !== two[0])
    await finds([condition('name', 'contains', 'seo RETAINER')], ({ name }) => name.includes('SEO'))
    await finds(
      [condition('name', 'eq', all[3]?.name.toUpperCase())],
      ({ name }) => name === all[3]?.name,
    )
    await finds([condition('monetary_value', 'eq', [4800, '897'])], ({ monetaryValue: value }) =>
      [4800, 897].includes(Number(value)),
    )
    await finds(
      [condition('monetary_value', 'range', { gte: 897, lt: 4800 })],
      ({ monetaryValue: value }) => Number(value) >= 897 && Number(value) < 4800,
    )
    await finds([condition('status', 'eq', ['won', 'lost'])], ({ status }) =>
      ['won', 'lost'].includes(String(status)),
    )
    await finds([condition('status', 'not_eq', 'open')], ({ status }) => status !== 'open')
    await finds([condition('assigned_to', 'not_exists')], ({ assignedTo }) => assignedTo === null)
    await finds([condition('assigned_to', 'exists')], ({ assignedTo }) => assignedTo !== null)
    await finds([condition('assigned_to', 'not_eq', user)], ({ assignedTo }) => assignedTo !== user)
    await finds([condition('source', 'eq', 'form')], () => true)
    await finds([condition('source', 'not_exists', '')], () => false)
    await finds(
      [condition('lost_reason_id', 'exists')],
      ({ lostReasonId }) => lostReasonId !== null,
    )
    for (const operator of ['eq', 'contains']) {
      await finds([condition('followers', operator, user)], ({ followers }) =>
        (followers as string[]).includes(user),
      )
    }
    await finds([condition('followers', 'not_exists')], ({ followers }) => String(followers) === '')
  })

  test('200: fields of contacts', async () => {
    await finds(
      [condition('contact_name', 'eq', 'tomas herrera')],
      ({ contact }) => contact.name === 'Tomás Herrera',
    )
    await finds([condition('company_name', 'contains', '& s')], ({ contact }) =>
      String(contact.companyName).includes('& S'),
    )
    await finds([condition('email', 'not_contains', '.example')], () => false)
    await finds([condition('phone', 'contains', '+1612')], ({ contact }) =>
      String(contact.phone).startsWith('+1612'),
    )
    await finds(
      [condition('contact_id', 'eq', all[5]?.contactId)],
      ({ contactId }) => contactId === all[5]?.contactId,
    )
    await finds([condition('contact_name', 'contains', '%')], () => false)
  })

  test('200: dates as days, ISO times and milliseconds', async () => {
    const at = String(all[20]?.createdAt)
    const day = at.slice(0, 10)
    const ms = Date.parse(at)
    for (const value of [at, ms, String(ms)]) {
      await finds([condition('date_added', 'range', { gte: value })], (row) => row.createdAt >= at)
      await finds([condition('date_added', 'range', { gt: value })], (row) => row.createdAt > at)
      await finds([condition('date_added', 'range', { lt: value })], (row) => row.createdAt < at)
    }
    const dayOf = ({ createdAt }: FoundRow) => createdAt.slice(0, 10)
    await finds(
      [condition('date_added', 'range', { gte: day, lte: day })],
      (row) => dayOf(row) === day,
    )
    await finds([condition('date_added', 'range', { gt: day })], (row) => dayOf(row) > day)
    await finds([condition('date_added', 'range', { lt: day })], (row) => dayOf(row) < day)
    for (const field of ['date_updated', 'last_status_change_date', 'last_stage_change_date']) {
      await finds([condition(field, 'range', { lte: day })], (row) => dayOf(row) <= day)
      await finds([condition(field, 'exists')], () => true)
    }
  })

  test('200: custom fields by what their definitions say they are', async () => {
    const { reference, seats, services, decisionDate, howSoon } = customFieldIds
    await finds([condition(customFieldName('reference'), 'contains', 'ref-100')], (row) =>
      String(storedValue(row, reference)).startsWith('REF-100'),
    )
    await finds(
      [condition(customFieldName('reference'), 'not_exists')],
      (row) => !storedValue(row, reference),
    )
    await finds(
      [condition(customFieldName('howSoon'), 'eq', 'this week')],
      (row) => storedValue(row, howSoon) === 'This week',
    )
    await finds([condition(customFieldName('seats'), 'range', { gt: 5, lte: 20 })], (row) => {
      const value = Number(storedValue(row, seats))
      return value > 5 && value <= 20
    })
    await finds([condition(customFieldName('services'), 'eq', ['Web', 'Ads'])], (row) =>
      ['Web', 'Ads'].some((one) => (storedValue(row, services) as string[])?.includes(one)),
    )
    await finds(
      [
        condition(customFieldName('decisionDate'), 'range', {
          gte: '2026-03-01',
          lt: '2026-05-01',
        }),
      ],
      (row) => {
        const day = String(storedValue(row, decisionDate) ?? '')
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
    const some = { filters: [condition('id', 'eq', idsOf(all.slice(0, odd.length)))] }
    const found = async (...filters: object[]) => {
      const { opportunities } = await searchAdvanced(server, {
        filters: [...some.filters, ...filters],
      })
      return opportunities.map(({ id }) => odd[idsOf(all).indexOf(id)])
    }
    assert.deepEqual(await found(condition(customFieldName('seats'), 'eq', 12)), ['12', 12])
    assert.deepEqual(await found(condition(customFieldName('seats'), 'range', { lt: 0 })), [-1e17])
    assert.deepEqual(await found(condition(customFieldName('seats'), 'not_exists')), [null, ''])
    assert.deepEqual(
      await found(condition(customFieldName('decisionDate'), 'range', { gt: '2026-12-31' })),
      ['2026-13-77'],
    )
    assert.deepEqual(await found(condition('custom_fields.unknown', 'eq', 'MANY')), ['many'])
    assert.deepEqual(await found(condition('custom_fields.unknown', 'eq', true)), [true])
    assert.deepEqual(await found(condition('custom_fields.unknown.a', 'contains', '1')), [
      { a: '12' },
    ])
    all = (await searchAdvanced(server)).opportunities
  })

  test('200: pages count from 0, to 10,000 rows', async () => {
    const page = async (n: number) =>
      idsOf((await searchAdvanced(server, { limit: 25, page: n })).opportunities)
    assert.deepEqual(await page(0), idsOf(all.slice(0, 25)))
    assert.deepEqual(await page(2), idsOf(all.slice(50)))
    assert.deepEqual(await page(400), [])
    assert.deepEqual(
      idsOf((await searchAdvanced(server, { limit: 1, page: null })).opportunities),
      [all[0]?.id],
    )
  })

  // UPSTREAM: behaviour.md §2.4 and §8.5
  test('200: stages are summed up under v3 when a pipeline is asked for', async () => {
    const likely = { id: 'likely', value: 1000, probability: 90 }
    await insertRow(server, { ...likely, createdAt: new Date('2026-02-20') })
    all = (await searchAdvanced(server)).opportunities
    const inSales = condition('pipeline_id', 'eq', demo.pipelineId)
    const notOne = condition('name', 'not_eq', all[3]?.name)
    const v3 = { version: 'v3' }
    assert.equal(
      (await searchAdvanced(server, { filters: [inSales] })).stageAggregations,
      undefined,
    )
    assert.equal(
      (await searchAdvanced(server, { filters: [notOne] }, v3)).stageAggregations,
      undefined,
    )
    const sales = all.filter(({ pipelineId }) => pipelineId === demo.pipelineId)
    // Asked for the name as well, the opportunities are summed up; else it is their counts.
    for (const [filters, rows] of [
      [[inSales], sales],
      [
        [inSales, condition('status', 'not_eq', 'lost')],
        sales.filter(({ status }) => status !== 'lost'),
      ],
      [[inSales, notOne], sales.filter(({ name }) => name !== all[3]?.name)],
      [[inSales, condition('source', 'not_exists')], sales.filter(({ id }) => id === 'likely')],
    ] as const) {
      const found = await searchAdvanced(server, { limit: 1, filters }, v3)
      assert.deepEqual(found.stageAggregations, sums(rows), JSON.stringify(filters))
      assert.equal(found.total, rows.length)
    }
  })

  test('200: a sum is no more than a number can be', async () => {
    for (const id of ['vast', 'vaster']) {
      await insertRow(server, { id, value: 1e308, createdAt: new Date('2026-02-21') })
    }
    const filters = [condition('pipeline_id', 'eq', demo.pipelineId)]
    const found = await searchAdvanced(server, { limit: 1, filters }, { version: 'v3' })
    const values = found.stageAggregations?.map(({ totalValue }) => totalValue)
    assert.ok(values?.includes(Number.MAX_VALUE), String(values))
  })
})

/** Counts and sums of the demo pipeline's stages that have any of the rows. */
function sums(rows: readonly FoundRow[]): object[] {
  const sum = (those: readonly FoundRow[], of: (row: FoundRow) => number) =>
    Number(those.reduce((total, row) => total + of(row), 0).toFixed(6))
  const value = ({ monetaryValue }: FoundRow) => Number(monetaryValue)
  const weighted = (row: FoundRow) => (value(row) * Number(row.effectiveProbability)) / 100
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
