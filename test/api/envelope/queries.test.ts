import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Operation } from '../security/operations.ts'
import { testServer } from '../test-server.ts'
import { askEach } from './ask-each.ts'

/** What upstream is recorded to refuse a query of that it does not know. */
const whitelisted = ['search-opportunity', 'search-users', 'get-custom-fields']
/** What reads no query even where all that is unknown is refused. */
const unread = ['get-location-access-token', 'get-location-access-token-v3']
/** What clients add to any address: breakers of caches, and what their helpers always send. */
const additions = { _: '1767225600000', fields: 'id', foo: '', location: 'x' }
const unexpected = Object.keys(additions).map((name) => `property ${name} should not exist`)

describe('queries', () => {
  const lenient = askEach(testServer())
  const strict = askEach(testServer({ strict: true }))

  test('what an operation does not name is passed over, but where upstream refuses it', async () => {
    for (const operation of lenient.operations()) {
      const { status, body, text } = await lenient.ask(operation, { query: additions })
      const isRefused = status === 422 && /property \w+ should not exist/.test(text)
      assert.equal(isRefused, whitelisted.includes(operation.id), `${operation.id} ${text}`)
      if (isRefused) assert.deepEqual(body.message, unexpected)
    }
  })

  test('what an operation does not name is refused by --strict', async () => {
    for (const operation of strict.operations()) {
      if (unread.includes(operation.id)) continue
      const { body, text } = await strict.ask(operation, { query: additions })
      assert.deepEqual(body.message, unexpected, `${operation.id} ${text}`)
    }
  })

  test('booleans are taken as PHP, Python and .NET write them, and true or false asked for', async () => {
    let count = 0
    for (const operation of lenient.operations()) {
      for (const name of booleansOf(operation)) {
        const nonsense = await lenient.ask(operation, { query: { [name]: 'maybe' } })
        assert.deepEqual(nonsense.body.message, [`${name} must be a boolean value: true or false`])
        for (const value of ['1', '0', 'True', 'False', 'TRUE']) {
          const { text } = await lenient.ask(operation, { query: { [name]: value } })
          assert.ok(!text.includes(`${name} must be`), `${operation.id} ${value} ${text}`)
        }
        count++
      }
    }
    assert.ok(count > 10)
  })

  test('booleans are true or false alone with --strict', async () => {
    for (const operation of strict.operations()) {
      for (const name of booleansOf(operation)) {
        for (const value of ['1', 'True']) {
          const { body } = await strict.ask(operation, { query: { [name]: value } })
          assert.deepEqual(body.message, [`${name} must be a boolean value`])
        }
      }
    }
  })
})

const booleansOf = ({ parameters }: Operation) =>
  parameters.filter(({ schema }) => schema.type === 'boolean').map(({ name }) => name)
