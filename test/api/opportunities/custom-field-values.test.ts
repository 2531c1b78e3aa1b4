import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { change } from './changing.ts'
import { clearPipeline, createOpportunity, readBack } from './creation.ts'
import { type FoundRow, idsOf, search, searchAdvanced } from './searching.ts'

const file = { url: 'https://files.example/a.pdf', meta: { size: 3 }, documentId: 'd1' }
const { documentId: _, ...shownFile } = file
const day = { type: 'date', fieldValueDate: Date.parse('2026-08-28') }
const text = (value: string) => ({ type: 'string', fieldValueString: value })
const number = (value: number) => ({ type: 'number', fieldValueNumber: value })
const options = (...values: string[]) => ({ type: 'array', fieldValueArray: values })

type Case = {
  dataType: string
  /** What may be sent, and what is stored for it. */
  stored: [sent: unknown, value: unknown][]
  /** The last of them as searches show it. */
  found: object
  /** What finds the last of them, and what does not. */
  finds: [operator: string, value?: unknown]
  passes: [operator: string, value?: unknown]
  unfit: unknown[]
}

const textCases = (dataType: string): Case => ({
  dataType,
  stored: [
    [12, '12'],
    [true, 'true'],
    [['Web'], 'Web'],
    ['Web', 'Web'],
  ],
  found: text('Web'),
  finds: ['contains', 'we'],
  passes: ['eq', 'Ads'],
  unfit: [{ a: 1 }, ['Web', 'Ads']],
})

const numberCases = (dataType: string): Case => ({
  dataType,
  stored: [
    ['1,234,234.33', 1_234_234.33],
    [' -7 ', -7],
    [0, 0],
    ['12', 12],
  ],
  found: number(12),
  finds: ['range', { gte: 12, lt: 13 }],
  passes: ['eq', 13],
  unfit: ['many', true, [1], { a: 1 }, '1e999'],
})

const optionsCases = (dataType: string): Case => ({
  dataType,
  stored: [
    [['Web', ''], ['Web']],
    [
      ['Web', 1],
      ['Web', '1'],
    ],
    ['Ads', ['Ads']],
  ],
  found: options('Ads'),
  finds: ['eq', ['Ads', 'Web']],
  passes: ['eq', 'SEO'],
  unfit: [{ a: 1 }, [['Web']]],
})

const fileCases = (dataType: string): Case => ({
  dataType,
  stored: [
    [file.url, file.url],
    [[file], [file]],
    [{ 'a-uuid': file }, { 'a-uuid': file }],
  ],
  found: { type: 'files', fieldValueFiles: [shownFile] },
  finds: ['exists'],
  passes: ['not_exists'],
  unfit: [{ a: 1 }, 5, [{ meta: {} }]],
})

/** UPSTREAM: behaviour-contacts.md §6.4, public-reports.md 6, 9, 10, 11 */
const cases: Case[] = [
  ...['TEXT', 'LARGE_TEXT', 'SINGLE_OPTIONS', 'RADIO', 'PHONE', 'OTHER'].map(textCases),
  ...['NUMERICAL', 'MONETORY', 'FLOAT'].map(numberCases),
  ...['CHECKBOX', 'MULTIPLE_OPTIONS'].map(optionsCases),
  ...['FILE_UPLOAD', 'SIGNATURE'].map(fileCases),
  {
    dataType: 'DATE',
    stored: [
      '2026-08-28',
      '08/28/2026',
      '08-28-2026',
      '2026-08-28T14:30:00.000Z',
      '2026-08-27T23:30:00-05:00',
      1_787_875_200_000,
      '1787875200000',
      ' 2026.08.28 ',
    ].map((sent) => [sent, '2026-08-28']),
    found: day,
    finds: ['range', { gte: '2026-08-28', lte: '2026-08-28' }],
    passes: ['range', { gt: '2026-08-28' }],
    unfit: ['not a date', '2026-02-30', '20260828', true, ['2026-08-28'], 1e300],
  },
  {
    dataType: 'TEXTBOX_LIST',
    stored: [
      [
        { one: 'Web', two: '' },
        { one: 'Web', two: '' },
      ],
    ],
    found: { type: 'object', fieldValueObject: { one: 'Web', two: '' } },
    finds: ['contains', 'we'],
    passes: ['exists'],
    unfit: ['Web', ['Web'], 5],
  },
]

