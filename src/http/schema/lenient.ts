import { isOfType, type JsonSchema } from './violations.ts'

/**
 * A body as PHP means it, which writes an object without members as `[]`, and whose official SDK
 * has an empty text for each choice that was not made: that member counts as left out.
 */
export function readLeniently(schema: JsonSchema, value: unknown): unknown {
  const { properties = {}, required = [], items } = schema
  const isObject = isOfType(schema, 'object') && !isOfType(schema, 'array')
  if (Array.isArray(value)) {
    if (isObject && value.length === 0) return {}
    return items ? value.map((item) => readLeniently(items, item)) : value
  }
  if (!isObject || typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).flatMap(([name, member]) => {
    const shape = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (!shape) return [[name, member]]
    const isNoChoice = member === '' && shape.enum?.includes('') === false
    if (isNoChoice && !required.includes(name)) return []
    return [[name, readLeniently(shape, member)]]
  })
  return Object.fromEntries(members)
}
