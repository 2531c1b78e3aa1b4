import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { unprocessable } from '../refusals.ts'
import type { Operation, Schema } from '../security/operations.ts'
import { testServer } from '../test-server.ts'
import { askEach } from './ask-each.ts'

const server = testServer()
const strictServer = testServer({ strict: true })

describe('bodies as PHP writes them', () => {
  const lenient = askEach(server)
  const strict = askEach(strictServer)

  test('an object without members, and a choice not made, are taken; not with --strict', async () => {
    let count = 0
    for (const operation of lenient.operations()) {
      for (const [name, value] of ofPhp(operation)) {
        const body = { [name]: value }
        const refused = await strict.ask(operation, { body })
        assert.ok(refused.text.includes(`"${name} must be`), `${operation.id} ${refused.text}`)
        const { text } = await lenient.ask(operation, { body })
        assert.ok(!text.includes(`"${name} must be`), `${operation.id} ${text}`)
        count++
      }
    }
    assert.ok(count > 10)
  })

  test('200: the defaults of the official SDK in an upsert, and lists for objects', async () => {
    const { locationId, pipelineId, contactId } = demo
    const defaults = { followers: [], isRemoveAllFollowers: false, followersActionType: '' }
    const upsert = { locationId, pipelineId, contactId, ...defaults }
    const search = { locationId, limit: 1, additionalDetails: [] }
    const operations = [{ action: 'upsert', body: upsert }]
    const path = `/opportunities/${demo.opportunityId}`
    const asks = [
      ['POST', '/opportunities/upsert', upsert],
      ['POST', '/opportunities/search', search],
      ['PUT', path, []],
    ] as const
    for (const [method, address, body] of asks) {
      assert.equal((await server.ask(method, address, { body })).status, 200, address)
      assert.equal((await strictServer.ask(method, address, { body })).status, 422, address)
    }
    const bulk = { body: { locationId, operations } }
    const { body: bulkAnswer } = await server.ask('POST', '/opportunities/bulk', bulk)
    assert.equal(bulkAnswer.succeded, true)
    const { body: strictAnswer } = await strictServer.ask('POST', '/opportunities/bulk', bulk)
    assert.equal(strictAnswer.succeded, false)
  })

  test('422: where a choice is asked for, or the list has members', async () => {
    const path = `/opportunities/${demo.opportunityId}`
    const noChoice = await server.ask('PUT', `${path}/status`, { body: { status: '' } })
    assert.equal(noChoice.status, 422)
    const list = await server.ask('PUT', path, { body: [1] })
    assert.equal(list.text, unprocessable('The body must be an object'))
  })
})

const typesOf = ({ type = [] }: Schema) => [type].flat()

/** What PHP sends for members that are objects, and for choices that may be left out. */
function ofPhp({ body }: Operation): [name: string, value: unknown][] {
  const { properties = {}, required = [] } = body ?? {}
  return Object.entries(properties).flatMap(([name, schema]): [string, unknown][] => {
    const types = typesOf(schema)
    if (types.includes('object') && !types.includes('array')) return [[name, []]]
    const isChoice = schema.enum && !schema.enum.includes('') && !required.includes(name)
    return isChoice ? [[name, '']] : []
  })
}
