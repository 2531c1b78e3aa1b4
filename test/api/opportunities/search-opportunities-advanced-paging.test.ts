import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import { sortFields } from '../../../src/api/opportunities/search/order.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { directions } from '../../../src/resource/search/order.ts'
import { testServer } from '../test-server.ts'
import { type FoundRow, idsOf, insertRow, newestFirst, searchAdvanced } from './searching.ts'

const times = ['2026-01-20T10:00:00.000Z', '2026-01-20T10:00:00.001Z']
const values = [0, 1, 1.5, 1e21, 0.1]
const names = ['same', 'Same', 'sámé', 'other', '']

type Sort = { field: (typeof sortFields)[number]; direction: (typeof directions)[number] }[]

const sortValues: Record<Sort[number]['field'], (row: FoundRow) => string | number> = {
  date_added: ({ createdAt }) => Date.parse(createdAt),
  date_updated: ({ updatedAt }) => Date.parse(String(updatedAt)),
  name: ({ name }) => name,
  monetary_value: ({ monetaryValue }) => Number(monetaryValue),
  last_status_change_date: ({ lastStatusChangeAt: at }) => Date.parse(String(at)),
  last_stage_change_date: ({ lastStageChangeAt: at }) => Date.parse(String(at)),
}

const foldText = (value: string | number) =>
  typeof value === 'string'
    ? value
        .normalize('NFD')
        .replaceAll(/[\u0300-\u036f]/g, '')
        .toLowerCase()
    : value

/** How rows are sorted when somebody asks for it. */
function comparatorOf(sort: Sort): (a: FoundRow, b: FoundRow) => number {
  const direction = sort.at(-1)?.direction ?? 'desc'
  const keys = [
    ...sort.map((one) => ({ of: sortValues[one.field], direction: one.direction })),
    { of: ({ contactId }: FoundRow) => contactId, direction },
    { of: ({ id }: FoundRow) => id, direction },
  ]
  return (a, b) => {
    for (const [i, { of, direction }] of keys.entries()) {
      const isText = i >= sort.length
      const [left, right] = [of(a), of(b)].map((value) => (isText ? value : foldText(value)))
      if (left !== undefined && right !== undefined && left !== right) {
        return left < right === (direction === 'asc') ? -1 : 1
      }
    }
    return 0
  }
}

