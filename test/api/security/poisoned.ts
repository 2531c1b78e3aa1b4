import { type Operation, type Parts, partsFor, type Schema } from './operations.ts'

/** The same request, for each string that it may hold, with the payload in its place. */
export function poisoned(operation: Operation, payload: string): Parts[] {
  const parts = partsFor(operation)
  const { parameters, body } = operation
  const inAddress = parameters
    .filter(({ in: place, schema }) => place !== 'header' && isText(schema))
    .map(({ in: place, name }) => {
      const at = place as 'path' | 'query'
      return { ...parts, [at]: { ...parts[at], [name]: payload } }
    })
  const inBody = body ? bodies(body, parts.body, payload) : []
  return [...inAddress, ...inBody.map((changed) => ({ ...parts, body: changed as never }))]
}

const isText = ({ type }: Schema) => type === 'string' || (type?.includes('string') ?? false)

/** The body with the payload in place of each string in turn, whether it was sent before or not. */
function bodies(schema: Schema, value: unknown, payload: string): unknown[] {
  if (isText(schema)) return [payload]
  if (schema.items) return bodies(schema.items, undefined, payload).map((item) => [item])
  const given = typeof value === 'object' && value !== null ? value : {}
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    bodies(property, given[name as never], payload).map((item) => ({ ...given, [name]: item })),
  )
}
