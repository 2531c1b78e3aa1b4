import { isDeepStrictEqual } from 'node:util'

/** A description without references, in which each operation is complete. */
type Document = { paths?: object; components?: object }

/** A part of a description, as parsed JSON. */
type Json = Readonly<Record<string, unknown>>

/**
 * The description with each shape that has a `title` written once, as a component of that name:
 * a schema, or the answer whose body it is. The `description` of a use stays at that use. The headers
 * of requests, which are the same for all operations, become components too.
 */
export function withComponents<D extends Document>(document: D): D {
  const { keep, byKind } = componentCollection()

  const schemaOf = (schema: unknown): unknown => {
    if (!isObject(schema)) return schema
    const { title, description, ...inner } = Object.fromEntries(
      Object.entries(schema).map(([keyword, value]) => [keyword, schemasInside(keyword, value)]),
    )
    const described = description === undefined ? {} : { description }
    return { ...described, ...(typeof title === 'string' ? keep('schemas', title, inner) : inner) }
  }
  const schemasInside = (keyword: string, value: unknown): unknown => {
    if (keyword === 'properties') return mapValues(value as Json, schemaOf)
    if (Array.isArray(value)) {
      return combiners.includes(keyword) ? value.map(schemaOf) : value
    }
    return keyword === 'items' ? schemaOf(value) : value
  }
  const contentOf = (content: Json) =>
    mapValues(content, (media) => ({
      ...(media as Json),
      schema: schemaOf((media as Json).schema),
    }))

  const answerOf = (answer: unknown): unknown => {
    const { content, ...rest } = answer as Answer
    if (!content) return answer
    const [title] = Object.values(content).map(({ schema }) => schema?.title)
    if (title === undefined) return { ...rest, content: contentOf(content) }
    const untitled = mapValues(content, ({ schema, ...media }) => {
      const { title: _, ...untitled } = schema ?? {}
      return { ...media, schema: untitled }
    })
    return keep('responses', title, { ...rest, content: contentOf(untitled) })
  }
  const operationOf = (operation: unknown): unknown => {
    const { parameters, requestBody, responses = {}, ...rest } = operation as Operation
    return {
      ...rest,
      ...(parameters && {
        parameters: parameters.map((one) =>
          one.in === 'header' ? keep('parameters', String(one.name), one) : one,
        ),
      }),
      ...(requestBody && {
        requestBody: { ...requestBody, content: contentOf(requestBody.content) },
      }),
      responses: mapValues(responses, answerOf),
    }
  }
  const paths = mapValues({ ...document.paths }, (item) => mapValues(item as Json, operationOf))
  return { ...document, paths, components: { ...document.components, ...byKind() } }
}

type Answer = Json & { content?: Record<string, Json & { schema?: Json & { title?: string } }> }
type Operation = Json & {
  parameters?: Json[]
  requestBody?: Json & { content: Json }
  responses?: Json
}

const combiners = ['anyOf', 'oneOf', 'allOf']
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

function mapValues<A>(record: Readonly<Record<string, A>>, transform: (value: A) => unknown) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, transform(value)]))
}

/** Components by kind and name, in the order of their names. */
function componentCollection() {
  const kinds = new Map<string, Map<string, unknown>>()
  return {
    /** Keeps a component, and returns the reference that replaces it. */
    keep(kind: 'schemas' | 'responses' | 'parameters', name: string, value: unknown) {
      const components = kinds.get(kind) ?? new Map<string, unknown>()
      kinds.set(kind, components)
      if (components.has(name) && !isDeepStrictEqual(components.get(name), value)) {
        throw new Error(`Two ${kind} of OpenAPI have the title ${name}`)
      }
      components.set(name, value)
      return { $ref: `#/components/${kind}/${name}` }
    },
    byKind: () =>
      Object.fromEntries(
        [...kinds].map(([kind, named]) => [
          kind,
          Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1))),
        ]),
      ),
  }
}