describe('search-opportunities-advanced, page by page', () => {
  const server = testServer()
  let all: FoundRow[]

  before(async () => {
    // Few names, values, times and contacts, so that many rows are alike.
    for (let i = 0; i < 30; i++) {
      await insertRow(server, {
        id: `alike${String(i).padStart(2, '0')}`,
        name: names[i % names.length] ?? '',
        value: values[(i * 3) % values.length] ?? 0,
        contactId: i % 3 === 0 ? demo.contactId : 'byMEV0NQinDhq8ZfiOi2',
        followers: demo.userIds.slice(i % 4, (i % 4) + (i % 3)),
        createdAt: new Date(times[i % 2] ?? ''),
      })
    }
    all = (await searchAdvanced(server)).opportunities
    assert.equal(all.length, 90)
  })

  /** Every page, each from the `sort` of the last row of the one before. */
  async function pages(body: object, spell: (value: string | number) => unknown = (v) => v) {
    const rows: FoundRow[] = []
    let searchAfter: unknown[] = []
    for (let count = 0; ; count++) {
      assert.ok(count < 200, 'the pages end')
      const found = await searchAdvanced(server, { ...body, searchAfter })
      if (found.opportunities.length === 0) return rows
      rows.push(...found.opportunities)
      searchAfter = (found.opportunities.at(-1)?.sort ?? []).map(spell)
    }
  }

  test('200: newest first, by searchAfter, every row once', async () => {
    assert.deepEqual(idsOf(all), idsOf(all.toSorted(newestFirst)))
    for (const limit of [1, 7, 90]) {
      assert.deepEqual(idsOf(await pages({ limit })), idsOf(all))
    }
    assert.deepEqual(idsOf(await pages({ limit: 11 }, String)), idsOf(all), 'as text, as v2 has it')
  })

  test('200: a row’s sort is its time and contact, or its own id where the next is alike', async () => {
    for (const [i, row] of all.entries()) {
      const next = all[i + 1]
      const isAlike = next?.createdAt === row.createdAt && next.contactId === row.contactId
      assert.deepEqual(row.sort, [Date.parse(row.createdAt), isAlike ? row.id : row.contactId])
    }
    assert.ok(all.some(({ sort, id }) => sort[1] === id))
  })

  test('200: in any order, page by page, every row once', async () => {
    const sort = fc.uniqueArray(
      fc.record({
        field: fc.constantFrom(...sortFields),
        direction: fc.constantFrom(...directions),
      }),
      { minLength: 1, maxLength: 6, selector: ({ field }) => field },
    )
    await fc.assert(
      fc.asyncProperty(sort, fc.integer({ min: 10, max: 40 }), async (asked, limit) => {
        const wanted = all.toSorted(comparatorOf(asked))
        const whole = (await searchAdvanced(server, { sort: asked })).opportunities
        assert.deepEqual(idsOf(whole), idsOf(wanted))
        for (const row of whole) {
          const place = asked.map(({ field }) => sortValues[field](row))
          assert.deepEqual(row.sort, [...place, row.contactId, row.id])
        }
        assert.deepEqual(idsOf(await pages({ limit, sort: asked })), idsOf(wanted))
      }),
      { numRuns: 25 },
    )
  })

  test('200: those of one follower, or of several, page by page, every row once', async () => {
    const [first, second, third] = demo.userIds
    const open = { field: 'status', operator: 'eq', value: 'open' }
    const orders: Sort[] = [
      [],
      [{ field: 'date_added', direction: 'asc' }],
      [{ field: 'date_added', direction: 'desc' }],
      [{ field: 'name', direction: 'asc' }],
    ]
    for (const users of [[second], [first, third], ['nobody'], [second, 'nobody']]) {
      const filters = [{ field: 'followers', operator: 'contains', value: users }, open]
      const areTheirs = ({ followers, status }: FoundRow) =>
        status === 'open' && (followers as string[]).some((id) => users.includes(id))
      for (const sort of orders) {
        const sorted = sort.length > 0 ? all.toSorted(comparatorOf(sort)) : all
        const wanted = idsOf(sorted.filter(areTheirs))
        const given = { filters, ...(sort.length > 0 && { sort }) }
        const { total, opportunities } = await searchAdvanced(server, given)
        assert.deepEqual([total, idsOf(opportunities)], [wanted.length, wanted])
        for (const limit of [1, 5]) {
          assert.deepEqual(idsOf(await pages({ ...given, limit })), wanted)
        }
      }
    }
    assert.ok(all.filter(({ followers }) => String(followers).includes(String(second))).length > 10)
  })

  test('200: somebody who follows no more is not found by what a race left behind', async () => {
    const { locationId } = demo
    await server.db.query(sql`
      insert into opportunity_followers
      select o.location_id, 'gone', o.created_at, o.contact_id, o.id from opportunities o
      where o.location_id = ${locationId}`)
    for (const value of ['gone', ['gone', 'nobody']]) {
      const filters = [
        { field: 'followers', operator: 'contains', value },
        { field: 'monetary_value', operator: 'range', value: { gte: 0 } },
      ]
      const { total, opportunities } = await searchAdvanced(server, { filters })
      assert.deepEqual([total, opportunities], [0, []])
    }
  })

  test('200: rows that are added or deleted meanwhile move nothing else', async () => {
    const sort = [{ field: 'name', direction: 'asc' }]
    const before = (await searchAdvanced(server, { sort })).opportunities
    const rows: FoundRow[] = []
    let searchAfter: unknown[] = []
    for (let i = 0; i === 0 || searchAfter.length > 0; i++) {
      const { opportunities } = await searchAdvanced(server, { sort, limit: 8, searchAfter })
      rows.push(...opportunities)
      searchAfter = opportunities.at(-1)?.sort ?? []
      await insertRow(server, { id: `first${i}`, name: '', createdAt: new Date('2026-03-01') })
      // The row that the next page goes on from need not be there any more.
      const last = opportunities.at(-1)
      if (last) await server.ask('DELETE', `/opportunities/${last.id}`)
    }
    assert.deepEqual(idsOf(rows), idsOf(before))
  })
})
