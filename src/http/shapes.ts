import { type TObjectOptions, type TProperties, type TSchema, Type } from 'typebox'
import { type ApiError, reasonOf } from './errors.ts'

/** A body, or a query of which a refusal is recorded: it refuses properties that it does not have. */
export function Strict<P extends TProperties>(properties: P, options: TObjectOptions = {}) {
  return Type.Object(properties, { ...options, additionalProperties: false })
}

/** A part of answers that the description holds once, as the component of this name. */
export function Named<P extends TProperties>(title: string, properties: P) {
  return Type.Object(properties, { title })
}

/** A query of which only what is named is read: the rest is refused by `--strict` alone. */
export function Query<P extends TProperties>(properties: P) {
  return Type.Object(properties)
}

/** The query of an operation that reads none of it. */
export const NoQuery = Query({})

/** An answer: every object body carries the request's trace id. UPSTREAM: behaviour.md §1.1 */
export function Answer<P extends TProperties>(properties: P, options: TObjectOptions = {}) {
  return Type.Object({ ...properties, traceId: Type.Optional(TraceId) }, options)
}

const TraceId = Type.String({
  format: 'uuid',
  description: 'Names the request in the logs',
  examples: ['d3a3e8a6-6f1c-4b55-9d0a-8f3f7d0a6a52'],
})

const message = (example: string) => Type.String({ examples: [example] })

const refusalShapes = {
  400: Answer(
    { statusCode: Type.Number({ examples: [400] }), message: message('Bad Request') },
    { title: 'BadRequest', description: 'Bad Request' },
  ),
  401: Answer(
    {
      statusCode: Type.Number({ examples: [401] }),
      message: message('Invalid token: access token is invalid'),
      error: Type.Optional(message('Unauthorized')),
    },
    { title: 'Unauthorized', description: 'Unauthorized' },
  ),
  403: Answer(
    {
      statusCode: Type.Number({ examples: [403] }),
      message: message('The token does not have access to this location.'),
    },
    { title: 'Forbidden', description: 'Forbidden' },
  ),
  422: Answer(
    {
      message: Type.Array(Type.String(), { examples: [['Unprocessable Entity']] }),
      error: message('Unprocessable Entity'),
      statusCode: Type.Number({ examples: [422] }),
    },
    { title: 'Unprocessable', description: 'Unprocessable Entity' },
  ),
  503: Answer(
    {
      statusCode: Type.Number({ examples: [503] }),
      message: message('Service Unavailable'),
    },
    {
      title: 'Unavailable',
      description: 'The database does not answer; try again after `Retry-After` seconds',
    },
  ),
}

/** A status with its usual message, or a constructor of an error with its own. */
export type DocumentedRefusal = keyof typeof refusalShapes | (() => ApiError)

/** The error answers of an operation, for its documentation. */
export function describeRefusals(
  ...refusals: readonly DocumentedRefusal[]
): Record<number, TSchema> {
  return Object.fromEntries(
    refusals.map((one) =>
      typeof one === 'number' ? [one, refusalShapes[one]] : describeRefusal(one()),
    ),
  )
}

function describeRefusal({ statusCode, body }: ApiError): [status: number, answer: TSchema] {
  const { error, message: words, code } = body as { error?: string; message: string; code?: string }
  const answer = Answer(
    {
      statusCode: Type.Number({ examples: [statusCode] }),
      ...(error && { error: Type.Optional(message(error)) }),
      message: message(words),
      ...(code && { code: Type.Optional(message(code)) }),
    },
    { title: titleFrom(code ?? words), description: reasonOf(statusCode) },
  )
  return [statusCode, answer]
}

/** `OPPORTUNITY_NOT_FOUND` and `Opportunity not found` are both `OpportunityNotFound`. */
function titleFrom(words: string): string {
  const parts = words.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('')
}

/** The 422 of an operation that refuses something in one text, as a parameter before the others. */
export const unprocessableParameter = {
  422: Answer(
    {
      message: Type.Unsafe<string | string[]>({
        type: ['array', 'string'],
        items: { type: 'string' },
        examples: [['Unprocessable Entity']],
      }),
      error: message('Unprocessable Entity'),
      statusCode: Type.Number({ examples: [422] }),
      code: Type.Optional(Type.String()),
    },
    { title: 'UnprocessableParameter', description: 'Unprocessable Entity' },
  ),
} as const
