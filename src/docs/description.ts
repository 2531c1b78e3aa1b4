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

/** An operation with its method and path. */
export type Endpoint = { method: string; path: string; operation: Operation }

/** The reference of `Version: v3`, and that of the dated versions. */
export const generations = {
  v3: { title: 'v3', version: 'v3', address: '/docs' },
  v2: { title: '2021-07-28', version: '2021-07-28', address: '/docs/v2' },
} as const
export type Generation = keyof typeof generations
export const generationNames = ['v3', 'v2'] as const satisfies readonly Generation[]

/** Every operation of a generation. */
export function endpointsOf({ paths }: Description, generation: Generation): Endpoint[] {
  return Object.entries(paths)
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({ method, path, operation })),
    )
    .filter(({ operation }) => generation === 'v3' || !operation.operationId.endsWith('-v3'))
    .map((endpoint) => ({ ...endpoint, operation: withSpellingOf(endpoint.operation, generation) }))
}

/**
 * Where a parameter has an older and a newer spelling, each generation shows its own. The schema
 * can require neither, so the description says that it is required.
 */
function withSpellingOf(operation: Operation, generation: Generation): Operation {
  const { parameters = [] } = operation
  const snakeCaseOf = (name: string) => name.replace(/[A-Z]/g, (sign) => `_${sign.toLowerCase()}`)
  const newer = parameters.filter(
    ({ name }) =>
      snakeCaseOf(name) !== name && parameters.some((one) => one.name === snakeCaseOf(name)),
  )
  const hidden = new Set(
    generation === 'v2'
      ? newer.map(({ name }) => name)
      : newer.map(({ name }) => snakeCaseOf(name)),
  )
  const visible = parameters.filter(({ name }) => !hidden.has(name))
  const isRequired = (one: Parameter) => one.required || /; required$/.test(one.description ?? '')
  return {
    ...operation,
    parameters: visible.map((one) => ({ ...one, required: isRequired(one) })),
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

/** The tags in order: opportunities first, operations of the server itself last. */
export function tagsOf(endpoints: readonly Endpoint[]): { name: string }[] {
  const order = (path: string) =>
    path.startsWith('/opportunities') ? 0 : path.split('/').length > 2 ? 1 : 2
  const sorted = [...endpoints].sort((a, b) => order(a.path) - order(b.path))
  return [...new Set(sorted.flatMap(({ operation }) => operation.tags ?? []))].map((name) => ({
    name,
  }))
}

/** The operations under each tag, in the order in which the reference shows them. */
export type Outline = { tag: string; endpoints: Endpoint[] }[]

export function outlineOf(endpoints: readonly Endpoint[]): Outline {
  return tagsOf(endpoints).map(({ name: tag }) => ({
    tag,
    endpoints: endpoints.filter(({ operation }) => operation.tags?.[0] === tag),
  }))
}

/** What somebody needs to call an operation. */
export type Requirements = { scopes: string[]; methods: string[]; tokens: string[] }

/** Undefined for a public operation; the security schemes say in words whose tokens they take. */
export function requirementsOf(
  { security = [] }: Operation,
  { components }: Description,
): Requirements | undefined {
  if (security.length === 0) return undefined
  const schemes = security.flatMap((one) => Object.keys(one))
  const descriptions = schemes.map((name) => components?.securitySchemes?.[name]?.description ?? '')
  const takesPrivate = descriptions.some((text) => text.includes('Private Integration'))
  const isFor = (owner: string) => descriptions.some((text) => text.includes(`as ${owner}`))
  return {
    scopes: [...new Set(security.flatMap((one) => Object.values(one).flat()))],
    methods: ['OAuth Access Token', ...(takesPrivate ? ['Private Integration Token'] : [])],
    tokens: ['Sub-Account', 'Agency'].filter(isFor).map((owner) => `${owner} Token`),
  }
}
