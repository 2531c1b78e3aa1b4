import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Queryable } from '../db/database.ts'
import type { KeyOwner } from '../http/idempotency.ts'
import type { RateLimit } from '../http/rate-limit/rate-limit.ts'
import { type Requirements, refusal } from './access.ts'
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
    /** Where a request names its location, when it does: a sub-account's token has but one. */
    locationIn?: 'body' | 'query' | 'params'
  }
}

type Context = {
  db: Queryable
  keys: SigningKeys
  now: () => Date
  monotonicMs: () => number
}

/**
 * Answers who calls before anything of the body is read, in upstream's order: token, scope and
 * token type, then the location. UPSTREAM: behaviour.md §1.3
 */
export function authenticate(
  app: FastifyInstance,
  { db, keys, now, monotonicMs }: Context,
  rateLimit: RateLimit,
): void {
  const callerOf = cacheCallers({ now, monotonicMs }, (hash, token) =>
    isPrivateIntegration(token)
      ? findCaller(db, hash, now())
      : findGrantCaller(db, keys, token, now()),
  )
  app.decorateRequest('caller', undefined)

  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.public) return done()
    const token = bearerOf(request.headers.authorization)
    if (token === undefined) return done(invalidAccessToken())
    if (isPrivateIntegration(token) && !privateIntegrationToken.test(token)) {
      return done(invalidPrivateIntegrationToken())
    }
    const admit = (caller: Caller | undefined) => {
      if (!caller) return done(invalid(token))
      request.caller = caller
      rateLimit.count(reply, countedAs(caller), (tooMany) =>
        done(tooMany ?? refusal(request.routeOptions.config, caller)),
      )
    }
    const caller = callerOf(hashToken(token), token)
    if (caller instanceof Promise) caller.then(admit, done)
    else admit(caller)
  })

  app.addHook('preValidation', (request, _reply, done) => {
    const { locationIn } = request.routeOptions.config
    const mine = request.caller?.locationId
    const isOther = locationIn && mine !== undefined && namesOther(request[locationIn], mine)
    done(isOther ? otherLocation() : undefined)
  })
}

/** One app, or private integration, on one location or company. */
function countedAs({ sourceId, locationId, companyId }: Caller): string {
  return `${sourceId}:${locationId ?? companyId}`
}

function isPrivateIntegration(token: string): boolean {
  return token.startsWith('pit-')
}

/** Three parts of base64url; whether anybody signed them is another question. */
const jwt = /^[\w-]+\.[\w-]+\.[\w-]*$/

/** What a token that stands for nobody is told. */
function invalid(token: string): Error {
  if (isPrivateIntegration(token)) return invalidPrivateIntegrationToken()
  return jwt.test(token) ? invalidAccessToken() : invalidJwt()
}

/** How the token of an `Authorization` header looks, whoever it stands for. */
export function kindOfToken(header: string | undefined): string {
  const token = bearerOf(header)
  if (token === undefined) return header === undefined ? 'none' : 'no bearer token'
  if (isPrivateIntegration(token)) return 'private integration'
  return jwt.test(token) ? 'access token' : 'neither'
}

/** `Bearer <token>`; blanks around either are tolerated, as upstream does. */
function bearerOf(header: string | undefined): string | undefined {
  return /^\s*bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1]
}

/** Whether a request names a location that is not the caller's own, in either spelling. */
function namesOther(part: unknown, mine: string): boolean {
  if (typeof part !== 'object' || part === null) return false
  const { locationId, location_id } = part as Record<string, unknown>
  return [locationId, location_id].some(
    (named) => typeof named === 'string' && named !== '' && named !== mine,
  )
}

/** Who calls; `authenticate` let nobody else through. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('This route has no caller')
  return request.caller
}

/** Whose `Idempotency-Key` it is; an agency's stands under the agency's id, as in the outbox. */
export function keyOwnerOf(request: FastifyRequest): KeyOwner {
  const { sourceId, locationId, companyId } = callerOf(request)
  return { locationId: locationId ?? companyId, sourceId }
}

/** Who calls a route for sub-accounts alone. */
export function locationCallerOf(request: FastifyRequest): LocationCaller {
  if (request.caller?.locationId === undefined) throw new Error('This route has no location')
  return request.caller as LocationCaller
}
