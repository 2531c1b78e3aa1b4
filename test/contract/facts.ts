import type { Content, Operation, Schema } from '../../scripts/description.ts'
import type { Resolve } from './references.ts'

/** What a schema says of one place, in words that two contracts can be compared by. */
export type Fact = {
  /** Such as `string or null`, or `one of open, won`. */
  text: string
  types: ReadonlySet<string>
  required: boolean
  /** The facts of its properties, and of its items as `[]`; asked for, as schemas may recur. */
  members: () => Record<string, Fact>
}

/** The fact of a schema whose alternatives count together: what any of them allows. */
export function factOf(schema: Schema, resolve: Resolve, required = false): Fact {
  const variants = variantsOf(schema, resolve)
  const types = new Set(variants.flatMap(typesOf))
  return {
    text: typeText(variants, types),
    types,
    required,
    members: () => membersOf(variants, resolve),
  }
}

function variantsOf(schema: Schema, resolve: Resolve): Schema[] {
  const { allOf, anyOf, oneOf, ...own } = resolve(schema)
  const alternatives = anyOf ?? oneOf
  if (alternatives) return alternatives.flatMap((part) => variantsOf(part, resolve))
  if (!allOf) return [own]
  const parts = [own, ...allOf.flatMap((part) => variantsOf(part, resolve))]
  return [
    {
      ...Object.assign({}, ...parts),
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
      required: parts.flatMap(({ required = [] }) => required),
    },
  ]
}

function typesOf({ type, properties }: Schema): string[] {
  if (type === undefined) return [properties ? 'object' : 'any']
  return [type].flat()
}

function typeText(variants: readonly Schema[], types: ReadonlySet<string>): string {
  const values = variants.flatMap((variant) => variant.enum ?? [])
  const names = variants.every((variant) => variant.enum)
    ? [`one of ${shortList(values.filter((value) => value !== null))}`]
    : [...types].filter((type) => type !== 'null').sort()
  return [...names, ...(types.has('null') ? ['null'] : [])].join(' or ')
}

/** A long list, such as that of all countries, by its ends and its length. */
function shortList(values: readonly unknown[]): string {
  if (values.length <= 20) return values.join(', ')
  return `${values.slice(0, 2).join(', ')} … ${values.at(-1)} (${values.length})`
}

function membersOf(variants: readonly Schema[], resolve: Resolve): Record<string, Fact> {
  const objects = variants.filter((variant) => typesOf(variant).includes('object'))
  const names = new Set(objects.flatMap(({ properties = {} }) => Object.keys(properties)))
  const properties = [...names].map((name) => {
    const anyOf = objects.flatMap(({ properties }) => properties?.[name] ?? [])
    const isRequired = objects.every(({ required }) => required?.includes(name))
    return [name, factOf({ anyOf }, resolve, isRequired)]
  })
  const items = variants.flatMap((variant) => variant.items ?? [])
  const list = items.length > 0 ? [['[]', factOf({ anyOf: items }, resolve)]] : []
  return Object.fromEntries([...properties, ...list])
}

export function scopesOf({ security = [] }: Operation): string {
  return security
    .flatMap((one) => Object.entries(one))
    .map(([scheme, scopes]) => [scheme, ...scopes].join(' '))
    .join(', ')
}

/** Each parameter by its place and name, such as `query locationId`. */
export function parametersOf({
  operation,
  resolve,
}: {
  operation: Operation
  resolve: Resolve
}): Map<string, Fact> {
  return new Map(
    (operation.parameters ?? []).map(({ in: place, name, schema, required }) => [
      `${place} ${name}`,
      factOf(schema, resolve, required),
    ]),
  )
}

/** What is sent or read as JSON; where the contract has only a form, as that. */
export function jsonOf(content: Content | undefined): Schema {
  const found = content?.['application/json'] ?? content?.['application/x-www-form-urlencoded']
  return found?.schema ?? {}
}
