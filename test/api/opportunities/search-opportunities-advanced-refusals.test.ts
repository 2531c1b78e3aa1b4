import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { sortFields } from '../../../src/api/opportunities/search/order.ts'
import { demo } from '../../../src/demo/ids.ts'
import { notOneOf, otherLocation, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { operatorsOf, operatorsOfType } from './filter-model.ts'

const { seats, services, decisionDate } = demo.customFieldIds
const operatorsOfStatus = operatorsOf.status ?? []
const fieldNames = [...Object.keys(operatorsOf), 'custom_fields.{id}']

describe('search-opportunities-advanced, what it refuses', () => {
  const server = testServer()
  const strict = testServer({ strict: true })
  const path = '/opportunities/search'

  async function refuse(body: unknown, ...messages: string[]): Promise<void> {
    const answer = await server.ask('POST', path, { body })
    assert.equal(answer.text, unprocessable(...messages), JSON.stringify(body))
    assert.equal(answer.status, 422)
  }

  const least = { locationId: demo.locationId, limit: 1 }
  const refuseFilters = (filters: unknown[], ...messages: string[]) =>
    refuse({ ...least, filters }, ...messages)

  test('422: what is missing, of another type or unknown, all at once', async () => {
    await refuse(
      {},
      'locationId must be a string',
      'locationId should not be empty',
      'limit must be an integer number',
    )
    await refuse(
      {
        ...least,
        limit: 501,
        page: -1,
        query: 'a'.repeat(76),
        filters: {},
        sort: [{ field: 'source', direction: 'up' }],
        searchAfter: [{}],
        additionalDetails: { notes: 'yes' },
        skip: 1,
      },
      'property skip should not exist',
      'limit must not be greater than 500',
      'page must not be less than 0',
      'each value in searchAfter must be a string',
      'query must be shorter than or equal to 75 characters',
      'filters must be an array',
      notOneOf('sort.0.field', ...sortFields),
      notOneOf('sort.0.direction', 'asc', 'desc'),
      'additionalDetails.notes must be a boolean value',
    )
    await refuse({ ...least, limit: 0 }, 'limit must not be less than 1')
    const far = 'page * limit must not be greater than 10000: use searchAfter'
    await refuse({ ...least, limit: 500, page: 21 }, far)
    await refuse({ ...least, limit: 1, page: 10_001 }, far)
  })

  // UPSTREAM: public-reports.md 27; the contract says that they do not go together
  test('400: a page beside a searchAfter that is not empty, in any order and version', async () => {
    const sort = [{ field: 'name', direction: 'asc' }]
    const cursors = [
      { searchAfter: [1_770_048_000_000, '0c000000000000000021'] },
      { searchAfter: ['a', demo.contactId, demo.opportunityId], sort },
    ]
    for (const version of ['2021-07-28', 'v3']) {
      for (const cursor of cursors) {
        for (const page of [0, 1]) {
          const body = { ...least, ...cursor, page }
          const answer = await server.ask('POST', path, { body, version })
          assert.partialDeepStrictEqual(answer.body, {
            message: 'page should not exist beside searchAfter',
            error: 'Bad Request',
            statusCode: 400,
          })
          assert.equal(answer.status, 400)
        }
        const body = { ...least, ...cursor, page: null }
        assert.equal((await server.ask('POST', path, { body, version })).status, 200)
      }
      const body = { ...least, searchAfter: [], page: 1 }
      assert.equal((await server.ask('POST', path, { body, version })).status, 200)
    }
  })

  test('403: another location', async () => {
    const body = { locationId: demo.otherLocation.locationId, limit: 1 }
    const answer = await server.ask('POST', path, { body })
    assert.equal(answer.text, otherLocation)
    assert.equal(answer.status, 403)
  })

  test('422: a node of a filter is named by its path', async () => {
    const open = { field: 'status', operator: 'eq', value: 'open' }
    const wrong = { field: 'status', operator: 'contains', value: 'open' }
    await refuseFilters(
      [{ group: 'OR', filters: [open, { group: 'AND', filters: [open, wrong] }] }, wrong, 3, []],
      notOneOf('filters.0.filters.1.filters.1.operator', ...operatorsOfStatus),
      notOneOf('filters.1.operator', ...operatorsOfStatus),
      'filters.2 must be an object',
      'filters.3 must be an object',
    )
    await refuseFilters(
      [
        { group: 'XOR', filters: [open] },
        { group: 'AND' },
        { group: 'OR', filters: [] },
        { filters: [open] },
        { ...open, or: 1 },
        {},
        { field: 'nothing', operator: 'eq', value: 1 },
        { field: 'status' },
      ],
      notOneOf('filters.0.group', 'AND', 'OR'),
      'filters.1.filters must be an array',
      'filters.2.filters must contain at least 1 elements',
      notOneOf('filters.3.group', 'AND', 'OR'),
      'filters.4.property or should not exist',
      'filters.5.field must be a string',
      notOneOf('filters.6.field', ...fieldNames),
      notOneOf('filters.7.operator', ...operatorsOfStatus),
    )
  })

  test('422: with --strict in upstream’s words, which name no choice', async () => {
    const wrong = [
      { group: 'XOR', filters: [{ field: 'id', operator: 'eq', value: 'x' }] },
      { field: 'status', operator: 'range' },
      { field: 'nothing', operator: 'eq', value: 1 },
      { field: 'status', operator: 'eq', value: 'all' },
    ]
    const answer = await strict.ask('POST', path, { body: { ...least, filters: wrong } })
    const names = ['0.group', '1.operator', '2.field', '3.value']
    const words = names.map((name) => `filters.${name} must be a valid enum value`)
    assert.equal(answer.text, unprocessable(...words))
    assert.equal(answer.status, 422)
  })

  test('422: a value that its field does not have', async () => {
    const cases: [string, string, unknown, string][] = [
      ['name', 'eq', undefined, 'value must be a string'],
      ['name', 'eq', '', 'value should not be empty'],
      ['name', 'eq', {}, 'value must be a string'],
      ['name', 'contains', 'a'.repeat(76), 'value must be shorter than or equal to 75 characters'],
      ['name', 'contains', ['a'], 'value must be a string'],
      ['name', 'exists', 'x', 'property value should not exist'],
      ['status', 'eq', 'all', notOneOf('value', 'open', 'won', 'lost', 'abandoned')],
      [
        'monetary_value',
        'eq',
        'much',
        'value must be a number conforming to the specified constraints',
      ],
      ['monetary_value', 'range', 5, 'value must be an object'],
      ['monetary_value', 'range', {}, 'value should not be empty'],
      ['monetary_value', 'range', { min: 1, gt: 1 }, 'value.property min should not exist'],
      ['date_added', 'range', { gte: 'soon' }, 'value.gte must be a valid ISO 8601 date string'],
      ['date_added', 'range', { lt: 1e18 }, 'value.lt must be a valid ISO 8601 date string'],
      [
        'date_added',
        'range',
        { lt: '2026-02-30T00:00Z' },
        'value.lt must be a valid ISO 8601 date string',
      ],
      ['id', 'eq', [], 'value must contain at least 1 elements'],
      ['id', 'eq', Array(101).fill('a'), 'value must contain no more than 100 elements'],
    ]
    for (const [field, operator, value, message] of cases) {
      await refuseFilters([{ field, operator, value }], `filters.0.${message}`)
    }
    const mixed = { field: 'id', operator: 'eq', value: ['a', null] }
    await refuseFilters([mixed], 'each value in filters.0.value must be a string')
  })

  test('422: every operator that its field does not have, by the official table', async () => {
    const all = [...new Set(Object.values(operatorsOf).flat())]
    assert.equal(all.length, 7)
    for (const [field, operators] of Object.entries(operatorsOf)) {
      const others = all.filter((operator) => !operators.includes(operator))
      const wrong = others.map((operator) => ({ field, operator, value: 'x' }))
      if (wrong.length === 0) continue
      const words = wrong.map((_, i) => notOneOf(`filters.${i}.operator`, ...operators))
      await refuseFilters(wrong, ...words)
    }
  })

  test('422: an operator that there is not, or that the custom field’s type does not have', async () => {
    const cases: [string, string, string][] = [
      ['name', 'EQ', 'TEXT'],
      ['name', 'toString', 'TEXT'],
      [`custom_fields.${seats}`, 'contains', 'NUMERICAL'],
      [`custom_fields.${services}`, 'range', 'MULTIPLE_OPTIONS'],
      [`custom_fields.${decisionDate}`, 'eq', 'DATE'],
      ['custom_fields.unknown', 'range', 'TEXT'],
    ]
    for (const [field, operator, type] of cases) {
      const filter = { field, operator, value: 'x' }
      const operators = operatorsOfType[type] ?? []
      await refuseFilters([filter], notOneOf('filters.0.operator', ...operators))
    }
    for (const field of [
      'custom_fields.',
      'custom_fields',
      `custom_fields.${seats}.a`,
      'toString',
    ]) {
      const filter = { field, operator: 'exists' }
      await refuseFilters([filter], notOneOf('filters.0.field', ...fieldNames))
    }
  })

  test('422: a filter that is too large or too deep', async () => {
    const exists = { field: 'name', operator: 'exists' }
    const many = (count: number) => Array.from({ length: count }, () => exists)
    const deep = (depth: number): object =>
      depth === 0 ? exists : { group: 'AND', filters: [deep(depth - 1)] }
    await refuseFilters(many(101), 'filters must contain no more than 100 groups and conditions')
    await refuseFilters(
      [{ group: 'OR', filters: many(100) }],
      'filters must contain no more than 100 groups and conditions',
    )
    await refuseFilters([deep(6)], 'filters must be nested no more than 5 deep')
    for (const filters of [many(100), [deep(5)]]) {
      const { status } = await server.ask('POST', path, { body: { ...least, filters } })
      assert.equal(status, 200)
    }
  })

  test('422: a searchAfter that is no row’s sort', async () => {
    const sort = [
      { field: 'name', direction: 'asc' },
      { field: 'date_added', direction: 'asc' },
    ]
    await refuse({ ...least, searchAfter: [1] }, 'searchAfter must contain 2 elements')
    await refuse({ ...least, searchAfter: ['a', 'b'] }, "searchAfter.0 must be as in a row's sort")
    await refuse({ ...least, searchAfter: [1, 2] }, "searchAfter.1 must be as in a row's sort")
    await refuse({ ...least, sort, searchAfter: [1, 'a'] }, 'searchAfter must contain 4 elements')
    for (const [i, searchAfter] of [
      [1, 1, 'a', 'b'],
      ['a', 'soon', 'a', 'b'],
      ['a', 1, 5, 'b'],
      ['a', 1, 'b', 5],
    ].entries()) {
      await refuse({ ...least, sort, searchAfter }, `searchAfter.${i} must be as in a row's sort`)
    }
    const byValue = [{ field: 'monetary_value', direction: 'desc' }]
    const wrong = ['NaN', 'b', 'c']
    await refuse(
      { ...least, sort: byValue, searchAfter: wrong },
      "searchAfter.0 must be as in a row's sort",
    )
  })

  test('no JSON is answered with a 500', async () => {
    const names = [
      'status',
      'name',
      'monetary_value',
      'date_added',
      'followers',
      'custom_fields.a.b',
    ]
    const operators = ['eq', 'not_eq', 'contains', 'exists', 'range']
    const json = fc.jsonValue({ maxDepth: 2 })
    const mostly = <T>(usual: fc.Arbitrary<T>) =>
      fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: json })
    const often = <T>(...values: T[]) => mostly(fc.constantFrom(...values))
    const value = mostly(
      fc.oneof(
        fc.constantFrom<unknown>('open', 'a%_', 5, true, [1, '2'], undefined),
        fc.record(
          { gte: often<unknown>('2026-01-01', 5), lt: often<unknown>(-1e308, '1') },
          { requiredKeys: [] },
        ),
      ),
    )
    const node = mostly(
      fc.record({
        field: often(...names, `custom_fields.${seats}`, `custom_fields.${decisionDate}`),
        operator: often(...operators),
        value,
      }),
    )
    const group = fc.record({
      group: often('AND', 'OR'),
      filters: mostly(fc.array(node, { minLength: 1, maxLength: 2 })),
    })
    const sort = fc.record({
      field: fc.constantFrom('name', 'date_added', 'monetary_value'),
      direction: fc.constantFrom('asc', 'desc'),
    })
    const body = fc.record(
      {
        filters: mostly(fc.array(fc.oneof(node, group), { maxLength: 2 })),
        sort: mostly(fc.array(sort, { maxLength: 2 })),
        searchAfter: mostly(fc.array(fc.oneof(fc.double(), fc.string()), { maxLength: 4 })),
        page: often(0, 1, null),
        query: often('', 'a', '%'),
        additionalDetails: often({}, { notes: true }),
      },
      { requiredKeys: [] },
    )
    const statuses = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(body, async (odd) => {
        const { status, text } = await server.ask('POST', path, { body: { ...least, ...odd } })
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        assert.ok([200, 400, 422].includes(status), text)
      }),
      { numRuns: 500 },
    )
    assert.ok((statuses.get(200) ?? 0) > 20 && statuses.get(422), [...statuses].join('; '))
  })
})
