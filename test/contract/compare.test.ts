import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Description, operationsOf, type Schema } from '../../scripts/description.ts'
import type { Contract } from '../../scripts/official-contract.ts'
import { compare } from './compare.ts'
import { inlineReferences, resolverOf } from './references.ts'

/** A description of one operation. */
function describing(body: object, answer: object, components = {}): Description {
  const operation = {
    operationId: 'create-thing',
    parameters: [{ name: 'q', in: 'query', schema: { type: 'string' } }],
    requestBody: { required: true, content: { 'application/json': { schema: body } } },
    responses: { 200: answer },
  } as unknown as Description['paths'][string][string]
  return {
    openapi: '3.1.0',
    info: { title: 'Things', version: '1' },
    paths: { '/things/': { post: operation } },
    components,
  }
}

const answering = (schema: object) => ({
  description: 'OK',
  content: { 'application/json': { schema } },
})

const thing = { type: 'object', properties: { id: { type: 'string' }, size: { type: 'number' } } }

function contractOf(description: Description): Contract {
  const operations = operationsOf(description).map((found) => ({
    generation: 'v2' as const,
    ...found,
  }))
  return { operations, resolve: resolverOf(description) }
}

/** The differences from v2, as text; v3 has no such operation. */
function differencesOf(served: Description, official: Description): string[] {
  return compare(served, contractOf(official))
    .differences.filter(({ contract }) => contract === 'v2')
    .map(({ where, official: theirs, here }) => `${where}: ${theirs}, ${here}`)
}

describe('the comparison', () => {
  const official = describing(thing, answering(thing))

  test('finds nothing between two that are the same', () => {
    assert.deepEqual(differencesOf(official, official), [])
  })

  test('names each place that differs, and what the contract has beside it', () => {
    const properties = { id: { type: ['string', 'null'] }, size: { type: 'number' }, extra: {} }
    const served = describing({ type: 'object', properties }, answering(thing))
    assert.deepEqual(differencesOf(served, official), [
      'body id: string, string or null',
      'body extra: none, any',
    ])
    const [found] = compare(served, contractOf(official)).differences
    assert.deepEqual(found?.siblings, ['id', 'size'])
  })

  describe('follows the references of our own description', () => {
    const listed = { type: 'array', items: { $ref: '#/components/schemas/Thing' } }
    const named = { $ref: '#/components/schemas/Thing' }
    const plain = describing(thing, answering({ type: 'object', properties: { things: listed } }), {
      schemas: { Thing: thing },
    })

    test('to schemas, inside others too', () => {
      const things = { $ref: '#/components/schemas/Things' }
      const schemas = { Thing: thing, Things: listed }
      const answer = answering({ type: 'object', properties: { things } })
      assert.deepEqual(differencesOf(describing(named, answer, { schemas }), plain), [])
      const changed = { ...schemas, Thing: { ...thing, properties: { id: { type: 'number' } } } }
      assert.deepEqual(differencesOf(describing(named, answer, { schemas: changed }), plain), [
        'body id: string, number',
        'body size: number, none',
        'response 200 things[].id: string, number',
        'response 200 things[].size: number, none',
      ])
    })

    test('to answers and parameters', () => {
      const served = describing(
        thing,
        { $ref: '#/components/responses/Thing' },
        {
          responses: { Thing: answering(thing) },
          parameters: { 'a~b': { name: 'q', in: 'query', schema: { type: 'number' } } },
        },
      )
      const post = served.paths['/things/']?.post
      assert.ok(post)
      post.parameters = [{ $ref: '#/components/parameters/a~0b' }] as never
      assert.deepEqual(differencesOf(served, official), ['query q: string, number'])
    })

    test('to a schema that names itself', () => {
      const Tree = { type: 'object', properties: { id: thing.properties.id, tree: {} as Schema } }
      Tree.properties.tree = { $ref: '#/components/schemas/Tree' }
      const served = describing({ $ref: '#/components/schemas/Tree' }, answering(thing), {
        schemas: { Tree },
      })
      assert.deepEqual(differencesOf(served, official), [
        'body size: number, none',
        'body tree: none, object',
      ])
    })

    test('and says which one leads nowhere', () => {
      const served = describing({ $ref: '#/components/schemas/None' }, answering(thing))
      assert.throws(() => differencesOf(served, official), /#\/components\/schemas\/None/)
      const elsewhere = describing({ $ref: 'other.json#/Thing' }, answering(thing))
      assert.throws(() => differencesOf(elsewhere, official), /other\.json/)
    })

    test('and puts them into a schema that stands alone', () => {
      const schema = { type: 'object', properties: { thing: named, things: listed } }
      assert.deepEqual(inlineReferences(schema, resolverOf(plain)), {
        type: 'object',
        properties: { thing, things: { type: 'array', items: thing } },
      })
    })
  })
})
