import type { FastifyInstance } from 'fastify'
import { tooManyRequests } from '../errors.ts'
import type { LimitState } from './leases.ts'
import { networkOf } from './network.ts'
import { type RateLimit, retryAfter } from './rate-limit.ts'

/**
 * Throttles unauthenticated requests. A refusal counts for the address that it goes to, which beyond
 * the limit is only told to wait. A good token passes from any address: one bad client must not lock
 * out the others of its office or proxy. Pages are exempt: only a password can be guessed there, and
 * sign-in has a throttle of its own.
 */
export function throttleUnauthenticated(app: FastifyInstance, rateLimit: RateLimit): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (request.caller) return done()
    rateLimit.describe(reply)
    // Nothing can be guessed at a path without a route.
    const isRefusal = reply.statusCode >= 400 && reply.statusCode < 500 && !request.is404
    const isPage = String(reply.getHeader('content-type')).startsWith('text/html')
    if (!isRefusal || isPage) return done()
    const refuseBeyondLimit = (taken: LimitState) => {
      if (taken.isGranted) return done()
      retryAfter(reply, taken)
      const { statusCode, body } = tooManyRequests()
      reply.code(statusCode).type('application/json; charset=utf-8')
      done(null, JSON.stringify({ ...body, traceId: request.id }))
    }
    const limitState = rateLimit.countRefusal(networkOf(request.ip))
    if (limitState instanceof Promise) limitState.then(refuseBeyondLimit, done)
    else refuseBeyondLimit(limitState)
  })
}
