import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Description, describeServer, operationsOf } from '../../scripts/description.ts'
import {
  addressOf,
  type Contract,
  contractDir,
  contractMissing,
  readContract,
} from '../../scripts/official-contract.ts'
import { validatorCompiler } from '../../src/http/schema/compile.ts'
import { compare, type Difference } from './compare.ts'
import { covers, type Deviation, readDeviations, rowOf } from './deviations.ts'
import { officialExample } from './examples.ts'
import { jsonOf } from './facts.ts'
import { inlineReferences, resolverOf, withoutReferences } from './references.ts'
import { rules } from './rules.ts'

const dir = contractDir()
const skip = dir ? false : contractMissing

describe('the official contract', { skip }, () => {
  let served: Description
  let contract: Contract
  let compared: string[]
  let differences: Difference[]
  let unruled: Difference[]
  let deviations: Deviation[]

  before(async () => {
    served = await describeServer()
    contract = readContract(dir ?? '')
    ;({ compared, differences } = compare(served, contract))
    unruled = differences.filter((found) => !rules.some((rule) => rule.matches(found)))
    deviations = readDeviations((generation, operation) =>
      compared.includes(`${generation} ${operation}`),
    )
  })

  test('at least five operations are compared with both generations', () => {
    for (const generation of ['v2', 'v3']) {
      const count = compared.filter((name) => name.startsWith(generation)).length
      assert.ok(count >= 5, `${count} operations of ${generation} are compared`)
    }
  })

  test('every difference is a row of docs/deviations, or falls under a rule', () => {
    const missing = unruled.filter((found) => !deviations.some((row) => covers(row, found)))
    assert.deepEqual(missing.map(rowOf), [], `Missing:\n${missing.map(rowOf).join('\n')}\n`)
  })

  test('every row of docs/deviations is a difference that no rule covers', () => {
    assert.ok(deviations.length > 0)
    const stale = deviations
      .filter((row) => !unruled.some((found) => covers(row, found)))
      .map(({ family, operation, contract: generation, where, row }) =>
        [`${family}: ${operation}, ${generation}, ${where}`, row].join(': '),
      )
    assert.deepEqual(stale, [], `No such difference:\n${stale.join('\n')}\n`)
  })

  test('no difference has two rows', () => {
    const listedTwice = unruled.filter(
      (found) =>
        new Set(deviations.filter((one) => covers(one, found)).map(({ row }) => row)).size > 1,
    )
    assert.deepEqual(listedTwice.map(rowOf), [])
  })

  test('every rule matches a difference, and none that another rule matches', () => {
    const matching = rules.map(({ name, matches }) => ({
      name,
      found: differences.filter(matches),
    }))
    assert.deepEqual(
      matching.filter(({ found }) => found.length === 0).map(({ name }) => name),
      [],
    )
    const found = matching.flatMap((one) => one.found)
    assert.equal(new Set(found).size, found.length)
  })

  test('every example of a request body is accepted', () => {
    let checked = 0
    for (const { name, theirs, ours } of twins(served, contract)) {
      if (!theirs.requestBody || !ours.requestBody) continue
      const example = officialExample(jsonOf(theirs.requestBody.content), contract.resolve)
      const schema = inlineReferences(jsonOf(ours.requestBody.content), resolverOf(served))
      assert.deepEqual(refusalOf(schema, example), undefined, name)
      checked++
    }
    assert.ok(checked >= 6, `${checked} request bodies are checked`)
  })

  test('every example of a refusal, and of an answer of followers, is ours to the letter', () => {
    let checked = 0
    for (const { name, theirs, ours } of twins(served, contract)) {
      for (const [status, { content }] of Object.entries(theirs.responses)) {
        if (status < '400' && !name.endsWith('-followers-opportunity')) continue
        const { traceId, ...example } = exampleIn(ours.responses[status]?.content)
        assert.deepEqual(example, officialExample(jsonOf(content), contract.resolve), name)
        checked++
      }
    }
    assert.ok(checked >= 32, `${checked} answers are checked`)
  })
})

/** The operations that the server and the official contract both have. */
function twins(served: Description, contract: Contract) {
  const ours = new Map(
    operationsOf(served).map(({ method, path, operation }) => [
      addressOf(method, path),
      withoutReferences(served, operation),
    ]),
  )
  return contract.operations.flatMap(({ generation, method, path, operation: theirs }) => {
    const operation = ours.get(addressOf(method, path))
    const name = `${generation} ${theirs.operationId}`
    return operation ? [{ name, theirs, ours: operation }] : []
  })
}

/** Why the server would refuse a body; undefined when it would not. */
function refusalOf(schema: object, body: unknown): unknown {
  const validate = validatorCompiler(true)({ schema, httpPart: 'body', method: '', url: '' })
  const { error } = validate(body) as { error?: { body: unknown } }
  return error?.body
}

function exampleIn(content: Parameters<typeof jsonOf>[0]): Record<string, unknown> {
  return content?.['application/json']?.example as Record<string, unknown>
}
