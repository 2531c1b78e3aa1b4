import assert from 'node:assert/strict'
import { demo } from '../../../src/demo/ids.ts'
import type { Ask, TestServer } from '../test-server.ts'

/** The parts of JSON Schema that the description is made of. */
export type Schema = {
  type?: string | string[]
  enum?: unknown[]
  examples?: unknown[]
  required?: string[]
  properties?: Record<string, Schema>
  items?: Schema
}

type Parameter = { name: string; in: string; required?: boolean; schema: Schema }

/** An operation as `GET /openapi.json` describes it. */
export type Operation = {
  id: string
  name: string
  method: string
  path: string
  isPublic: boolean
  parameters: Parameter[]
  body: Schema | undefined
}

type DescribedOperation = {
  operationId: string
  security: unknown[]
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Schema }> }
}

/** What others are in, by what deletes it: the more, the later. */
const deletionOrder = [
  '/opportunities/{id}',
  '/contacts/{contactId}',
  '/opportunities/pipelines/{pipelineId}',
  '/locations/{locationId}',
]

/** Every operation that the server answers, those that take something away last. */
export function operationsOf(server: TestServer): Operation[] {
  const { paths } = server.app.swagger() as unknown as {
    paths: Record<string, Record<string, DescribedOperation>>
  }
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([verb, described]): Operation => {
      const method = verb.toUpperCase()
      return {
        id: described.operationId,
        name: `${method} ${path}`,
        method,
        path,
        isPublic: described.security.length === 0,
        parameters: described.parameters ?? [],
        body: described.requestBody?.content['application/json']?.schema,
      }
    }),
  )
  assert.ok(all.length > 20, 'the operations are found')
  const order = ({ method, path }: Operation) =>
    method === 'DELETE' ? 10 + deletionOrder.indexOf(path) : ['GET', 'POST', 'PUT'].indexOf(method)
  return all.sort((a, b) => order(a) - order(b))
}

/** What belongs to the demo location, by the names that requests have for it. */
const demoIds: Readonly<Record<string, unknown>> = {
  locationId: demo.locationId,
  location_id: demo.locationId,
  locationIds: [demo.locationId],
  companyId: demo.companyId,
  contactId: demo.contactId,
  pipelineId: demo.pipelineId,
  pipelineStageId: demo.stageIds[0],
  userId: demo.userIds[6],
  assignedTo: demo.userIds[1],
  followers: [demo.userIds[1]],
  ids: demo.userIds[1],
  appId: demo.clientId.split('-')[0],
}

/** What is good enough where it is asked for. */
const samples: Readonly<Record<string, unknown>> = {
  client_id: demo.clientId,
  client_secret: demo.clientSecret,
  grant_type: 'refresh_token',
  email: 'somebody.new@agency.example',
  lostReasonId: demo.lostReasonIds.price,
  password: 'Long-enough-1',
}

/** What `id` in a path stands for, by what stands before it. */
const idsByPath: Readonly<Record<string, string>> = {
  opportunities: demo.opportunityId,
  // The demo world's first field of contacts.
  customFields: demo.contactFieldId,
  customValues: demo.customValueId,
}

/**
 * What goes by another value in one place, or is sent there though it may be left out: the contact
 * of an opportunity does not change, and a contact is told by its address.
 */
const valuesByPath: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '/opportunities/{id}': { contactId: 'byMEV0NQinDhq8ZfiOi2' },
  '/locations/{locationId}/customFields': { dataType: 'TEXT' },
  '/locations/{locationId}/customFields/{id}': { name: 'Postcode' },
  '/contacts/{contactId}': { customFields: [{ key: 'my_custom_field', field_value: 'x' }] },
  '/contacts/': { email: 'somebody.new@agency.example', phone: '+12125550143' },
  '/contacts/bulk/tags/update/{type}': {
    contacts: ['byMEV0NQinDhq8ZfiOi2', 'noSuchContactXXXXXXX'],
  },
  '/contacts/bulk/business': { ids: ['byMEV0NQinDhq8ZfiOi2'] },
  '/contacts/upsert': { email: 'maya@northwinddental.example' },
  '/contacts/search/duplicate': { email: 'maya@northwinddental.example', number: '+12125550143' },
}

function sample(name: string, schema: Schema, path: string): unknown {
  const own = valuesByPath[path]?.[name]
  if (own !== undefined) return own
  if (name === 'id') {
    const id = idsByPath[/([^/]+)\/\{id\}/.exec(path)?.[1] ?? '']
    assert.ok(id, `say in test/api/security/operations.ts what {id} is in ${path}`)
    return id
  }
  if (name in demoIds) return demoIds[name]
  if (name in samples) return samples[name]
  if (schema.enum) return schema.enum[0]
  if (schema.examples) return schema.examples[0]
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return objectOf(schema, path)
    case 'array':
      return schema.items ? [sample('', schema.items, path)] : []
    case 'number':
    case 'integer':
      return 1
    case 'boolean':
      return false
    default:
      return 'x'
  }
}

/** Whether something is sent though it may be left out. */
const isSent = (name: string, path: string) =>
  name in demoIds || valuesByPath[path]?.[name] !== undefined

/** What is required, and everything else that names something of the demo location. */
function objectOf({ properties = {}, required = [] }: Schema, path: string) {
  const namedProperties = Object.entries(properties).filter(
    ([name]) => required.includes(name) || isSent(name, path),
  )
  return Object.fromEntries(
    namedProperties.map(([name, schema]) => [name, sample(name, schema, path)]),
  )
}

/** Some operations are there under the one, some under the other. */
export const versions = ['2021-07-28', 'v3'] as const

/** What an answer would hold that shows something of the demo location. */
export const marks: readonly string[] = [
  demo.locationId,
  demo.companyId,
  demo.pipelineId,
  demo.opportunityId,
  demo.contactId,
  ...demo.stageIds,
  ...demo.userIds,
  'Riverside',
  'olivia.hart@',
  'ben.castellano@',
]

/** A request, in parts that a test may change before it is sent. */
export type Parts = {
  path: Record<string, unknown>
  query: Record<string, unknown>
  body: Record<string, unknown> | undefined
}

/** Whether a parameter is v3's spelling of one that has an older one, which all versions take. */
const isRespelled = (name: string, parameters: readonly Parameter[]) => {
  const older = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return older !== name && parameters.some((one) => one.name === older)
}

/** A request for an operation that names what belongs to the demo location. */
export function partsFor({ path, parameters, body }: Operation): Parts {
  const values = (place: string) =>
    Object.fromEntries(
      parameters
        .filter((one) => one.in === place && (one.required || isSent(one.name, path)))
        .filter(({ name }) => !isRespelled(name, parameters))
        .map(({ name, schema }) => [name, sample(name, schema, path)]),
    )
  return {
    path: values('path'),
    query: values('query'),
    body: body && objectOf(body, path),
  }
}

export function send(
  server: TestServer,
  { method, path }: Operation,
  parts: Parts,
  token: string | null,
  version = '2021-07-28',
) {
  const filled = path.replace(/\{(.+?)\}/g, (_, name) =>
    encodeURIComponent(String(parts.path[name])),
  )
  const query = new URLSearchParams(
    Object.entries(parts.query).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
  const options: Ask = { token, version, ...(parts.body ? { body: parts.body } : {}) }
  return server.ask(method, query ? `${filled}?${query}` : filled, options)
}
