import type { Description, Operation, Schema } from '../../scripts/description.ts'

export type Resolve = (schema: Schema) => Schema

/** Follows a reference inside the description, such as `#/components/schemas/Opportunity`. */
function resolveReference<T extends object>(description: Description, part: T): T {
  if (!('$ref' in part)) return part
  const [start, ...names] = String(part.$ref).split('/')
  let found: unknown = start === '#' ? description : undefined
  for (const name of names.map(unescapePointer)) {
    found = (found as Record<string, unknown> | undefined)?.[name]
  }
  if (!found) throw new Error(`${part.$ref} is not there`)
  return resolveReference(description, found as T)
}

const unescapePointer = (name: string) =>
  decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')

/** What replaces a schema that is a reference by the schema that it names. */
export function resolverOf(description: Description): Resolve {
  return (schema) => resolveReference(description, schema)
}

/** An operation whose parameters, body and answers stand in itself; schemas may be references. */
export function withoutReferences(description: Description, operation: Operation): Operation {
  const { parameters, requestBody, responses } = operation
  const answers = Object.entries(responses).map(([status, answer]) => [
    status,
    resolveReference(description, answer),
  ])
  return {
    ...operation,
    ...(parameters && { parameters: parameters.map((one) => resolveReference(description, one)) }),
    ...(requestBody && { requestBody: resolveReference(description, requestBody) }),
    responses: Object.fromEntries(answers),
  }
}

/** A schema without any reference inside; it must not name itself. */
export function inlineReferences(schema: Schema, resolve: Resolve): Schema {
  const inline = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inline)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(resolve(value as Schema))
    return Object.fromEntries(entries.map(([name, part]) => [name, inline(part)]))
  }
  return inline(schema) as Schema
}
