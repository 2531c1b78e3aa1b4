import { type Static, type TSchema, type TStringOptions, Type } from 'typebox'
import { limits } from '../limits.ts'

/** The words that shapes are written in; what a request or an answer is as a whole is in `http`. */

type About = { examples?: unknown[]; description?: string }

const about = (examples: unknown[], description: string | undefined): About => ({
  examples,
  ...(description !== undefined && { description }),
})

/** A text, with what bounds it beyond its type. */
export const Text = (example: string, description?: string, bounds: TStringOptions = {}) =>
  Type.String({ ...bounds, ...about([example], description) })

/** An id that a client has to name: it is not empty. */
export const Id = (example: string, description?: string) =>
  Text(example, description, { minLength: 1 })

/** A text of an answer or a query that may be left out. */
export const MaybeText = (example: string, description?: string) =>
  Type.Optional(Text(example, description))

/** A text of a body that may be left out or null. */
export const OptionalText = (example: string, description?: string) =>
  Optional(Text(example, description))

/** A time in ISO 8601. */
export const Time = (description: string) => Text('2021-08-03T04:55:17.355Z', description)

/** Yes or no. */
export const Flag = (example: boolean, description?: string) =>
  Type.Boolean(about([example], description))

/** A number of any kind. */
export const Numeric = (example: number, description?: string) =>
  Type.Number(about([example], description))

/** A property that may be null on the wire. */
export function Nullable<T extends TSchema & { type: string }>(schema: T) {
  const values = 'enum' in schema ? { enum: [...(schema.enum as unknown[]), null] } : {}
  return Type.Unsafe<Static<T> | null>({
    ...schema,
    ...values,
    ...('title' in schema && { title: `${schema.title}OrNull` }),
    type: [schema.type, 'null'],
  })
}

/** An input that may be left out or null, as class-validator's IsOptional has it. */
export function Optional<T extends TSchema & { type: string }>(schema: T) {
  return Type.Optional(Nullable(schema))
}

/** One of some strings. */
export function OneOf<const V extends readonly string[]>(values: V, options: object = {}) {
  return Type.Unsafe<V[number]>({ type: 'string', enum: values, ...options })
}

/** One of some strings, left out, or null, which counts as left out. */
export function OptionalOneOf<const V extends readonly string[]>(values: V, options: object = {}) {
  return Type.Optional(
    Type.Unsafe<V[number] | null>({
      type: ['string', 'null'],
      enum: [...values, null],
      ...options,
    }),
  )
}

/** The page of a list by its offset, and whether the rows are counted. */
export const SkipAndLimit = {
  skip: Type.Optional(
    Type.Integer({ minimum: 0, maximum: limits.skipMax, default: 0, examples: [1] }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, default: 100, examples: [10] })),
  getCount: Type.Optional(Type.Boolean({ description: 'False leaves out the total' })),
}
