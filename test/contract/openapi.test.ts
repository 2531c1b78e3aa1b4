import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import { Compile } from 'typebox/compile'
import {
  type Description,
  describeServer,
  operationsOf,
  partsOf,
  refsIn,
  targetOf,
} from '../../scripts/description.ts'
import { problemsOf } from './openapi-rules.ts'
import { inlineReferences, resolverOf } from './references.ts'

const textOf = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

/** The description with each component where it is referred to. */
const wholeOf = (description: Description): Description => ({
  ...description,
  paths: inlineReferences(
    description.paths as object,
    resolverOf(description),
  ) as Description['paths'],
})

describe('GET /openapi.json', () => {
  let answered: Description
  let served: Description

  before(async () => {
    answered = await describeServer()
    served = wholeOf(answered)
  })

  test('is what generated/openapi holds by family, each of which is OpenAPI 3.1', () => {
    const parts = [...partsOf(answered)]
    assert.ok(parts.length > 4)
    for (const [family, part] of parts) {
      const committed: unknown = JSON.parse(textOf(`generated/openapi/${family}.json`))
      assert.deepEqual(part, committed, 'Mend it with: npm run generate')
      assert.deepEqual(problemsOf(wholeOf(part)), [], family)
    }
    const paths = Object.assign({}, ...parts.map(([, part]) => part.paths))
    assert.deepEqual(paths, answered.paths)
  })

  test('writes what repeats once, as a component that is there and is used', () => {
    const used = new Set(refsIn(answered))
    for (const $ref of used) assert.ok(targetOf($ref, answered))
    const { securitySchemes: _, ...kinds } = answered.components ?? {}
    const named = Object.entries(kinds).flatMap(([kind, components]) =>
      Object.keys(components ?? {}).map((name) => `#/components/${kind}/${name}`),
    )
    assert.ok(named.length > 20, `${named.length} components`)
    assert.deepEqual(named.toSorted(), [...used].toSorted())
    assert.ok(!JSON.stringify(answered).includes('"title":"Opportunity'), 'no title is left')
  })

  test('bears the version of the package', () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string }
    assert.equal(served.info.version, version)
  })

  test('is OpenAPI 3.1', () => {
    assert.deepEqual(problemsOf(served), [])
  })

  test('describes no HEAD', () => {
    const methods = Object.values(served.paths).flatMap((operations) => Object.keys(operations))
    assert.deepEqual(
      methods.filter((method) => !/^(get|post|put|patch|delete)$/.test(method)),
      [],
    )
  })

  test('has an example of every body and answer, which its schema accepts', () => {
    let checked = 0
    for (const { operation } of operationsOf(served)) {
      if (operation.operationId === 'openapi') continue
      const { requestBody, responses } = operation
      for (const { content } of [
        ...(requestBody ? [requestBody] : []),
        ...Object.values(responses),
      ]) {
        const { schema, example } = content?.['application/json'] ?? {}
        const errors = [...Compile(schema ?? {}).Errors(example)]
        assert.deepEqual(errors, [], `${operation.operationId} ${JSON.stringify(example)}`)
        checked++
      }
    }
    assert.ok(checked >= 20, `${checked} examples are checked`)
  })

  test('has examples of properties that their own schemas accept', () => {
    let checked = 0
    const visit = (part: unknown, where: string): void => {
      if (typeof part !== 'object' || part === null) return
      if ('examples' in part && Array.isArray(part.examples)) {
        const check = Compile(part)
        for (const example of part.examples) assert.ok(check.Check(example), where)
        checked++
      }
      for (const [name, inner] of Object.entries(part)) visit(inner, `${where}.${name}`)
    }
    visit(served.paths, '')
    assert.ok(checked >= 100, `${checked} examples are checked`)
  })

  test('is not OpenAPI 3.1 when it is broken: the check sees it', () => {
    const path = '/opportunities/{id}/followers'
    const breaking: [RegExp, (operation: NonNullable<Description['paths'][string]>) => void][] = [
      [/path id is not declared/, ({ delete: operation }) => delete operation?.parameters],
      [
        /no operationId/,
        ({ delete: operation }) => Object.assign(operation ?? {}, { operationId: '' }),
      ],
      [
        /operationId .* twice/,
        ({ delete: one, post: two }) => Object.assign(one ?? {}, { operationId: two?.operationId }),
      ],
      [/no security/, ({ delete: operation }) => delete operation?.security],
      [/no successful response/, ({ delete: operation }) => delete operation?.responses['200']],
    ]
    for (const [problem, break_] of breaking) {
      const broken = structuredClone(served)
      break_(broken.paths[path] ?? {})
      assert.match(problemsOf(broken).join('\n'), problem)
    }
  })
})
