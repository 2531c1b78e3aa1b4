import SerializerSelector from '@fastify/fast-json-stringify-compiler'
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify'
import type { Static, TObject, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Settings } from 'typebox/system'
import { limits } from '../../limits.ts'
import { frameworkError, unprocessable } from '../errors.ts'
import {
  convertQuery,
  type NameMap,
  otherSpellings,
  type RawQuery,
  refusesOthers,
} from '../query.ts'
import { Strict } from '../shapes.ts'
import { readLeniently } from './lenient.ts'
import {
  helpfulQueryWords,
  helpfulWords,
  type JsonSchema,
  messagesOf,
  missing,
  type TypeWords,
  unexpected,
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
    if (httpPart === 'querystring') return queryCheck(declared as TObject, isStrict)
    if (httpPart === 'body') {
      const check = bodyReader(declared)
      return (input: unknown) => check(input ?? {}, isStrict)
    }
    const validator = lazy(() => Compile(declared))
    return (input: unknown) => {
      if (validator().Check(input)) return refuseNul(input)
      return { error: violationsOf(declared, input, validator().Errors(input), upstreamWords) }
    }
  }

function queryCheck(declared: TObject, isStrict: boolean) {
  const schema = isStrict ? Strict(declared.properties) : declared
  const validator = lazy(() => Compile(schema))
  const words = isStrict ? upstreamWords : helpfulQueryWords
  return (query: RawQuery & { [otherSpellings]?: NameMap }) => {
    const value = convertQuery(schema, query, isStrict)
    const misspellings = refusesOthers(schema) ? takeMisspellings(schema, query, value) : []
    if (misspellings.length === 0 && validator().Check(value)) return refuseNul(value)
    const violations = [...misspellings, ...validator().Errors(value)]
    return { error: violationsOf(schema, value, violations, words) }
  }
}

/** Takes names in the spelling of another version out of a query, as violations of it. */
function takeMisspellings(
  { properties }: TObject,
  { [otherSpellings]: misspelt = {} }: { [otherSpellings]?: NameMap },
  value: Record<string, unknown>,
): Violation[] {
  return Object.entries(misspelt).flatMap(([name, correctName]) => {
    delete value[name]
    const { minLength } = (properties[correctName] ?? {}) as JsonSchema
    // What must not be empty is asked for, though the schema has it optional for its two spellings.
    const isMissed = minLength !== undefined && !(correctName in value)
    return isMissed ? [unexpected(name), missing(correctName)] : [unexpected(name)]
  })
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
 * The check of an operation's body for another operation that takes such bodies. It returns what
 * the body says, or throws the refusal of the operation itself.
 */
export function bodyCheck<S extends TSchema>(schema: S) {
  const read = bodyReader(schema)
  return (body: unknown, isStrict: boolean): Static<S> => {
    const result = read(body, isStrict)
    if ('error' in result) throw result.error
    return result.value
  }
}

function bodyReader<S extends TSchema>(schema: S) {
  const validator = lazy(() => Compile(schema))
  return (body: unknown, isStrict: boolean): { value: Static<S> } | { error: Error } => {
    if (validator().Check(body)) return { value: body }
    const value = isStrict ? body : readLeniently(schema as JsonSchema, body)
    if (!isStrict && validator().Check(value)) return { value }
    const words = isStrict ? upstreamWords : helpfulWords
    return { error: violationsOf(schema, value, validator().Errors(value), words) }
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
function refuseNul(value: unknown) {
  const hasNul = (item: unknown) => String(item).includes('\0')
  if (Object.values(value as object).some(hasNul)) {
    return { error: frameworkError(400, 'The address holds a NUL character') }
  }
  return { value }
}
