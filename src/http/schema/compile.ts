import SerializerSelector from '@fastify/fast-json-stringify-compiler'
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify'
import type { Static, TObject, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Settings } from 'typebox/system'
import { limits } from '../../limits.ts'
import { frameworkError, unprocessable } from '../errors.ts'
import { convertQuery, type RawQuery } from '../query.ts'
import { Strict } from '../shapes.ts'
import {
  helpfulQueryWords,
  type JsonSchema,
  messagesOf,
  type TypeWords,
  upstreamWords,
  type Violation,
} from './violations.ts'

Settings.Set({ maxErrors: limits.violationsMax })

// A server has hundreds of schemas of which a short run needs a few, so each is compiled at its first
// use. `test/unit/schemas.test.ts` compiles them all.

/**
 * The check of an operation's schema, without coercion in bodies, with every violation at once in
 * class-validator's words. A strict one refuses what a query does not name, whatever its schema.
 */
export const validatorCompiler =
  (isStrict: boolean): FastifySchemaCompiler<TSchema> =>
  ({ schema: declared, httpPart }) => {
    const isQuery = httpPart === 'querystring'
    const schema = isQuery && isStrict ? Strict((declared as TObject).properties) : declared
    const validator = lazy(() => Compile(schema))
    const words = isQuery && !isStrict ? helpfulQueryWords : upstreamWords
    return (input: unknown) => {
      let value = input
      if (isQuery) value = convertQuery(schema as TObject, input as RawQuery, isStrict)
      else if (httpPart === 'body') value ??= {}
      if (validator().Check(value)) return refuseNul(httpPart, value)
      return { error: violationsOf(schema, value, validator().Errors(value), words) }
    }
  }

const serializerCompiler = SerializerSelector()()
const serializers = new WeakMap<object, (data: unknown) => string>()

/** The serializer of an answer; operations with the same shape, as of a refusal, share one. */
export const compileSerializer: FastifySerializerCompiler<object> = (route) => {
  const existing = serializers.get(route.schema)
  if (existing) return existing
  const serializer = lazy(() => serializerCompiler(route as SerializerSelector.RouteDefinition))
  const serialize = (data: unknown) => serializer()(data)
  serializers.set(route.schema, serialize)
  return serialize
}

/**
 * The check of an operation's body for another operation that takes such bodies. It returns the
 * body, or throws the refusal of the operation itself.
 */
export function bodyCheck<S extends TSchema>(schema: S): (body: unknown) => Static<S> {
  const validator = lazy(() => Compile(schema))
  return (body) => {
    if (validator().Check(body)) return body
    throw violationsOf(schema, body, validator().Errors(body), upstreamWords)
  }
}

function lazy<T>(make: () => T): () => T {
  let cached: T | undefined
  return () => {
    cached ??= make()
    return cached
  }
}

const violationsOf = (
  schema: TSchema,
  value: unknown,
  errors: Iterable<Violation>,
  words: TypeWords,
) => unprocessable(messagesOf(schema as JsonSchema, value, [...errors], words))

/** The database cannot store NUL. Bodies are checked while they are read, addresses here. */
function refuseNul(httpPart: string | undefined, value: unknown) {
  const hasNul = (item: unknown) => String(item).includes('\0')
  if (httpPart !== 'body' && Object.values(value as object).some(hasNul)) {
    return { error: frameworkError(400, 'The address holds a NUL character') }
  }
  return { value }
}
