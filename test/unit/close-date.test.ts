import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseCloseDate } from '../../src/api/opportunities/store/close-date.ts'
import { ApiError } from '../../src/http/errors.ts'

describe('parseCloseDate', () => {
  test('reads every documented format', () => {
    for (const text of [
      '2026/05/20',
      '05/20/2026',
      '2026-05-20',
      '05-20-2026',
      '2026.05.20',
      '05.20.2026',
      '2026-05-20T00:00:00.000Z',
      '2026-05-20T23:59:59Z',
      '2026-05-20T10:00',
      '2026-05-20T10:00:00+02:00',
    ]) {
      assert.equal(parseCloseDate(text), '2026-05-20', text)
    }
  })

  test('takes the month before the day', () => {
    assert.equal(parseCloseDate('03/04/2026'), '2026-03-04')
    assert.equal(parseCloseDate('03-04-2026'), '2026-03-04')
  })

  test('takes the day in UTC, wherever the server stands', () => {
    const zone = process.env.TZ
    try {
      for (const place of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/Chicago']) {
        process.env.TZ = place
        assert.equal(parseCloseDate('2026-05-20T23:30:00-05:00'), '2026-05-21')
        assert.equal(parseCloseDate('2026-05-20T01:00:00+05:30'), '2026-05-19')
        assert.equal(parseCloseDate('2026-05-20T23:30'), '2026-05-20')
        assert.equal(parseCloseDate('2026-05-20'), '2026-05-20')
      }
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  test('knows leap years', () => {
    assert.equal(parseCloseDate('02/29/2024'), '2024-02-29')
    assert.throws(() => parseCloseDate('02/29/2026'), ApiError)
  })

  test('is null where none is given', () => {
    for (const none of [null, undefined, '']) assert.equal(parseCloseDate(none), null)
  })

  test('refuses the rest with 422', () => {
    for (const text of [
      'tomorrow',
      '20/05/2026',
      '2026-5-2',
      '2026-13-01',
      '2026-02-30',
      '2026-05-20 ',
      '20260520',
      '1779235200000',
      '2026-05-20T',
      '2026-13-01T00:00:00Z',
      '2026-05-20T10:00:00Z; select 1',
    ]) {
      assert.throws(
        () => parseCloseDate(text),
        (error) => {
          assert.ok(error instanceof ApiError)
          assert.deepEqual(error.body, {
            message: [
              'forecastExpectedCloseDate must be a date such as YYYY-MM-DD, MM/DD/YYYY or ISO 8601',
            ],
            error: 'Unprocessable Entity',
            statusCode: 422,
          })
          return true
        },
        text,
      )
    }
  })
})
