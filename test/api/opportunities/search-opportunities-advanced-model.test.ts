import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { change } from './changing.ts'
import {
  isWhole,
  type Node,
  operatorsOf,
  operatorsOfType,
  passes,
  valueIn,
} from './filter-model.ts'
import { type FoundRow, idsOf, insertRow, searchAdvanced } from './searching.ts'

describe('search-opportunities-advanced against a model', () => {
  const server = testServer()
  /** Other files of the process may have prepared some on the same connection. */
  const preparedStatements = async () => {
    const prepared = await server.db.query(sql`
      select statement from pg_prepared_statements where statement like '%opportunities o%'`)
    return prepared.length
  }
  const types: Record<string, string> = {}
  /** Of types that the demo world has no field of; a list is asked for one of its boxes. */
  const more = { radio: 'RADIO', phone: 'PHONE', list: 'TEXTBOX_LIST' }
  const customFieldCount = 8 + 2 + 2
  let all: FoundRow[]

  before(async () => {
    const fields = await server.db.query<{ id: string; type: string }>(sql`
      select id, data_type as type from custom_fields
      where location_id = ${demo.locationId} and model = 'opportunity'`)
    for (const { id, type } of fields) types[`custom_fields.${id}`] = type
    assert.equal(fields.length, 8)
    for (const [id, type] of Object.entries(more)) {
      await server.db.query(sql`
        insert into custom_fields (location_id, id, model, name, field_key, data_type, created_at,
          updated_at)
        values (${demo.locationId}, ${id}, 'opportunity', ${id}, ${`opportunity.${id}`}, ${type},
          ${server.now}, ${server.now})`)
      for (const box of type === 'TEXTBOX_LIST' ? ['.first', '.second'] : ['']) {
        types[`custom_fields.${id}${box}`] = type
      }
    }
    assert.equal(Object.keys(types).length, customFieldCount)
    for (const [i, { id }] of (await searchAdvanced(server)).opportunities.slice(0, 12).entries()) {
      const list = { first: `Línea ${i}`, ...(i % 3 === 0 ? {} : { second: i % 2 ? '' : '100%' }) }
      const customFields = [
        { id: 'radio', value: ['Yes', 'No'][i % 2] },
        { key: 'phone', field_value: `+1555010${i}` },
        { id: 'list', fieldValue: list },
      ]
      await change(server, id, { customFields })
    }
    const odd = ['50% off_\\', 'Ñandú', '', 'null']
    for (const [i, name] of odd.entries()) {
      await insertRow(server, { id: `odd${i}`, name, value: i / 10, createdAt: new Date(i) })
    }
    all = (await searchAdvanced(server)).opportunities
  })

  /** A condition that the official guide allows, mostly with a value that some row holds. */
  const condition: fc.Arbitrary<Node> = fc
    .tuple(
      fc.constantFrom(
        ...Object.keys(operatorsOf),
        ...Array.from({ length: customFieldCount }, (_, i) => i),
      ),
      fc.nat(),
      fc.nat(),
      fc.nat(),
      fc.boolean(),
    )
    .map(([place, at, one, other, isList]) => {
      const field = typeof place === 'string' ? place : (Object.keys(types)[place] ?? '')
      const operators = operatorsOf[field] ?? operatorsOfType[types[field] ?? ''] ?? []
      const operator = operators[at % operators.length] ?? ''
      if (operator.endsWith('exists')) return { field, operator }
      const values = all
        .map((row) => [valueIn(row, field)].flat()[0])
        .filter((value) => value !== undefined && value !== null && value !== '')
      const [a, b] = [values[one % values.length], values[other % values.length]]
      if (values.length === 0) return { field, operator: 'exists' }
      if (operator === 'range') return { field, operator, value: rangeOf(one, a, b) }
      if (operator.endsWith('contains') && !isWhole(field)) {
        const text = String(a)
        const start = other % text.length
        return { field, operator, value: text.slice(start, start + 1 + (one % 4)).toUpperCase() }
      }
      return { field, operator, value: isList ? [a, b] : a }
    })

  const { node } = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      condition,
      fc.record({
        group: fc.constantFrom('AND' as const, 'OR' as const),
        filters: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
      }),
    ),
  }))

  test('any filter finds the rows, the total and the stages that the model finds', async () => {
    let found = 0
    const list = fc.array(node, { minLength: 1, maxLength: 3 })
    const preparedBefore = await preparedStatements()
    await fc.assert(
      fc.asyncProperty(list, async (filters) => {
        const wanted = all.filter((row) => filters.every((one) => passes(row, one, types)))
        const { opportunities, total } = await searchAdvanced(server, { filters })
        assert.deepEqual(idsOf(opportunities), idsOf(wanted))
        assert.equal(total, wanted.length)
        const inAny = { field: 'pipeline_id', operator: 'exists' }
        const v3 = { version: 'v3' }
        const { stageAggregations = [] } = await searchAdvanced(
          server,
          { limit: 1, filters: [...filters, inAny] },
          v3,
        )
        const counted = stageAggregations.reduce((sum, one) => sum + Number(one.totalCount), 0)
        assert.equal(counted, wanted.length)
        if (wanted.length > 0 && wanted.length < all.length) found++
      }),
      { numRuns: 400 },
    )
    assert.ok(found > 100, `${found} filters found some of the rows`)
    // Whatever clients ask for, the database keeps no statement of it.
    const prepared = (await preparedStatements()) - preparedBefore
    assert.ok(prepared < 10, `${prepared} statements are prepared`)
  })
})

/** A range between what two rows hold, in one of the forms that clients write. */
function rangeOf(form: number, a: unknown, b: unknown): object {
  const write = (value: unknown): unknown => {
    if (typeof value !== 'string') return form % 2 ? value : String(value)
    return [value, value.slice(0, 10), Date.parse(value)][form % 3]
  }
  const ends = [['gte', 'lte'] as const, ['gt', 'lt'] as const, ['gte', 'lt'] as const]
  const [from, to] = ends[form % 3] ?? ['gte', 'lte']
  const [low, high] = String(a) < String(b) ? [a, b] : [b, a]
  return form % 5 === 0 ? { [from]: write(low) } : { [from]: write(low), [to]: write(high) }
}
