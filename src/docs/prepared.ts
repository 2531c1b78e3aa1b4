import {
  type Content,
  fragmentOf,
  type Operation,
  type Outline,
  type Place,
  type Schema,
  slugOf,
} from './description.ts'
import { titleOf } from './guides.ts'

// A description that brings its navigation along is one that the component takes as it is. Any other
// one it goes through to mend it, which finds nothing in ours, and takes a quarter of the first load.

/** What the component names its document, and begins the names of all its places with. */
const root = 'api-1'

/** The list at the side of the reference, as the component would make it. */
export function navigationOf(title: string, outline: Outline): Record<string, object> {
  const introduction = {
    id: `${root}/description/introduction`,
    title: 'Introduction',
    type: 'text',
  }
  const children = [introduction, ...outline.map(partOf)]
  return {
    'x-scalar-navigation': { id: root, type: 'document', title, name: root, children },
    'x-scalar-order': children.map(({ id }) => id),
  }
}

function partOf({ tag, places }: Outline[number]) {
  const children = places.map(entryOf)
  return {
    id: `${root}/tag/${slugOf(tag)}`,
    title: tag,
    name: tag,
    children,
    isGroup: false,
    isWebhooks: false,
    type: 'tag',
    xKeys: { 'x-scalar-order': children.map(({ id }) => id) },
  }
}

function entryOf({ method, path, operation }: Place) {
  const id = `${root}/${fragmentOf(operation)}`
  const pointer = path.replaceAll('~', '~0').replaceAll('/', '~1')
  const examples = exampleNames(operation).map((name) => ({
    type: 'example',
    id: `${id}/example/${name}`,
    title: name,
    name,
  }))
  return {
    id,
    title: titleOf(operation),
    path,
    method,
    ref: `#/paths/${pointer}/${method}`,
    type: 'operation',
    isDeprecated: false,
    ...(examples.length > 0 && { children: examples }),
  }
}

function exampleNames({ requestBody, parameters = [] }: Operation): string[] {
  const named = [...Object.values(requestBody?.content ?? {}), ...parameters]
  return [...new Set(named.flatMap(({ examples = {} }) => Object.keys(examples)))]
}

const mapped = <A, B>(record: Readonly<Record<string, A>>, change: (it: A) => B) =>
  Object.fromEntries(Object.entries(record).map(([name, it]) => [name, change(it)]))

/** An operation with its schemas as the component takes them. */
export function mended<O extends Operation>({ requestBody, responses, ...operation }: O) {
  const answers = mapped(responses, ({ content, ...answer }) => ({
    ...answer,
    ...(content && { content: withMarks(content) }),
  }))
  return {
    ...operation,
    ...(requestBody && {
      requestBody: { ...requestBody, content: withMarks(requestBody.content) },
    }),
    responses: answers,
  }
}

const withMarks = (content: Content) =>
  mapped(content, ({ schema, ...one }) => ({ ...one, schema: marked(schema) }))

/** A schema in which those without a type say that they have none. */
function marked({ properties, items, ...schema }: Schema): Schema {
  return {
    ...(schema.type === undefined && { __scalar_: '' }),
    ...schema,
    ...(properties && { properties: mapped(properties, marked) }),
    ...(items && { items: marked(items) }),
  }
}
