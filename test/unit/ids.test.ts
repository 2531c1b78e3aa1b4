import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { newId } from '../../src/ids.ts'

const sorted = (ids: readonly string[]) => ids.every((id, i) => i === 0 || id > (ids[i - 1] ?? ''))

describe('newId', () => {
  test('looks as upstream’s ids do', () => {
    for (let i = 0; i < 1000; i++) assert.match(newId(), /^[0-9A-Za-z]{20}$/)
  })

  test('100,000 of one process are all different, each after the one before', () => {
    const ids = Array.from({ length: 100_000 }, () => newId())
    assert.equal(new Set(ids).size, ids.length)
    // JavaScript compares by code unit, as `collate "C"` does.
    assert.ok(sorted(ids))
  })

  test('sorts by time, across processes too', () => {
    const times = ['1999-12-31', '2026-03-01', '2026-03-02', '2038-01-20', '2999-01-01']
    const ids = times.map((time) => newId(Date.parse(time)))
    assert.ok(sorted(ids))
    const now = Date.parse('2026-03-01')
    assert.equal(newId(now).slice(0, 8), newId(now).slice(0, 8))
    assert.ok(newId(now).slice(0, 8) < newId(now + 1).slice(0, 8))
  })

  test('those of one millisecond are sorted among themselves, 3,844 of them', () => {
    const now = Date.parse('2026-03-01T12:00:00.000Z')
    assert.ok(sorted(Array.from({ length: 62 * 62 }, () => newId(now))))
  })

  test('uses the whole alphabet evenly in its random part', () => {
    const seen = new Map<string, number>()
    const rounds = 20_000
    for (let i = 0; i < rounds; i++) {
      for (const char of newId().slice(10)) seen.set(char, (seen.get(char) ?? 0) + 1)
    }
    assert.equal(seen.size, 62)
    // 3,226 of each are expected and 57 is their standard deviation: 400 is 7 of them.
    for (const [char, count] of seen) {
      assert.ok(Math.abs(count - (rounds * 10) / 62) < 400, `${char} came ${count} times`)
    }
  })
})
