import type { FastifyInstance } from 'fastify'
import { tooManyRequests } from '../errors.ts'
import type { Taken } from './leases.ts'
import { networkOf } from './network.ts'
import { type RateLimit, retryAfter } from './rate-limit.ts'

/**
 * What is true of answers to nobody in particular. A refusal counts for the address that it goes
 * to, and past the bound the address is only told to wait. A good token passes from any address:
 * one bad client must not lock out the others of its office or proxy. Pages stay pages: what can
 * be guessed on them is a password, which has bounds of its own.
 */
export function throttleStrangers(app: FastifyInstance, rateLimit: RateLimit): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (request.caller) return done()
    rateLimit.describe(reply)
    // A path that is not served is nothing to guess at.
    const isRefusal = reply.statusCode >= 400 && reply.statusCode < 500 && !request.is404
    const isPage = String(reply.getHeader('content-type')).startsWith('text/html')
    if (!isRefusal || isPage) return done()
    const answer = (taken: Taken) => {
      if (taken.granted) return done()
      retryAfter(reply, taken)
      const { statusCode, body } = tooManyRequests()
      reply.code(statusCode).type('application/json; charset=utf-8')
      done(null, JSON.stringify({ ...body, traceId: request.id }))
    }
    const taken = rateLimit.refuse(networkOf(request.ip))
    if (taken instanceof Promise) taken.then(answer, done)
    else answer(taken)
  })
}
