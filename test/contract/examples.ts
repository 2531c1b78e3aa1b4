import type { Schema } from '../../scripts/description.ts'
import type { Contract } from '../../scripts/official-contract.ts'

/** The example that a schema of the official contract gives, put together from its parts. */
export function officialExample(schema: Schema, resolve: Contract['resolve']): unknown {
  const { example, type, properties, items, allOf, ...rest } = resolve(schema)
  const alternatives = items && resolve(items).anyOf
  // A list of alternatives has one of each, whatever single example stands there.
  if (alternatives) return alternatives.map((part) => officialExample(part, resolve))
  if (properties) {
    return Object.fromEntries(
      Object.entries(properties).map(([name, part]) => [name, officialExample(part, resolve)]),
    )
  }
  if (example !== undefined) return example
  if (rest.enum) return rest.enum[0]
  if (allOf?.[0]) return officialExample(allOf[0], resolve)
  if (type === 'array') return items ? [officialExample(items, resolve)] : []
  // Any text will do, as in the pages that are made from such contracts.
  if (type === 'string') return 'string'
  if (type === 'number') return 1
  if (type === 'boolean') return false
  throw new Error(`The official contract has no example of ${JSON.stringify(schema)}`)
}