describe('values of custom fields follow the type of their field', () => {
  const server = testServer()
  let id: string

  before(async () => {
    for (const { dataType } of cases) {
      await server.db.query(sql`
        insert into custom_fields (location_id, id, model, name, field_key, data_type, created_at,
          updated_at)
        values (${demo.locationId}, ${dataType}, 'opportunity', ${dataType},
          ${`opportunity.${dataType}`}, ${dataType}, ${server.now}, ${server.now})`)
    }
    await clearPipeline(server)
    id = (await createOpportunity(server, {})).id
  })

  const found = async (fieldId: string) => {
    const rows = [
      (await search(server, `id=${id}`)).opportunities,
      (await searchAdvanced(server, { filters: [{ field: 'id', operator: 'eq', value: id }] }))
        .opportunities,
    ].map(([row]) => row?.customFields.filter((field) => field.id === fieldId))
    assert.deepEqual(rows[0], rows[1])
    return rows[0]
  }
  const stored = async (fieldId: string) => {
    const row = (await readBack(server, id)) as unknown as FoundRow
    return row.customFields.filter((field) => field.id === fieldId)
  }

  for (const { dataType, stored: values, ...wanted } of cases) {
    test(`200: ${dataType}`, async () => {
      for (const [i, [sent, fieldValue]] of values.entries()) {
        const named = i % 2 ? { id: dataType } : { key: dataType }
        const spelling = ['field_value', 'fieldValue', 'value'][i % 3] ?? ''
        const customFields = [{ ...named, [spelling]: sent }]
        const row = await change(server, id, { customFields })
        const expected = [{ id: dataType, fieldValue }]
        const fields = row.customFields as { id: string }[]
        assert.deepEqual(
          fields.filter((field) => field.id === dataType),
          expected,
        )
        assert.deepEqual(await stored(dataType), expected)
      }
      assert.deepEqual(await found(dataType), [{ id: dataType, ...wanted.found }])

      const box = dataType === 'TEXTBOX_LIST' ? ['.one', '.two'] : ['', '']
      for (const [i, [operator, value]] of [wanted.finds, wanted.passes].entries()) {
        const field = `custom_fields.${dataType}${box[i]}`
        const { opportunities } = await searchAdvanced(server, {
          filters: [
            { field, operator, value },
            { field: 'id', operator: 'eq', value: id },
          ],
        })
        assert.deepEqual(idsOf(opportunities), i === 0 ? [id] : [], operator)
      }

      for (const sent of wanted.unfit) {
        const before = await stored(dataType)
        server.logged.length = 0
        await change(server, id, { customFields: [{ id: dataType, value: sent }] })
        assert.deepEqual(await stored(dataType), before, JSON.stringify(sent))
        const warnings = server.logged.map((line) => JSON.parse(line))
        const [warning, ...others] = warnings.filter(({ level }) => level === 40)
        assert.partialDeepStrictEqual(warning, { id: dataType, dataType })
        assert.deepEqual(others, [])
      }

      for (const empty of ['', null, [], {}]) {
        const sent = values.at(-1)?.[0]
        await change(server, id, { customFields: [{ id: dataType, value: sent }] })
        assert.equal((await stored(dataType)).length, 1)
        await change(server, id, { customFields: [{ id: dataType, value: empty }] })
        assert.deepEqual(await stored(dataType), [], JSON.stringify(empty))
        assert.deepEqual(await found(dataType), [])
      }
    })
  }

  test('201: creation stores them alike, and leaves out what is empty or unfit', async () => {
    await clearPipeline(server)
    const customFields = [
      { id: 'DATE', value: '2026-08-28T14:30:00.000Z' },
      { id: 'NUMERICAL', value: '3' },
      { id: 'MONETORY', value: 'many' },
      { id: 'TEXT', value: '' },
      { id: 'of nobody', value: ['x', 1] },
    ]
    const made = await createOpportunity(server, { customFields })
    const expected = [
      { id: 'DATE', fieldValue: '2026-08-28' },
      { id: 'NUMERICAL', fieldValue: 3 },
      { id: 'of nobody', fieldValue: ['x', 1] },
    ]
    assert.deepEqual(made.customFields, expected)
    assert.deepEqual((await readBack(server, made.id)).customFields, expected)
    id = made.id
    assert.deepEqual(await found('of nobody'), [
      { id: 'of nobody', type: 'array', fieldValueArray: ['x', 1] },
    ])
  })

  test('200: what was stored before its field was defined is shown by its type', async () => {
    const values = { DATE: '2026-08-28T14:30:00Z', NUMERICAL: '12', CHECKBOX: 'Ads', FLOAT: 'x' }
    const fields = Object.entries(values).map(([id, fieldValue]) => ({ id, fieldValue }))
    await server.db.query(sql`
      update opportunities set custom_fields = ${JSON.stringify(fields)}
      where location_id = ${demo.locationId} and id = ${id}`)
    assert.deepEqual(await found('DATE'), [{ id: 'DATE', ...day }])
    assert.deepEqual(await found('NUMERICAL'), [{ id: 'NUMERICAL', ...number(12) }])
    assert.deepEqual(await found('CHECKBOX'), [{ id: 'CHECKBOX', ...options('Ads') }])
    assert.deepEqual(await found('FLOAT'), [])
  })
})
