import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { readGuides } from '../../src/docs/guides.ts'
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

describe('the guide', () => {
  test('has a page for the index and for each family, and they link to one another', () => {
    const described = { info: { title: '' }, paths: {} }
    const guides = readGuides(described).filter(({ name }) => /^deviations/.test(name))
    assert.deepEqual(guides.map(({ name }) => name).toSorted(), [
      'deviations',
      ...families.map((family) => `deviations-${family}`).toSorted(),
    ])
    const [index, ...pages] = guides
    for (const { name, title, text } of pages) {
      assert.match(title, /^Deviations: ./)
      assert.ok(index?.text.includes(`](/docs/guide/${name})`), name)
      assert.ok(text.includes('](/docs/guide/deviations#how-to-read-the-tables)'), name)
    }
    assert.ok(index?.text.includes('](/docs/guide/deviations-server#idempotent-retries)'))
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
