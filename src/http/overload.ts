import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Overloaded, shareRefusal } from '../db/lanes/tenant.ts'
import { limits } from '../limits.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The tenant that the request counts for while it is under way. */
    countsFor: string | undefined
    /** How long its connection is not read, as it was refused because of others under way. */
    heldMs: number | undefined
  }
}

/** Counts a request for a tenant, and for no other any more; the refusal when there are too many. */
export type AdmitRequest = (request: FastifyRequest, tenant: string) => Overloaded | undefined

/**
 * Bounds the requests under way, of which each tenant has a share, before their bodies are read. A
 * refused client that asks again at once is not heard before the time that it was told to wait:
 * two thousand of them cost more than all requests that are answered.
 */
export function boundRequests(app: FastifyInstance): AdmitRequest {
  const counts = new Map<string, number>()
  let total = 0

  function leave(request: FastifyRequest): void {
    const { countsFor } = request
    if (countsFor === undefined) return
    request.countsFor = undefined
    total--
    const left = (counts.get(countsFor) ?? 0) - 1
    if (left > 0) counts.set(countsFor, left)
    else counts.delete(countsFor)
  }

  app.decorateRequest('countsFor', undefined)
  app.decorateRequest('heldMs', undefined)
  // Unlike `onResponse` this comes whether or not the client is still there.
  app.addHook('onSend', (request, reply, _payload, done) => {
    leave(request)
    // Whoever waits for as long as they are told is heard at once.
    if (request.heldMs) reply.header('retry-after', Math.ceil(request.heldMs / 1000))
    done()
  })
  app.addHook('onResponse', (request, _reply, done) => {
    if (request.heldMs && !isForOthers(request)) hold(request, request.heldMs)
    done()
  })

  return (request, tenant) => {
    leave(request)
    const own = counts.get(tenant) ?? 0
    const refusal = shareRefusal(own, limits.requestsMax - total)
    if (refusal) {
      // Those that were refused together would come back together, and keep all others waiting.
      request.heldMs = limits.retryAfterSeconds * 1000 + Math.random() * limits.holdMsSpread
      return refusal
    }
    counts.set(tenant, own + 1)
    total++
    request.countsFor = tenant
    return undefined
  }
}

/** Whether requests of others may come over the same connection: it is that of a proxy. */
function isForOthers({ headers }: FastifyRequest): boolean {
  return ['x-forwarded-for', 'forwarded', 'via'].some((name) => name in headers)
}

/** Reads nothing more from the connection of a request for a while. */
function hold({ raw: { socket } }: FastifyRequest, ms: number): void {
  socket.pause()
  setTimeout(() => socket.resume(), ms).unref()
}
