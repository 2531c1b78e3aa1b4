import type { FastifyError, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { DatabaseUnavailable } from '../db/database.ts'
import { Overloaded } from '../db/lanes/tenant.ts'
import { databaseError, isUnavailable, sqlstate } from '../db/sqlstate.ts'
import { limits } from '../limits.ts'

/** The members of an error body; the order in which they are written is the order on the wire. */
export type ErrorBody = {
  statusCode: number
  message: string | readonly string[]
  error?: string
  code?: string
  meta?: Record<string, unknown>
}

/**
 * A refusal that the client sees in full; `traceId` is added when it is sent. `wire` is the body
 * where upstream's error has a form of its own.
 */
export class ApiError extends Error {
  readonly statusCode: number
  readonly body: object

  constructor(body: ErrorBody, wire: object = body) {
    super(String(body.message))
    this.statusCode = body.statusCode
    this.body = wire
  }
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  422: 'Unprocessable Entity',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
}

/** The reason phrase of a status. */
export const reasonOf = (statusCode: number) => reasons[statusCode] ?? 'Error'

/** An error in the key order of upstream's framework. UPSTREAM: behaviour.md §1.1, §1.4 */
export function frameworkError(statusCode: number, message: string | readonly string[]): ApiError {
  return new ApiError({ message, error: reasonOf(statusCode), statusCode })
}

/** All violations of a request in one answer. UPSTREAM: behaviour.md §1.4 */
export function unprocessable(messages: readonly string[]): ApiError {
  return frameworkError(422, messages)
}

/** A query parameter that upstream checks before the others. UPSTREAM: behaviour.md §1.4 */
export function cannotBeUndefined(field: string): ApiError {
  const code = `COMMON_${field.replace(/[A-Z]/g, '_$&').toUpperCase()}_UNDEFINED`
  const message = `${field} can't be undefined`
  return new ApiError({ message, error: 'Unprocessable Entity', statusCode: 422, code })
}

/** UPSTREAM: behaviour.md §1.2 for the three of the version. */
export const versionMissing = () =>
  new ApiError({ statusCode: 401, message: 'version header was not found.' })

export const versionUnpublished = () =>
  new ApiError({ statusCode: 401, message: 'version header is invalid' })

export const versionMalformed = (sent: string) =>
  frameworkError(400, `Invalid API version segment '${sent}' at position 0`)

/** DEVIATION: a body of another type; the header is named, as it may be missing. */
const mediaTypeUnsupported = ({ routeOptions }: FastifyRequest) => {
  const types = routeOptions.schema?.consumes ?? ['application/json']
  return frameworkError(415, `${reasonOf(415)}: Content-Type must be ${types.join(' or ')}`)
}

/** DEVIATION: a compressed body. */
export const encodingUnsupported = () =>
  frameworkError(415, `${reasonOf(415)}: the body must not be compressed`)

/** DEVIATION: too many requests, in the usual words; nobody recorded upstream's. */
export const tooManyRequests = () => new ApiError({ statusCode: 429, message: 'Too Many Requests' })

/** The server, or its database, cannot do it now. */
export const serviceUnavailable = () =>
  new ApiError({ statusCode: 503, message: 'Service Unavailable' })

/** DEVIATION: an `Idempotency-Key` that is none. */
export const invalidKey = () =>
  frameworkError(400, 'Idempotency-Key must be 1 to 255 visible ASCII characters')

/** DEVIATION: an `Idempotency-Key` used for another request. */
export const keyReused = () => unprocessable(['Idempotency-Key was used for another request'])

/** DEVIATION: an `Idempotency-Key` whose request is still under way. */
export const keyInUse = () =>
  frameworkError(409, 'The request with this Idempotency-Key is still under way')

/** No route for this method and address. UPSTREAM: behaviour.md §1.1 */
export const routeNotFound = ({ method, url }: FastifyRequest) =>
  frameworkError(404, `Cannot ${method} ${url}`)

/** UPSTREAM: issue #333, of an operation that there once was. */
export const endpointRemoved = () => frameworkError(400, 'API endpoint has been removed')

/** Refuses a request without a route before its body is read. */
export const refuseUnknown: onRequestHookHandler = (request, _reply, done) => {
  done(request.is404 ? routeNotFound(request) : undefined)
}

/** The one error handler: for our errors and those of validation, the database and bugs. */
export function handleError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  return send(toApiError(error, request), request, reply)
}

/** Turns any error into the one that the client sees; an unexpected one is logged. */
export function toApiError(error: FastifyError | Error, request: FastifyRequest): ApiError {
  if (error instanceof ApiError) return error
  const state = databaseError(error)?.code
  // The statement before it, which was to prepare it, was cancelled: nothing was done.
  const isUnprepared = state === sqlstate.invalidStatementName
  if (error instanceof DatabaseUnavailable || isUnprepared || (state && isUnavailable(error))) {
    request.log.error({ err: error.cause ?? error }, 'the database did not answer')
    return serviceUnavailable()
  }
  if (error instanceof Overloaded) {
    return error.blame === 'tenant' ? tooManyRequests() : serviceUnavailable()
  }
  if ('code' in error && error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return mediaTypeUnsupported(request)
  }
  if (state === sqlstate.invalidByteSequence || state === sqlstate.untranslatableCharacter) {
    return frameworkError(400, 'The request holds characters that cannot be stored')
  }
  const statusCode = 'statusCode' in error ? Number(error.statusCode) : 500
  if (statusCode >= 400 && statusCode < 500) return frameworkError(statusCode, error.message)
  request.log.error({ err: error }, 'unexpected error')
  return new ApiError({ statusCode: 500, message: 'Internal Server Error' })
}

function send(error: ApiError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .header('content-type', 'application/json; charset=utf-8')
    .serializer((body: string) => body)
    .send(writeError(error, request, reply))
}

/** Sets status and headers of an error, and returns its body as it is sent. */
export function writeErrorOf(error: Error, request: FastifyRequest, reply: FastifyReply): string {
  return writeError(toApiError(error, request), request, reply)
}

/** Tells when to retry what is refused for now, unless it was told already. */
export function writeRetryAfter({ statusCode }: { statusCode: number }, reply: FastifyReply): void {
  if (![429, 503].includes(statusCode) || reply.hasHeader('retry-after')) return
  reply.header('retry-after', limits.retryAfterSeconds)
}

function writeError(error: ApiError, request: FastifyRequest, reply: FastifyReply): string {
  writeRetryAfter(error, reply)
  // Closing the connection saves reading a refused body that is too large.
  const length = Number(request.headers['content-length'] ?? 0)
  if (error.statusCode === 413 || length > limits.bodyBytesMax) reply.header('connection', 'close')
  reply.code(error.statusCode)
  return JSON.stringify({ ...error.body, traceId: request.id })
}
