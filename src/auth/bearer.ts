import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Queryable } from '../db/database.ts'
import { runForTenant } from '../db/lanes/tenant.ts'
import type { KeyOwner } from '../http/idempotency.ts'
import { boundRequests } from '../http/overload.ts'
import { networkOf } from '../http/rate-limit/network.ts'
import type { RateLimit } from '../http/rate-limit/rate-limit.ts'
import { accessRefusal, type Requirements } from './access.ts'
import { findGrantCaller } from './access-tokens.ts'
import type { Caller, LocationCaller } from './caller.ts'
import {
  invalidAccessToken,
  invalidJwt,
  invalidPrivateIntegrationToken,
  otherLocation,
} from './errors.ts'
import { findCaller, hashToken, privateIntegrationToken } from './private-integrations.ts'
import type { SigningKeys } from './signing-keys.ts'
import { cacheCallers } from './token-cache.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined
  }
  interface FastifyContextConfig extends Requirements {
    /** The part of a request that may name a location, which must be the token's own. */
    locationIn?: 'body' | 'query' | 'params'
  }
}

type AuthenticationContext = {
  db: Queryable
  keys: SigningKeys
  now: () => Date
  monotonicMs: () => number
}

/**
 * Identifies the caller before the body is read, in upstream's order: token, scope and
 * token type, then the location. UPSTREAM: behaviour.md §1.3
 */
export function authenticate(
  app: FastifyInstance,
  { db, keys, now, monotonicMs }: AuthenticationContext,
  rateLimit: RateLimit,
): void {
  const callers = cacheCallers({ now, monotonicMs }, (hash, token) =>
    isPrivateIntegration(token)
      ? findCaller(db, hash, now())
      : findGrantCaller(db, keys, token, now()),
  )
  const admitRequest = boundRequests(app)
  app.decorateRequest('caller', undefined)

  app.addHook('onRequest', (request, reply, done) => {
    const { config } = request.routeOptions
    if (config.public) return done(admitRequest(request, strangerOf(request)))
    const token = bearerToken(request.headers.authorization)
    if (token === undefined) return done(invalidAccessToken())
    if (isPrivateIntegration(token) && !privateIntegrationToken.test(token)) {
      return done(invalidPrivateIntegrationToken())
    }
    const admitCaller = (caller: Caller | undefined) => {
      if (!caller) return done(invalidToken(token))
      request.caller = caller
      rateLimit.count(reply, rateLimitKey(caller), (tooManyRequests) =>
        done(
          tooManyRequests ??
            admitRequest(request, tenantOf(caller)) ??
            accessRefusal(config, caller),
        ),
      )
    }
    const hash = hashToken(token)
    const caller = callers.fresh(hash, token)
    if (caller) return admitCaller(caller)
    // A flood from one address must not keep out those whose tokens are known.
    const lastKnown = callers.lastKnown(hash)
    const tenant = lastKnown ? tenantOf(lastKnown) : strangerOf(request)
    const overloaded = admitRequest(request, tenant)
    if (overloaded) return done(overloaded)
    runForTenant(tenant, () => callers.lookUp(hash, token)).then(admitCaller, done)
  })

  app.addHook('preValidation', (request, _reply, done) => {
    const { locationIn } = request.routeOptions.config
    const ownLocationId = request.caller?.locationId
    const isOtherLocation =
      locationIn &&
      ownLocationId !== undefined &&
      namesOtherLocation(request[locationIn], ownLocationId)
    const { caller } = request
    // Not before: what the framework does to read a body would lose whose request it is.
    runForTenant(caller ? tenantOf(caller) : strangerOf(request), () =>
      done(isOtherLocation ? otherLocation() : undefined),
    )
  })
}

const tenantOf = ({ locationId, companyId }: Caller) => locationId ?? companyId

/** Who nobody knows is a tenant by network. */
const strangerOf = ({ ip }: FastifyRequest) => networkOf(ip)

/** Requests are counted by app or private integration and by location or company. */
function rateLimitKey({ sourceId, locationId, companyId }: Caller): string {
  return `${sourceId}:${locationId ?? companyId}`
}

function isPrivateIntegration(token: string): boolean {
  return token.startsWith('pit-')
}

/** The form of a JWT, three parts of base64url; its signature is verified elsewhere. */
const jwtPattern = /^[\w-]+\.[\w-]+\.[\w-]*$/

/** The error for a token that has no caller, by the form of the token. */
function invalidToken(token: string): Error {
  if (isPrivateIntegration(token)) return invalidPrivateIntegrationToken()
  return jwtPattern.test(token) ? invalidAccessToken() : invalidJwt()
}

/** The kind of token in an `Authorization` header by its form, valid or not. */
export function tokenKind(header: string | undefined): string {
  const token = bearerToken(header)
  if (token === undefined) return header === undefined ? 'none' : 'no bearer token'
  if (isPrivateIntegration(token)) return 'private integration'
  return jwtPattern.test(token) ? 'access token' : 'neither'
}

/** Reads `Bearer <token>`, with blanks around both as upstream does. */
function bearerToken(header: string | undefined): string | undefined {
  return /^\s*bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1]
}

/** Whether a request names a location that is not the caller's own, in either spelling. */
function namesOtherLocation(part: unknown, ownLocationId: string): boolean {
  if (typeof part !== 'object' || part === null) return false
  const { locationId, location_id } = part as Record<string, unknown>
  return [locationId, location_id].some(
    (namedId) => typeof namedId === 'string' && namedId !== '' && namedId !== ownLocationId,
  )
}

/** The caller of a request that `authenticate` accepted. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('This route has no caller')
  return request.caller
}

/** The owner of an `Idempotency-Key`; an agency's key has the company's id as location. */
export function keyOwnerOf(request: FastifyRequest): KeyOwner {
  const { sourceId, locationId, companyId } = callerOf(request)
  return { locationId: locationId ?? companyId, sourceId }
}

/** The caller of a route that only sub-accounts may call. */
export function locationCallerOf(request: FastifyRequest): LocationCaller {
  if (request.caller?.locationId === undefined) throw new Error('This route has no location')
  return request.caller as LocationCaller
}
