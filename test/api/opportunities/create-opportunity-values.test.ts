import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { badRequest, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import {
  assertCreationRefused,
  clearPipeline,
  createOpportunity,
  creationBody,
  type OpportunityRow,
  readBack,
} from './creation.ts'

describe('create-opportunity: values', () => {
  const server = testServer()
  beforeEach(() => clearPipeline(server))

  /** The body with a member as it is written, where JavaScript cannot write it. */
  const written = (name: string, value: string) =>
    `${JSON.stringify(creationBody).slice(0, -1)},${JSON.stringify(name)}:${value}}`

  test('201: amounts come back to the digit, at once, later, and in the events', async () => {
    const amounts = [
      ['0', 0],
      ['-0', 0],
      ['0.1', 0.1],
      ['-5.5', -5.5],
      ['1297.10', 1297.1],
      ['12345678901.23', 12345678901.23],
      ['9007199254740991', 9007199254740991],
      ['1e21', 1e21],
      ['1e-7', 1e-7],
      ['0.30000000000000004', 0.30000000000000004],
      ['1.7976931348623157e308', Number.MAX_VALUE],
      ['5e-324', Number.MIN_VALUE],
    ] as const
    for (const [text, amount] of amounts) {
      await clearPipeline(server)
      const body = written('monetaryValue', text)
      const answer = await server.ask('POST', '/opportunities/', { body })
      assert.equal(answer.status, 201, text)
      const made = answer.body.opportunity as OpportunityRow
      assert.equal(made.monetaryValue, amount)
      assert.equal((await readBack(server, made.id)).monetaryValue, amount)
      const told = await server.newEvents()
      assert.deepEqual(
        told.map(({ payload }) => payload.monetaryValue),
        [amount, amount],
      )
    }
  })

  test('422: an amount that is no number, without coercion', async () => {
    const message = 'monetaryValue must be a number conforming to the specified constraints'
    for (const value of ['"220"', '"0"', '""', 'true', '[1]', '{}', '1e400', '-1e400']) {
      await assertCreationRefused(
        server,
        written('monetaryValue', value),
        422,
        unprocessable(message),
      )
    }
  })

  test('400: what JSON has no word for', async () => {
    const message = "Body is not valid JSON but content-type is set to 'application/json'"
    for (const value of ['NaN', 'Infinity', '-Infinity', '0x10', '1_000', '.5', '01', '+1']) {
      await assertCreationRefused(server, written('monetaryValue', value), 400, badRequest(message))
    }
  })

  // UPSTREAM: behaviour.md §2.5, v3's contract
  test('201: the close date in every documented format is a day of the year', async () => {
    const formats = [
      '2026/04/23',
      '04/23/2026',
      '2026-04-23',
      '04-23-2026',
      '2026.04.23',
      '04.23.2026',
      '2026-04-23T00:00:00.000Z',
      '2026-04-23T23:59:59Z',
      '2026-04-23T10:00:00+05:30',
      '2026-04-23T10:00',
    ]
    for (const forecastExpectedCloseDate of formats) {
      await clearPipeline(server)
      const made = await createOpportunity(server, { forecastExpectedCloseDate })
      assert.equal(made.forecastExpectedCloseDate, '2026-04-23', forecastExpectedCloseDate)
      assert.equal(made.forecastOriginalCloseDate, '2026-04-23')
      assert.equal(made.forecastSlippageCount, 0)
      assert.equal(made.forecastDaysSlipped, 0)
      assert.equal(made.forecastLastSlippedAt, null)
      assert.deepEqual(await readBack(server, made.id), made)
    }
  })

  test('201: 29 February in a leap year', async () => {
    const made = await createOpportunity(server, { forecastExpectedCloseDate: '02/29/2028' })
    assert.equal(made.forecastExpectedCloseDate, '2028-02-29')
  })

  test('422: a close date that is none, or in no documented format', async () => {
    const texts = [
      'tomorrow',
      ' ',
      '2026',
      '2026-04',
      '2026-4-3',
      '26-04-23',
      '20260423',
      '2026-04-31',
      '2027-02-29',
      '02/30/2026',
      '23/04/2026',
      '13.01.2026',
      '2026-00-10',
      '2026-01-00',
      '0000-01-01',
      '99999-01-01',
      '2026/04-23',
      ' 2026-04-23',
      '2026-04-23 ',
      '2026-04-23T',
      '2026-04-23T25:00:00Z',
      '2026-04-23T10:00:00 Europe/Berlin',
      '1777000000000',
      '２０２６-04-23',
    ]
    const text = unprocessable(
      'forecastExpectedCloseDate must be a date such as YYYY-MM-DD, MM/DD/YYYY or ISO 8601',
    )
    for (const forecastExpectedCloseDate of texts) {
      await assertCreationRefused(server, { ...creationBody, forecastExpectedCloseDate }, 422, text)
    }
  })

  test('422: a close date that is no text', async () => {
    const text = unprocessable('forecastExpectedCloseDate must be a string')
    for (const forecastExpectedCloseDate of [1777000000000, 0, true, {}, ['2026-04-23']]) {
      await assertCreationRefused(server, { ...creationBody, forecastExpectedCloseDate }, 422, text)
    }
  })

  test('201: its own probability beats that of the stage, 0 included', async () => {
    for (const forecastProbability of [0, 100, 55.5, 20, 1e-9]) {
      await clearPipeline(server)
      const made = await createOpportunity(server, { forecastProbability })
      assert.equal(made.forecastProbability, forecastProbability)
      assert.equal(made.effectiveProbability, forecastProbability)
      const shown = await readBack(server, made.id)
      assert.equal(shown.forecastProbability, forecastProbability)
      assert.equal(shown.effectiveProbability, forecastProbability)
    }
    await clearPipeline(server)
    const made = await createOpportunity(server, { forecastProbability: null })
    assert.equal(made.forecastProbability, null)
    assert.equal(made.effectiveProbability, 14.29)
  })

  test('422: a probability out of bounds, or no number', async () => {
    const isNoNumber =
      'forecastProbability must be a number conforming to the specified constraints'
    const refusals: [unknown, string][] = [
      [-1, 'forecastProbability must not be less than 0'],
      [-1e-9, 'forecastProbability must not be less than 0'],
      [100.01, 'forecastProbability must not be greater than 100'],
      [1e21, 'forecastProbability must not be greater than 100'],
      ['20', isNoNumber],
      ['', isNoNumber],
      [true, isNoNumber],
    ]
    for (const [forecastProbability, message] of refusals) {
      await assertCreationRefused(
        server,
        { ...creationBody, forecastProbability },
        422,
        unprocessable(message),
      )
    }
  })

  // UPSTREAM: behaviour.md §2.2 and §0.4, recorded and sent by clients
  test('201: custom fields in each of the three spellings that clients use', async () => {
    for (const spelling of ['field_value', 'fieldValue', 'value']) {
      await clearPipeline(server)
      const customFields = [
        { id: 'text', key: 'a_text', [spelling]: 'Ünïcödé 😀 \\u0041' },
        { id: 'empty', [spelling]: '' },
        { id: 'number', [spelling]: 12.5 },
        { id: 'zero', [spelling]: 0 },
        { id: 'list', [spelling]: ['b', 'a', 'b'] },
        { id: 'no', [spelling]: false },
        { id: 'nothing', [spelling]: null },
        { id: 'object', [spelling]: { b: [1, null], a: { c: '' } } },
      ]
      const made = await createOpportunity(server, { customFields })
      const expected = [
        { id: 'text', fieldValue: 'Ünïcödé 😀 \\u0041' },
        { id: 'number', fieldValue: 12.5 },
        { id: 'zero', fieldValue: 0 },
        { id: 'list', fieldValue: ['b', 'a', 'b'] },
        { id: 'no', fieldValue: false },
        { id: 'object', fieldValue: { b: [1, null], a: { c: '' } } },
      ]
      assert.deepEqual(made.customFields, expected, spelling)
      assert.deepEqual((await readBack(server, made.id)).customFields, expected)
    }
  })

  test('201: a custom field without a value is left out, and no custom fields are none', async () => {
    const made = await createOpportunity(server, { customFields: [{ id: 'alone' }] })
    assert.deepEqual(made.customFields, [])
    await clearPipeline(server)
    assert.deepEqual((await createOpportunity(server, { customFields: [] })).customFields, [])
  })

  // UPSTREAM: behaviour.md §1.4, recorded: `customFields must be an array`
  test('422: custom fields of another shape', async () => {
    const refusals: [unknown, string[]][] = [
      ['x', ['customFields must be an array']],
      [{ id: 'a' }, ['customFields must be an array']],
      [[{ value: 1 }], ['customFields.0.id should not be empty']],
      [
        [{ id: 'a' }, { key: '' }, { id: null }],
        [1, 2].map((i) => `customFields.${i}.id should not be empty`),
      ],
      [[{ id: 'a' }, { id: '' }], ['customFields.1.id should not be empty']],
      [[{ id: 'a', nope: 1 }], ['customFields.0.property nope should not exist']],
      [[{ id: 'a', key: 5 }], ['customFields.0.key must be a string']],
    ]
    for (const [customFields, messages] of refusals) {
      await assertCreationRefused(
        server,
        { ...creationBody, customFields },
        422,
        unprocessable(...messages),
      )
    }
  })
})
