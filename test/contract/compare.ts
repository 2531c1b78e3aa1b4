import { type Description, type Operation, operationsOf } from '../../scripts/description.ts'
import {
  addressOf,
  type Contract,
  type Generation,
  generations,
} from '../../scripts/official-contract.ts'
import { type Fact, factOf, jsonOf, parametersOf, scopesOf } from './facts.ts'
import { type Resolve, resolverOf, withoutReferences } from './references.ts'

/** One place where the official contract says something of an operation, and the server another. */
export type Difference = Finding & { operation: string; path: string; contract: Generation }

/** `where` is such as `response 200 opportunity.followers[]`. */
type Finding = {
  where: string
  official: string
  here: string
  /** The members that the contract has beside this place. */
  siblings?: readonly string[]
}

/** One side of the comparison: an operation, and what resolves its schemas. */
type Side = { operation: Operation; resolve: Resolve }

/** Compares every operation that the server describes with its official twins, v2 and v3. */
export function compare(
  served: Description,
  contract: Contract,
): { compared: string[]; differences: Difference[] } {
  const keyOf = (generation: Generation, method: string, path: string) =>
    `${generation} ${addressOf(method, path)}`
  const twins = new Map(
    contract.operations.map((twin) => [keyOf(twin.generation, twin.method, twin.path), twin]),
  )
  const compared: string[] = []
  const differences: Difference[] = []
  const resolve = resolverOf(served)
  for (const { method, path, ...found } of operationsOf(served)) {
    const operation = withoutReferences(served, found.operation)
    for (const generation of generations) {
      const twin = twins.get(keyOf(generation, method, path))
      if (twin) compared.push(`${generation} ${operation.operationId}`)
      const findings = twin
        ? [
            ...differenceOfTexts('path', twin.path, path),
            ...compareOperations(
              { operation: twin.operation, resolve: contract.resolve },
              { operation, resolve },
            ),
          ]
        : differenceOfTexts('operation', undefined, 'served')
      for (const finding of findings) {
        differences.push({
          operation: operation.operationId,
          path,
          contract: generation,
          ...finding,
        })
      }
    }
  }
  return { compared, differences }
}

function differenceOfTexts(
  where: string,
  official: string | undefined,
  here: string | undefined,
): Finding[] {
  if (official === here) return []
  return [{ where, official: official ?? 'none', here: here ?? 'none' }]
}

/** Without markup, which some of the contract's descriptions carry, on one line. */
function withoutMarkup(text: string | undefined): string | undefined {
  return text
    ?.replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function compareOperations(theirs: Side, ours: Side): Finding[] {
  const [official, here] = [theirs.operation, ours.operation]
  return [
    ...differenceOfTexts('operationId', official.operationId, here.operationId),
    ...differenceOfTexts('summary', official.summary, here.summary),
    ...differenceOfTexts(
      'description',
      withoutMarkup(official.description),
      withoutMarkup(here.description),
    ),
    ...differenceOfTexts('tags', official.tags?.join(', '), here.tags?.join(', ')),
    ...differenceOfTexts('scopes', scopesOf(official), scopesOf(here)),
    ...compareParameters(theirs, ours),
    ...compareBodies(theirs, ours),
    ...compareAnswers(theirs, ours),
  ]
}

function compareParameters(official: Side, here: Side): Finding[] {
  const [theirs, ours] = [parametersOf(official), parametersOf(here)]
  return [...new Set([...theirs.keys(), ...ours.keys()])].flatMap((where) =>
    compareFacts(where, theirs.get(where), ours.get(where), 'sent'),
  )
}

function compareBodies(official: Side, here: Side): Finding[] {
  const [theirs, ours] = [official, here].map(({ operation: { requestBody: body }, resolve }) =>
    body ? factOf(jsonOf(body.content), resolve, body.required) : undefined,
  )
  return compareFacts('body', theirs, ours, 'sent')
}

function compareAnswers(official: Side, here: Side): Finding[] {
  const [answers, ownAnswers] = [official.operation.responses, here.operation.responses]
  return [...new Set([...Object.keys(answers), ...Object.keys(ownAnswers)])].flatMap((status) => {
    const where = `response ${status}`
    const [theirs, ours] = [answers[status], ownAnswers[status]]
    const found = differenceOfTexts(where, theirs?.description, ours?.description)
    if (!theirs || !ours) return found
    const their = factOf(jsonOf(theirs.content), official.resolve)
    const our = factOf(jsonOf(ours.content), here.resolve)
    return [...found, ...compareFacts(where, their, our, 'read')]
  })
}

/** What clients read may be promised more firmly here than there; what they send may not. */
type Direction = 'sent' | 'read'

function compareFacts(
  where: string,
  official: Fact | undefined,
  here: Fact | undefined,
  direction: Direction,
): Finding[] {
  const isPromised = here?.required && (direction === 'sent' || official?.required)
  const found = differenceOfTexts(
    where,
    wordsOf(official, official?.required),
    wordsOf(here, isPromised),
  )
  if (!official || !here) return found
  const isAlike = [...official.types].some((type) => type !== 'null' && here.types.has(type))
  const theirs = official.members()
  // Where the contract does not say what is inside, anything may be.
  if (!isAlike || Object.keys(theirs).length === 0) return found
  const ours = here.members()
  const siblings = Object.keys(theirs)
  const inside = [...new Set([...siblings, ...Object.keys(ours)])].flatMap((name) =>
    compareFacts(placeOf(where, name), theirs[name], ours[name], direction).map((finding) => ({
      siblings,
      ...finding,
    })),
  )
  return [...found, ...inside]
}

function wordsOf(fact: Fact | undefined, isRequired: boolean | undefined): string | undefined {
  return fact && (isRequired ? `${fact.text}, required` : fact.text)
}

/** `response 200` and `opportunity` are parted by a blank, `opportunity` and `id` by a dot. */
function placeOf(where: string, name: string): string {
  if (name === '[]') return `${where}[]`
  return /^(body|response \d+)$/.test(where) ? `${where} ${name}` : `${where}.${name}`
}
