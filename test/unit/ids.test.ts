import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { idMaker, newId } from '../../src/ids.ts'

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
    assert.ok(sorted(times.map((time) => idMaker(() => Date.parse(time))())))
    const now = Date.parse('2026-03-01')
    const [one, other, later] = [now, now, now + 1].map((time) => idMaker(() => time)().slice(0, 8))
    assert.equal(one, other)
    assert.ok(one !== undefined && later !== undefined && one < later)
  })

  test('more of one millisecond than it has room for stay in order', () => {
    const now = Date.parse('2026-03-01T12:00:00.000Z')
    const ids = Array.from(
      { length: 3 * 62 * 62 },
      idMaker(() => now),
    )
    assert.equal(new Set(ids).size, ids.length)
    assert.ok(sorted(ids))
  })

  test('a clock that is set back keeps the order', () => {
    const times = [5_000, 5_000, 4_999, 1, 5_000, 5_001].map((ms) => Date.parse('2026-03-01') + ms)
    const clock = times.values()
    const make = idMaker(() => clock.next().value ?? 0)
    assert.ok(sorted(times.map(() => make())))
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
