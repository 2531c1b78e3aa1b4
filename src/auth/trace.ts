import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError } from '../http/errors.ts'
import { type Debug, noteRequests } from '../http/log/debug.ts'
import { kindOfToken } from './bearer.ts'

/** What a request has passed; the next step is the one that refuses it. */
type Passed = 'version' | 'authentication' | 'body' | 'location' | 'validation'
const passed = new WeakMap<FastifyRequest, Passed>()

/** Tells of requests as they arrive, before `authenticate` looks at their token. */
export function traceArrivals(app: FastifyInstance, debug: Debug | undefined): void {
  if (!debug) return
  noteRequests(app)
  app.addHook('onRequest', (request, _reply, done) => {
    passed.set(request, 'version')
    debug.http?.('request', { ...addressOf(request), version: request.version })
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    passed.set(request, 'body')
    done()
  })
  app.addHook('onError', (request, _reply, error, done) => {
    tellRefusal(debug, request, error)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const ms = Math.round(reply.elapsedTime * 100) / 100
    debug.http?.('answered', { ...addressOf(request), status: reply.statusCode, ms })
    done()
  })
}

/** Tells what was decided of requests that `authenticate` let through; its hooks come before. */
export function traceDecisions(app: FastifyInstance, debug: Debug | undefined): void {
  if (!debug) return
  app.addHook('onRequest', (request, { raw }, done) => {
    passed.set(request, 'authentication')
    if (request.caller) {
      tellCaller(debug, request)
      const { scope, access = ['bearer'] } = request.routeOptions.config
      debug.auth?.('scope granted', { scope, access })
      const remaining = raw.getHeader('X-RateLimit-Remaining')
      const remainingToday = raw.getHeader('X-RateLimit-Daily-Remaining')
      debug.http?.('rate limit', { remaining, remainingToday })
    }
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    passed.set(request, 'location')
    const { locationIn } = request.routeOptions.config
    if (locationIn && request.caller) {
      debug.auth?.('location granted', { locationIn, locationId: request.caller.locationId })
    }
    done()
  })
  app.addHook('preHandler', (request, _reply, done) => {
    passed.set(request, 'validation')
    debug.http?.('validated', {})
    done()
  })
}

/** The route, not the address: in that anything may stand. */
function addressOf({ method, routeOptions }: FastifyRequest) {
  return { method, route: routeOptions.url }
}

function tellCaller({ auth }: Debug, { caller }: FastifyRequest): void {
  if (!caller) return
  const { kind, sourceId, companyId, locationId } = caller
  auth?.('caller', { kind, sourceId, companyId, locationId })
}

/** Tells which step refused a request, and of its message only what quotes nothing of the request. */
function tellRefusal(debug: Debug, request: FastifyRequest, error: Error): void {
  const status = error instanceof ApiError ? error.statusCode : undefined
  if (passed.get(request) === 'version') tellCaller(debug, request)
  const [area, fields] = refusalBy(request, error, status)
  debug[area]?.('refused', { ...fields, ...(status ? { status } : { error: error.name }) })
}

function refusalBy(
  request: FastifyRequest,
  error: Error,
  status: number | undefined,
): ['http' | 'auth', object] {
  const { scope, access = ['bearer'], locationIn } = request.routeOptions.config
  switch (passed.get(request)) {
    case undefined: {
      const by = request.is404 || request.version ? 'route' : 'version'
      return ['http', { by, ...addressOf(request) }]
    }
    case 'version': {
      if (status === 429) return ['http', { by: 'rate limit' }]
      const message = status === undefined ? {} : { message: error.message }
      if (request.caller) return ['auth', { by: 'scope', scope, access, ...message }]
      const token = kindOfToken(request.headers.authorization)
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

/** What was wrong, without the names that the client made up. */
function violationsOf({ body }: ApiError): string[] {
  const { message } = body as { message: string | readonly string[] }
  return [message]
    .flat()
    .map((text) => (text.endsWith(' should not exist') ? 'a property should not exist' : text))
}
