import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isSql, join, type Sql, sql, unnamed } from '../../src/db/sql.ts'

describe('sql', () => {
  test('values become parameters, whatever they look like', () => {
    const evil = "'; drop table opportunities; --"
    const list = ['a', "b'"]
    const statement = sql`select ${evil}, ${list}, ${null}, ${1.5}`
    assert.equal(statement.text, 'select $1, $2, $3, $4')
    assert.deepEqual(statement.values, [evil, list, null, 1.5])
  })

  test('parts become text, and the places are numbered through', () => {
    const part = sql`b = ${'b'} and ${sql`c = ${'c'}`}`
    const statement = sql`select ${'a'} where ${part} and d = ${'d'}`
    assert.equal(statement.text, 'select $1 where b = $2 and c = $3 and d = $4')
    assert.deepEqual(statement.values, ['a', 'b', 'c', 'd'])
  })

  test('one part in two places brings its values twice', () => {
    const part = sql`location_id = ${'here'}`
    const statement = sql`${part} or ${part}`
    assert.equal(statement.text, 'location_id = $1 or location_id = $2')
    assert.deepEqual(statement.values, ['here', 'here'])
  })

  test('join puts the separator between the parts only', () => {
    const rows = ['x', 'y', 'z'].map((value) => sql`(${value})`)
    const { text, values } = sql`values ${join(rows, sql`, `)}`
    assert.equal(text, 'values ($1), ($2), ($3)')
    assert.deepEqual(values, ['x', 'y', 'z'])
    assert.equal(join(rows.slice(0, 1), sql`, `).text, '($1)')
    assert.deepEqual(join(rows.slice(0, 1), sql`, `).values, ['x'])
  })

  test('join of nothing is nothing', () => {
    const { text, values } = sql`a${join([], sql`, `)}b ${1}`
    assert.equal(text, 'ab $1')
    assert.deepEqual(values, [1])
  })

  test('a separator may have values of its own', () => {
    const { text, values } = join([sql`a`, sql`b`, sql`c`], sql` || ${'-'} || `)
    assert.equal(text, 'a || $1 || b || $2 || c')
    assert.deepEqual(values, ['-', '-'])
  })

  test('the same text has the same name, another text another one', () => {
    const find = (id: string) => sql`select ${id}`
    assert.equal(find('a').name, find('b').name)
    assert.equal(sql`select ${1}, ${2}`.name, sql`select ${1}, ${sql`${2}`}`.name)
    assert.equal(join([sql`a ${1}`, sql`b`], sql`, `).name, sql`a ${2}, b`.name)
    assert.notEqual(find('a').name, sql`select ${'a'} `.name)
  })

  test('unnamed: the same text and values, and nothing that is remembered', () => {
    const number = ({ name }: Sql) => Number(name.slice(1))
    const first = number(sql`select 'before' ${1}`)
    for (let count = 1; count <= 50; count++) {
      const parts = Array.from({ length: count }, (_, i) => sql`unnamed = ${i}`)
      const statement = unnamed(sql`select ${join(parts, sql` or `)} ${'end'}`)
      assert.equal(statement.name, '')
      assert.deepEqual(statement.values, [...parts.keys(), 'end'])
      assert.equal(statement.text.match(/unnamed = \$\d+/g)?.length, count)
      assert.ok(statement.text.endsWith(` $${count + 1}`))
      assert.ok(isSql(statement))
    }
    assert.equal(number(sql`select 'after' ${1}`), first + 1, 'no name was given meanwhile')
  })

  test('any nesting counts its places from 1, and keeps the order of its values', () => {
    type Tree = string | Tree[]
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.string(),
        fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
      ),
    }))
    const build = (node: Tree): Sql =>
      typeof node === 'string' ? sql`<${node}>` : sql`(${join(node.map(build), sql`,`)})`
    const leaves = (node: Tree): string[] =>
      typeof node === 'string' ? [node] : node.flatMap(leaves)
    fc.assert(
      fc.property(tree, (node) => {
        const { text, values } = build(node)
        assert.deepEqual(values, leaves(node))
        assert.deepEqual(
          [...text.matchAll(/\$(\d+)/g)].map(([, place]) => Number(place)),
          values.map((_, i) => i + 1),
        )
        assert.match(text, /^[<>(),$\d]*$/, 'nothing of a value gets into the text')
      }),
    )
  })
})

describe('what sql did not make', () => {
  test('is not a statement, however much it looks like one', () => {
    const real = sql`select 1`
    assert.ok(isSql(real))
    for (const forged of [
      'select 1',
      ['select 1'],
      null,
      undefined,
      { text: real.text, values: real.values, name: real.name },
      JSON.parse(JSON.stringify(real)),
    ]) {
      assert.equal(isSql(forged), false)
    }
  })

  test('is a value where a part might stand', () => {
    const forged = { text: 'drop table users', values: [], name: 's1' }
    const statement = sql`select ${forged} ${['drop table users']}`
    assert.equal(statement.text, 'select $1 $2')
    assert.deepEqual(statement.values, [forged, ['drop table users']])
  })

  test('cannot be made one by calling the tag as a function', () => {
    for (const text of ['drop table users', ['drop table users']]) {
      assert.throws(() => sql(text as never), TypeError)
    }
  })
})
