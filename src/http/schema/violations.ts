/** The parts of JSON Schema that shapes are made of. */
export type Shape = {
  type?: string | string[]
  enum?: readonly unknown[]
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  pattern?: string
  minItems?: number
  maxItems?: number
  properties?: Record<string, Shape>
  items?: Shape
}

export type Violation = {
  keyword: string
  schemaPath: string
  instancePath: string
  params: object
}

/** Every violation at once in class-validator's words. UPSTREAM: behaviour.md §1.4 */
export function messagesOf(
  schema: Shape,
  value: unknown,
  violations: readonly Violation[],
): string[] {
  // class-validator looks for properties that should not exist before it looks at the others.
  const found = [
    ...violations.flatMap(unexpected),
    ...violations.flatMap((v) => words(schema, value, v)),
  ]
  return [...new Set(found)]
}

/** TypeBox's own list of them comes last, and a long one would be past the bound. */
function unexpected({ keyword, instancePath }: Violation): string[] {
  if (keyword !== 'boolean') return []
  const steps = stepsOf(instancePath)
  return [[...steps.slice(0, -1), `property ${steps.at(-1)} should not exist`].join('.')]
}

function words(
  root: Shape,
  value: unknown,
  { keyword, instancePath, params }: Violation,
): string[] {
  if (keyword === 'additionalProperties' || keyword === 'boolean') return []
  const steps = stepsOf(instancePath)
  const { shape, depth } = follow(root, steps)
  if (keyword === 'required' && depth === steps.length) {
    const { requiredProperties } = params as { requiredProperties: string[] }
    return requiredProperties.flatMap((name) =>
      expectations(shape.properties?.[name] ?? {}, [...steps, name].join('.'), undefined),
    )
  }
  if (steps.length === 0) return ['The body must be an object']
  // What breaks inside alternatives is reported for the property that has them.
  const known = steps.slice(0, depth)
  const isItem = /^\d+$/.test(known.at(-1) ?? '') && typeOf(shape) !== 'object'
  const name = isItem ? `each value in ${known.slice(0, -1).join('.')}` : known.join('.')
  return broken(keyword, shape, name, valueAt(value, known))
}

/** What class-validator says of one broken rule. */
function broken(keyword: string, shape: Shape, name: string, value: unknown): string[] {
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
      return expectations(shape, name, value)
  }
}

/** What class-validator says of a property that is missing, empty or of another type. */
function expectations(shape: Shape, name: string, value: unknown): string[] {
  const isEmpty = value === undefined || value === null || value === ''
  const mayBeEmpty = !shape.enum && !shape.minLength && !shape.pattern
  return [mustBe(shape, name), ...(isEmpty && !mayBeEmpty ? [`${name} should not be empty`] : [])]
}

function mustBe(shape: Shape, name: string): string {
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

function valueAt(value: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((part, step) => (part as Record<string, unknown>)?.[step], value)
}

function typeOf(shape: Shape): string | undefined {
  return Array.isArray(shape.type) ? shape.type[0] : shape.type
}

/** Walks a path of a value through its schema, as far as the schema has no alternatives. */
function follow(root: Shape, steps: readonly string[]): { shape: Shape; depth: number } {
  let shape = root
  let depth = 0
  for (const step of steps) {
    const next = shape.properties?.[step] ?? (/^\d+$/.test(step) ? shape.items : undefined)
    if (!next) break
    shape = next
    depth++
  }
  return { shape, depth }
}

function stepsOf(path: string): string[] {
  return path.split('/').slice(1).map(unescapeStep)
}

function unescapeStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}
