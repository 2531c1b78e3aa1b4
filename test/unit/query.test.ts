import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Type } from 'typebox'
import { convertQuery, malformedQuery, parseQuery } from '../../src/http/query.ts'
import { Strict } from '../../src/http/shapes.ts'

const parse = (text: string) => ({ ...parseQuery(text) })

describe('parseQuery', () => {
  test('reads names and values, decoded', () => {
    assert.deepEqual(parse(''), {})
    assert.deepEqual(parse('a=1&b=two'), { a: '1', b: 'two' })
    assert.deepEqual(parse('q=a%20b+c%2B%26%3D&%C3%A9=%F0%9F%8C%B1'), { q: 'a b c+&=', é: '🌱' })
    assert.deepEqual(parse('a=b=c&&d'), { a: 'b=c', d: '' })
    assert.deepEqual(parse('a='), { a: '' })
  })

  test('makes a list of what looks like one', () => {
    assert.deepEqual(parse('a=1&a=2&a=3'), { a: ['1', '2', '3'] })
    assert.deepEqual(parse('a[]=1'), { a: ['1'] })
    assert.deepEqual(parse('a[]=1&a[]=2'), { a: ['1', '2'] })
    assert.deepEqual(parse('a%5B0%5D=1&a%5B1%5D=2'), { a: ['1', '2'] })
    assert.deepEqual(parse('a=1&a[]=2'), { a: ['1', '2'] })
  })

  test('takes other brackets for a part of the name', () => {
    assert.deepEqual(parse('a[b]=1'), { 'a[b]': '1' })
    assert.deepEqual(parse('[]=1'), { '[]': '1' })
    assert.deepEqual(parse('a[0]x=1'), { 'a[0]x': '1' })
  })

  test('has no place for a prototype', () => {
    const query = parseQuery('__proto__=1&constructor=2&toString[]=3')
    assert.equal(Object.getPrototypeOf(query), null)
    assert.deepEqual(Object.keys(query), ['__proto__', 'constructor', 'toString'])
    assert.equal(({} as Record<string, unknown>).constructor, Object)
  })

  test('marks broken percent-encoding instead of throwing, and reads the rest', () => {
    for (const text of ['a=%', 'a=%zz', '%=1', 'a=%C3%28']) {
      assert.ok(malformedQuery in parseQuery(`${text}&b=2`), text)
      assert.equal(parseQuery(`${text}&b=2`).b, '2')
    }
    assert.ok(!(malformedQuery in parseQuery('a=%25')))
  })

  test('never throws, and reads back what URLSearchParams wrote', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseQuery(text)))
    const name = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[[\]]/g, ''))
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ unit: 'grapheme' })), (values) => {
        const read = parseQuery(new URLSearchParams(values).toString())
        assert.deepEqual({ ...read }, { ...values })
      }),
    )
  })
})

describe('convertQuery', () => {
  const schema = Type.Object({
    text: Type.String(),
    number: Type.Number(),
    integer: Type.Integer(),
    yes: Type.Boolean(),
    list: Type.Array(Type.String()),
  })

  test('gives strings the types of their schema', () => {
    assert.deepEqual(
      convertQuery(schema, parseQuery('text=1&number=1.5&integer=-2&yes=true&list=a,b')),
      { text: '1', number: 1.5, integer: -2, yes: true, list: ['a', 'b'] },
    )
    assert.deepEqual(convertQuery(schema, parseQuery('yes=false&list[]=a,b&list[]=c')), {
      yes: false,
      list: ['a,b', 'c'],
    })
  })

  test('takes booleans as PHP, Python and .NET write them, unless it is strict', () => {
    const spellings = { true: ['1', 'True', 'TRUE'], false: ['0', 'False', 'FALSE'] }
    for (const [value, texts] of Object.entries(spellings)) {
      for (const text of texts) {
        const query = parseQuery(`yes=${text}`)
        assert.equal(convertQuery(schema, query).yes, value === 'true', text)
        assert.equal(convertQuery(schema, query, true).yes, text)
      }
      assert.equal(convertQuery(schema, parseQuery(`yes=${value}`), true).yes, value === 'true')
    }
    for (const text of ['', '2', 'yes', 'on', '01']) {
      assert.equal(convertQuery(schema, parseQuery(`yes=${text}`)).yes, text)
    }
  })

  test('leaves what does not fit as it was sent, for validation to refuse', () => {
    for (const raw of ['number=', 'number=+', 'number=1x', 'number=1e999', 'number=NaN']) {
      assert.equal(typeof convertQuery(schema, parseQuery(raw)).number, 'string', raw)
    }
    assert.deepEqual(convertQuery(schema, parseQuery('yes=1&yes=true')).yes, ['1', 'true'])
    assert.deepEqual(convertQuery(schema, parseQuery('text=a&text=b')).text, ['a', 'b'])
  })

  test('keeps what the schema does not name where that is refused, and only there', () => {
    assert.deepEqual(convertQuery(Strict({}), parseQuery('other=1')), { other: '1' })
    assert.deepEqual(convertQuery(schema, parseQuery('text=a&other=1')), { text: 'a' })
  })
})
