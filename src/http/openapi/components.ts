import { isDeepStrictEqual } from 'node:util'

/** A description whose operations say everything themselves. */
type Document = { paths?: object; components?: object }

/** Parts of a description as they are in JSON. */
type Json = Readonly<Record<string, unknown>>

/**
 * The description with each shape that has a `title` written once, as a component of that name:
 * a schema, or the answer whose body it is. What a schema means where it stands remains there. The
 * headers of requests, which are the same for all operations, become components too.
 */
export function withComponents<D extends Document>(document: D): D {
  const { keep, kept } = collection()

  const schemaOf = (schema: unknown): unknown => {
    if (!isObject(schema)) return schema
    const { title, description, ...inner } = Object.fromEntries(
      Object.entries(schema).map(([keyword, value]) => [keyword, insideOf(keyword, value)]),
    )
    const words = description === undefined ? {} : { description }
    return { ...words, ...(typeof title === 'string' ? keep('schemas', title, inner) : inner) }
  }
  const insideOf = (keyword: string, value: unknown): unknown => {
    if (keyword === 'properties') return mapped(value as Json, schemaOf)
    if (Array.isArray(value)) {
      return combining.includes(keyword) ? value.map(schemaOf) : value
    }
    return keyword === 'items' ? schemaOf(value) : value
  }
  const contentOf = (content: Json) =>
    mapped(content, (media) => ({ ...(media as Json), schema: schemaOf((media as Json).schema) }))

  const answerOf = (answer: unknown): unknown => {
    const { content, ...rest } = answer as Answer
    if (!content) return answer
    const [title] = Object.values(content).map(({ schema }) => schema?.title)
    if (title === undefined) return { ...rest, content: contentOf(content) }
    const untitled = mapped(content, ({ schema, ...media }) => {
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
      responses: mapped(responses, answerOf),
    }
  }
  const paths = mapped({ ...document.paths }, (item) => mapped(item as Json, operationOf))
  return { ...document, paths, components: { ...document.components, ...kept() } }
}

type Answer = Json & { content?: Record<string, Json & { schema?: Json & { title?: string } }> }
type Operation = Json & {
  parameters?: Json[]
  requestBody?: Json & { content: Json }
  responses?: Json
}

const combining = ['anyOf', 'oneOf', 'allOf']
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

function mapped<A>(record: Readonly<Record<string, A>>, change: (value: A) => unknown) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
}

/** Components by kind and name, in the order of their names. */
function collection() {
  const kinds = new Map<string, Map<string, unknown>>()
  return {
    /** Keeps a component, and returns the reference that stands where it was. */
    keep(kind: 'schemas' | 'responses' | 'parameters', name: string, value: unknown) {
      const named = kinds.get(kind) ?? new Map<string, unknown>()
      kinds.set(kind, named)
      if (named.has(name) && !isDeepStrictEqual(named.get(name), value)) {
        throw new Error(`Two ${kind} of OpenAPI have the title ${name}`)
      }
      named.set(name, value)
      return { $ref: `#/components/${kind}/${name}` }
    },
    kept: () =>
      Object.fromEntries(
        [...kinds].map(([kind, named]) => [
          kind,
          Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1))),
        ]),
      ),
  }
}
