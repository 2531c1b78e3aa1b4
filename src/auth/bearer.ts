import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Queryable } from '../db/database.ts'
import type { Caller, LocationCaller } from './caller.ts'
import {
  invalidAccessToken,
  invalidPrivateIntegrationToken,
  missingScope,
  otherLocation,
} from './errors.ts'
import { findCaller, hashToken, privateIntegrationToken } from './private-integrations.ts'
import type { Scope } from './scopes.ts'
import { cacheCallers } from './token-cache.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined
  }
  interface FastifyContextConfig {
    /** Asks neither for a version nor for a token. */
    public?: true
    /** What the token must be allowed to do. */
    scope?: Scope
    /** Where a request names its location, when it does: it must be the token's own. */
    locationIn?: 'body' | 'query'
  }
}

/**
 * Answers who calls before anything of the body is read, in upstream's order: token, scope and
 * token type, then the location. UPSTREAM: behaviour.md §1.3
 */
export function authenticate(app: FastifyInstance, db: Queryable): void {
  const callerOf = cacheCallers((hash) => findCaller(db, hash))
  app.decorateRequest('caller', undefined)

  app.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.public) return done()
    const token = bearerOf(request.headers.authorization)
    if (token === undefined) return done(invalidAccessToken())
    if (!privateIntegrationToken.test(token)) {
      return done(
        token.startsWith('pit-') ? invalidPrivateIntegrationToken() : invalidAccessToken(),
      )
    }
    const caller = callerOf(hashToken(token))
    if (!(caller instanceof Promise)) return done(admit(request, caller))
    caller.then((found) => done(admit(request, found)), done)
  })

  app.addHook('preValidation', (request, _reply, done) => {
    const { locationIn } = request.routeOptions.config
    const named = locationIn && namedLocation(request[locationIn])
    const isOther = named !== undefined && named !== request.caller?.locationId
    done(isOther ? otherLocation() : undefined)
  })
}

/** `Bearer <token>`; blanks around either are tolerated, as upstream does. */
function bearerOf(header: string | undefined): string | undefined {
  return /^\s*bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1]
}

/** Notes the caller on the request, or returns why this operation is not for them. */
function admit(request: FastifyRequest, caller: Caller | undefined): Error | undefined {
  if (!caller) return invalidPrivateIntegrationToken()
  const { scope } = request.routeOptions.config
  if (scope && !caller.scopes.has(scope)) return missingScope()
  // UPSTREAM: an agency's token on a sub-account's route is refused in the same words.
  if (caller.locationId === undefined) return missingScope()
  request.caller = caller
  return undefined
}

function namedLocation(part: unknown): string | undefined {
  if (typeof part !== 'object' || part === null || !('locationId' in part)) return undefined
  return typeof part.locationId === 'string' && part.locationId ? part.locationId : undefined
}

/** Who calls a route for sub-accounts; `authenticate` let nobody else through. */
export function callerOf(request: FastifyRequest): LocationCaller {
  if (request.caller?.locationId === undefined) throw new Error('This route has no caller')
  return request.caller as LocationCaller
}
