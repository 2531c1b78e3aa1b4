/** The parts of an OpenAPI description that the pages are made of. */
export type Description = {
  info: { title: string; description?: string }
  servers?: object[]
  tags?: { name: string }[]
  paths: Record<string, Record<string, Operation>>
  components?: { securitySchemes?: Record<string, { description?: string }> }
}

export type Operation = {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Content }
  responses: Record<string, { description: string; content?: Content }>
  security?: Record<string, string[]>[]
}

export type Parameter = {
  name: string
  in: string
  required?: boolean
  description?: string
  example?: unknown
  examples?: Examples
  schema: Schema
}

type Content = Record<string, { schema: Schema; example?: unknown }>

/** Examples by their names. */
type Examples = Record<string, object>

export type Schema = {
  type?: string | readonly string[]
  description?: string
  enum?: readonly unknown[]
  properties?: Record<string, Schema>
  required?: readonly string[]
  items?: Schema
}

/** An operation with where it is. */
export type Place = { method: string; path: string; operation: Operation }

/** Whose reference it is: that of `Version: v3`, or of the dated versions. */
export const generations = {
  v3: { title: 'v3', version: 'v3', address: '/docs' },
  v2: { title: '2021-07-28', version: '2021-07-28', address: '/docs/v2' },
} as const
export type Generation = keyof typeof generations
export const generationNames = ['v3', 'v2'] as const satisfies readonly Generation[]

/** Every operation of a generation. */
export function placesOf({ paths }: Description, generation: Generation): Place[] {
  return Object.entries(paths)
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({ method, path, operation })),
    )
    .filter(({ operation }) => generation === 'v3' || !operation.operationId.endsWith('-v3'))
    .map((place) => ({ ...place, operation: spelledFor(place.operation, generation) }))
}

/**
 * Where a parameter has an older and a newer spelling, each generation shows its own. The schema
 * can require neither of them, so its words say which one has to be there.
 */
function spelledFor(operation: Operation, generation: Generation): Operation {
  const { parameters = [] } = operation
  const olderOf = (name: string) => name.replace(/[A-Z]/g, (sign) => `_${sign.toLowerCase()}`)
  const newer = parameters.filter(
    ({ name }) => olderOf(name) !== name && parameters.some((one) => one.name === olderOf(name)),
  )
  const hidden = new Set(
    generation === 'v2' ? newer.map(({ name }) => name) : newer.map(({ name }) => olderOf(name)),
  )
  const shown = parameters.filter(({ name }) => !hidden.has(name))
  const isRequired = (one: Parameter) => one.required || /; required$/.test(one.description ?? '')
  return {
    ...operation,
    parameters: shown.map((one) => ({ ...one, required: isRequired(one) })),
  }
}

/** A tag in an address. */
export function slugOf(tag: string): string {
  return tag
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '')
}

/** The place of an operation on the page of the reference. */
export function fragmentOf({ tags = [], operationId }: Operation): string {
  return `tag/${slugOf(tags[0] ?? 'default')}/${operationId}`
}

/** Where the reference of a generation shows an operation. */
export function deepLink(operation: Operation, generation: Generation): string {
  return `${generations[generation].address}#${fragmentOf(operation)}`
}

/** What this server is for comes first, what is true of it as a server last. */
export function tagsOf(places: readonly Place[]): { name: string }[] {
  const order = (path: string) =>
    path.startsWith('/opportunities') ? 0 : path.split('/').length > 2 ? 1 : 2
  const sorted = [...places].sort((a, b) => order(a.path) - order(b.path))
  return [...new Set(sorted.flatMap(({ operation }) => operation.tags ?? []))].map((name) => ({
    name,
  }))
}

/** The operations under each tag, in the order in which the reference shows them. */
export type Outline = { tag: string; places: Place[] }[]

export function outlineOf(places: readonly Place[]): Outline {
  return tagsOf(places).map(({ name: tag }) => ({
    tag,
    places: places.filter(({ operation }) => operation.tags?.[0] === tag),
  }))
}

/** What somebody needs to call an operation. */
export type Requirements = { scopes: string[]; methods: string[]; tokens: string[] }

/** Undefined: the operation is public. The words of the security schemes say the rest. */
export function requirementsOf(
  { security = [] }: Operation,
  { components }: Description,
): Requirements | undefined {
  if (security.length === 0) return undefined
  const schemes = security.flatMap((one) => Object.keys(one))
  const words = schemes.map((name) => components?.securitySchemes?.[name]?.description ?? '')
  const takesPrivate = words.some((text) => text.includes('Private Integration'))
  const isFor = (owner: string) => words.some((text) => text.includes(`as ${owner}`))
  return {
    scopes: [...new Set(security.flatMap((one) => Object.values(one).flat()))],
    methods: ['OAuth Access Token', ...(takesPrivate ? ['Private Integration Token'] : [])],
    tokens: ['Sub-Account', 'Agency'].filter(isFor).map((owner) => `${owner} Token`),
  }
}
