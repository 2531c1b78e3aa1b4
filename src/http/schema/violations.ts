/** The parts of JSON Schema that shapes are made of. */
export type JsonSchema = {
  type?: string | string[]
  enum?: readonly unknown[]
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  pattern?: string
  minItems?: number
  maxItems?: number
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
  items?: JsonSchema
}

export type Violation = {
  keyword: string
  schemaPath: string
  instancePath: string
  params: object
}

const violation = { schemaPath: '', instancePath: '', params: {} }

/** The violation of a value that has a property which should not exist. */
export const unexpected = (name: string): Violation => ({
  ...violation,
  keyword: 'boolean',
  instancePath: `/${name}`,
})

/** The violation of a value without a property. */
export const missing = (name: string): Violation => ({
  ...violation,
  keyword: 'required',
  params: { requiredProperties: [name] },
})

/** Every violation at once in class-validator's words. UPSTREAM: behaviour.md §1.4 */
export function messagesOf(
  schema: JsonSchema,
  value: unknown,
  violations: readonly Violation[],
  words: TypeWords,
): string[] {
  // class-validator looks for properties that should not exist before it looks at the others.
  const messages = [
    ...violations.flatMap(unexpectedProperty),
    ...violations.flatMap((v) => messagesOfViolation(schema, value, v, words)),
  ]
  return [...new Set(messages)]
}

/** Read from `boolean`: TypeBox's own list comes last, and may be cut off by `violationsMax`. */
function unexpectedProperty({ keyword, instancePath }: Violation): string[] {
  if (keyword !== 'boolean') return []
  const segments = segmentsOf(instancePath)
  return [[...segments.slice(0, -1), `property ${segments.at(-1)} should not exist`].join('.')]
}

function messagesOfViolation(
  root: JsonSchema,
  value: unknown,
  { keyword, instancePath, params }: Violation,
  words: TypeWords,
): string[] {
  if (keyword === 'additionalProperties' || keyword === 'boolean') return []
  const segments = segmentsOf(instancePath)
  const { shape, depth } = follow(root, segments)
  if (keyword === 'required' && depth === segments.length) {
    const { requiredProperties } = params as { requiredProperties: string[] }
    return requiredProperties.flatMap((name) =>
      expectations(shape.properties?.[name] ?? {}, [...segments, name].join('.'), undefined, words),
    )
  }
  if (segments.length === 0) return ['The body must be an object']
  // A violation inside alternatives is reported for the property that has them.
  const shapePath = segments.slice(0, depth)
  const isItem = /^\d+$/.test(shapePath.at(-1) ?? '') && typeOf(shape) !== 'object'
  const name = isItem ? `each value in ${shapePath.slice(0, -1).join('.')}` : shapePath.join('.')
  return messagesOfRule(keyword, shape, name, valueAt(value, shapePath), words)
}

/** What class-validator says of one broken rule. */
function messagesOfRule(
  keyword: string,
  shape: JsonSchema,
  name: string,
  value: unknown,
  words: TypeWords,
): string[] {
  switch (keyword) {
    case 'minLength':
    case 'pattern':
      return [`${name} should not be empty`]
    case 'maxLength':
      return [`${name} must be shorter than or equal to ${shape.maxLength} characters`]
    case 'minimum':
      return [`${name} must not be less than ${shape.minimum}`]
    case 'maximum':
      return [`${name} must not be greater than ${shape.maximum}`]
    case 'maxItems':
      return [`${name} must contain no more than ${shape.maxItems} elements`]
    case 'minItems':
      return [`${name} must contain at least ${shape.minItems} elements`]
    default:
      return expectations(shape, name, value, words)
  }
}

/** What class-validator says of a property that is missing, empty or of another type. */
function expectations(shape: JsonSchema, name: string, value: unknown, words: TypeWords): string[] {
  const isEmpty = value === undefined || value === null || value === ''
  const mayBeEmpty = !shape.enum && !shape.minLength && !shape.pattern
  return [words(shape, name), ...(isEmpty && !mayBeEmpty ? [`${name} should not be empty`] : [])]
}

/** Says of what type a property must be. */
export type TypeWords = (shape: JsonSchema, name: string) => string

/** DEVIATION: a value that is none of those listed; the words of class-validator since 0.14. */
export const notOneOf = (name: string, values: readonly unknown[]) =>
  `${name} must be one of the following values: ${values.filter((one) => one !== null).join(', ')}`

/** Names the values that there are, where upstream's words do not. */
export const helpfulWords: TypeWords = (shape, name) =>
  shape.enum ? notOneOf(name, shape.enum) : upstreamWords(shape, name)

/** In a query a boolean is a text, of which class-validator's words do not say what it may be. */
export const helpfulQueryWords: TypeWords = (shape, name) => {
  const words = helpfulWords(shape, name)
  return typeOf(shape) === 'boolean' ? `${words}: true or false` : words
}

/** UPSTREAM: behaviour.md §1.4 */
export const upstreamWords: TypeWords = (shape, name) => {
  if (shape.enum) return `${name} must be a valid enum value`
  switch (typeOf(shape)) {
    case 'string':
      return `${name} must be a string`
    case 'number':
      return `${name} must be a number conforming to the specified constraints`
    case 'integer':
      return `${name} must be an integer number`
    case 'boolean':
      return `${name} must be a boolean value`
    case 'array':
      return `${name} must be an array`
    case 'object':
      return `${name} must be an object`
    default:
      return `${name} must be of an allowed type`
  }
}

function valueAt(value: unknown, segments: readonly string[]): unknown {
  return segments.reduce<unknown>(
    (part, segment) => (part as Record<string, unknown>)?.[segment],
    value,
  )
}

/** Whether a value may be of a type. */
export const isOfType = ({ type = [] }: JsonSchema, name: string) => [type].flat().includes(name)

function typeOf(shape: JsonSchema): string | undefined {
  return Array.isArray(shape.type) ? shape.type[0] : shape.type
}

/** Walks a path of a value through its schema, as far as the schema has no alternatives. */
function follow(
  root: JsonSchema,
  segments: readonly string[],
): { shape: JsonSchema; depth: number } {
  let shape = root
  let depth = 0
  for (const segment of segments) {
    const next = shape.properties?.[segment] ?? (/^\d+$/.test(segment) ? shape.items : undefined)
    if (!next) break
    shape = next
    depth++
  }
  return { shape, depth }
}

function segmentsOf(path: string): string[] {
  return path.split('/').slice(1).map(unescapeSegment)
}

function unescapeSegment(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}
