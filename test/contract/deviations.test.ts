import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { Difference } from './compare.ts'
import { covers, deviationsIn, deviationsIndex, families, listedRules } from './deviations.ts'
import { rules } from './rules.ts'

describe('the pages of deviations', () => {
  test('are all linked from docs/deviations.md', () => {
    const index = readFileSync(deviationsIndex, 'utf8')
    const linked = [...index.matchAll(/^- .*\]\(deviations\/([a-z-]+)\.md\)/gm)].map(
      ([, name]) => name,
    )
    assert.deepEqual(linked.toSorted(), families.toSorted())
  })

  test('rest on the rules that docs/deviations.md lists', () => {
    assert.deepEqual(
      listedRules(),
      rules.map(({ name }) => name),
    )
  })
})

describe('a row of a page', () => {
  const page = (...rows: string[]) =>
    [
      '| operation | contract | where | official | here | why |',
      '| - | - | - | - | - | - |',
      ...rows,
      '',
      '| what | here | why |',
      '| - | - | - |',
      '| not a difference | at all | |',
    ].join('\n')
  const has = (generation: string, operation: string) => operation === 'a' || generation === 'v2'
  const read = (row: string) => deviationsIn('users', page(row), has)

  test('names several operations and places', () => {
    const rows = read('| `a`, `b` | v2 | `response * x.{y, z}` | string | none | Because |')
    assert.deepEqual(
      rows.map(({ operation, contract, where }) => [operation, contract, where].join(' ')),
      ['a v2 response * x.y', 'a v2 response * x.z', 'b v2 response * x.y', 'b v2 response * x.z'],
    )
  })

  test('without a generation is of each that has the operation', () => {
    const generations = (row: string) => read(row).map(({ contract }) => contract)
    assert.deepEqual(generations('| `a` | | `body x` | string | none | Because |'), ['v2', 'v3'])
    assert.deepEqual(generations('| `b` | | `body x` | string | none | Because |'), ['v2'])
    assert.deepEqual(
      deviationsIn(
        'users',
        page('| `c` | | `operation` | none | served | Ours |'),
        () => false,
      ).map(({ contract }) => contract),
      ['v2', 'v3'],
    )
    assert.throws(() => read('| `a` | v4 | `body x` | string | none | Because |'), /v4/)
  })

  test('has a reason', () => {
    assert.throws(() => read('| `a` | v2 | `body x` | string | none | |'), /gives no reason/)
  })

  test('covers the difference that it tells of, and no other', () => {
    const [row] = read('| `a` | v2 | `response * *.x` | string | none | Because |')
    assert.ok(row)
    const difference: Difference = {
      operation: 'a',
      path: '/users/{userId}',
      contract: 'v2',
      where: 'response 200 users[].x',
      official: 'string',
      here: 'none',
    }
    assert.ok(covers(row, difference))
    for (const other of [
      { operation: 'b' },
      { path: '/locations/' },
      { contract: 'v3' as const },
      { where: 'response 200 x' },
      { where: 'response 200 users[].roles.x' },
      { where: 'response 200 users[].xy' },
      { official: 'number' },
      { here: 'string or null' },
    ]) {
      assert.ok(!covers(row, { ...difference, ...other }), JSON.stringify(other))
    }
  })
})
