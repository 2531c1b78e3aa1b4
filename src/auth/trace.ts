import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError } from '../http/errors.ts'
import { type Debug, trackRequests } from '../http/log/debug.ts'
import { tokenKind } from './bearer.ts'

/** The last check that a request passed; the one after it is what refuses it. */
type Checkpoint = 'version' | 'authentication' | 'body' | 'location' | 'validation'
const checkpoints = new WeakMap<FastifyRequest, Checkpoint>()

/** Traces requests as they arrive, before `authenticate` reads their token. */
export function traceArrivals(app: FastifyInstance, debug: Debug | undefined): void {
  if (!debug) return
  trackRequests(app)
  app.addHook('onRequest', (request, _reply, done) => {
    checkpoints.set(request, 'version')
    debug.http?.('request', { ...routeOf(request), version: request.version })
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    checkpoints.set(request, 'body')
    done()
  })
  app.addHook('onError', (request, _reply, error, done) => {
    traceRefusal(debug, request, error)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const ms = Math.round(reply.elapsedTime * 100) / 100
    debug.http?.('answered', { ...routeOf(request), status: reply.statusCode, ms })
    done()
  })
}

/** Traces the decisions about requests that `authenticate`, whose hooks run before, accepted. */
export function traceDecisions(app: FastifyInstance, debug: Debug | undefined): void {
  if (!debug) return
  app.addHook('onRequest', (request, { raw }, done) => {
    checkpoints.set(request, 'authentication')
    if (request.caller) {
      traceCaller(debug, request)
      const { scope, access = ['bearer'] } = request.routeOptions.config
      debug.auth?.('scope granted', { scope, access })
      const remaining = raw.getHeader('X-RateLimit-Remaining')
      const remainingToday = raw.getHeader('X-RateLimit-Daily-Remaining')
      debug.http?.('rate limit', { remaining, remainingToday })
    }
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    checkpoints.set(request, 'location')
    const { locationIn } = request.routeOptions.config
    if (locationIn && request.caller) {
      debug.auth?.('location granted', { locationIn, locationId: request.caller.locationId })
    }
    done()
  })
  app.addHook('preHandler', (request, _reply, done) => {
    checkpoints.set(request, 'validation')
    debug.http?.('validated', {})
    done()
  })
}

/** Names the route, because an address may hold anything. */
function routeOf({ method, routeOptions }: FastifyRequest) {
  return { method, route: routeOptions.url }
}

function traceCaller({ auth }: Debug, { caller }: FastifyRequest): void {
  if (!caller) return
  const { kind, sourceId, companyId, locationId } = caller
  auth?.('caller', { kind, sourceId, companyId, locationId })
}

/** Traces which check refused a request, with no part of its message that quotes the request. */
function traceRefusal(debug: Debug, request: FastifyRequest, error: Error): void {
  const status = error instanceof ApiError ? error.statusCode : undefined
  if (checkpoints.get(request) === 'version') traceCaller(debug, request)
  const [area, fields] = refusalFields(request, error, status)
  debug[area]?.('refused', { ...fields, ...(status ? { status } : { error: error.name }) })
}

function refusalFields(
  request: FastifyRequest,
  error: Error,
  status: number | undefined,
): ['http' | 'auth', object] {
  const { scope, access = ['bearer'], locationIn } = request.routeOptions.config
  switch (checkpoints.get(request)) {
    case undefined: {
      const by = request.is404 || request.version ? 'route' : 'version'
      return ['http', { by, ...routeOf(request) }]
    }
    case 'version': {
      if (status === 429) return ['http', { by: 'rate limit' }]
      const message = status === undefined ? {} : { message: error.message }
      if (request.caller) return ['auth', { by: 'scope', scope, access, ...message }]
      const token = tokenKind(request.headers.authorization)
      return ['auth', { by: 'token', token, ...message }]
    }
    case 'body':
      return ['auth', { by: 'location', locationIn }]
    case 'authentication':
      return ['http', { by: 'body or address' }]
    case 'location': {
      const isInvalid = 'validationContext' in error && error instanceof ApiError
      if (!isInvalid) return ['http', { by: 'handler' }]
      const { validationContext: at } = error
      return ['http', { by: 'validation', at, violations: violationsOf(error) }]
    }
    case 'validation':
      return ['http', { by: 'handler' }]
  }
}

/** The violations, without names that the client made up. */
function violationsOf({ body }: ApiError): string[] {
  const { message } = body as { message: string | readonly string[] }
  return [message]
    .flat()
    .map((text) => (text.endsWith(' should not exist') ? 'a property should not exist' : text))
}
