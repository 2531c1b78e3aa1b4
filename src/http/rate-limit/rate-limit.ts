import type { FastifyBaseLogger, FastifyReply } from 'fastify'
import { limits } from '../../limits.ts'
import { tooManyRequests } from '../errors.ts'
import type { Counts } from './counts.ts'
import { guard } from './guard.ts'
import { type LimitState, leases } from './leases.ts'

/** The limits in requests. */
export type RateLimits = {
  /** Requests of one app on one location or company in 10 seconds, and in a day. */
  max: number
  dailyMax: number
  /** Refusals of requests without a good token from one address in 10 seconds. */
  refusedMax: number
}

/** UPSTREAM: behaviour.md §1.6. DEVIATION: refusals count for the address that they go to. */
export const rateLimitProfiles = {
  production: { max: 100, dailyMax: 200_000, refusedMax: 100 },
  sandbox: { max: 25, dailyMax: 10_000, refusedMax: 100 },
} as const satisfies Record<string, RateLimits>

export type RateLimit = {
  /**
   * Counts a request of an app and writes what remains of its limit on the answer. Calls `next` with
   * a refusal when nothing remains.
   */
  count(reply: FastifyReply, app: string, next: (refusal?: Error) => void): void
  /** Writes the same headers on an answer that is not counted. */
  describe(reply: FastifyReply): void
  /** Counts a refusal of an address: whether it may see its own message, or has to wait. */
  countRefusal(address: string): LimitState | Promise<LimitState>
  /** Reports the pending counts, and closes the store. */
  close(): Promise<void>
}

/** The limits over shared counts; without counts only the headers are written. */
export function rateLimit(
  rates: RateLimits,
  counts: Counts | undefined,
  log: FastifyBaseLogger,
): RateLimit {
  const { max, dailyMax, refusedMax } = rates
  const write = headerWriter(rates)
  const fullWindow = { isGranted: true, remaining: max, endsInMs: 0 }
  const fullDay = { ...fullWindow, remaining: dailyMax }
  const describe = (reply: FastifyReply) => write(reply, fullWindow, fullDay)
  if (!counts) {
    return {
      count(reply, _app, next) {
        describe(reply)
        next()
      },
      describe,
      countRefusal: () => fullWindow,
      close: async () => undefined,
    }
  }
  const counter = guard(counts, log)
  const window = leases(counter('window', limits.rateWindowSeconds), {
    max,
    part: limits.rateLeasePart,
    reportMs: limits.rateReportMs,
    mustPeekFirst: false,
  })
  const day = leases(counter('day', limits.rateDaySeconds), {
    max: dailyMax,
    part: limits.rateDayLeasePart,
    reportMs: limits.rateDayReportMs,
    mustPeekFirst: true,
  })
  const refusals = leases(counter('refused', limits.rateWindowSeconds), {
    max: refusedMax,
    part: 0,
    reportMs: limits.rateReportMs,
    mustPeekFirst: true,
  })
  return {
    describe,
    countRefusal: refusals.take,
    async close() {
      await Promise.all([window.report(), day.report()])
      await counts.close()
    },
    count(reply, app, next) {
      const answer = (windowState: LimitState, dayState: LimitState) => {
        write(reply, windowState, dayState)
        const exhausted = [windowState, dayState].find(({ isGranted }) => !isGranted)
        if (exhausted) retryAfter(reply, exhausted)
        next(exhausted && tooManyRequests())
      }
      // A request that the window refuses does not count for the day.
      const takeOfDay = (windowState: LimitState) => {
        const dayState = windowState.isGranted ? day.take(app) : day.peek(app)
        if (dayState instanceof Promise) dayState.then((taken) => answer(windowState, taken), next)
        else answer(windowState, dayState)
      }
      const windowState = window.take(app)
      if (windowState instanceof Promise) windowState.then(takeOfDay, next)
      else takeOfDay(windowState)
    },
  }
}

/** No limits at all, with upstream's headers. */
export function unlimited(log: FastifyBaseLogger): RateLimit {
  return rateLimit(rateLimitProfiles.production, undefined, log)
}

/** Tells a refused client when to retry, in whole seconds. */
export function retryAfter(reply: FastifyReply, { endsInMs }: Pick<LimitState, 'endsInMs'>): void {
  reply.header('retry-after', Math.max(1, Math.ceil(endsInMs / 1000)))
}

/**
 * Writes the five headers. UPSTREAM: behaviour.md §1.6, casing included, which the framework's own
 * way of setting headers does not keep.
 */
function headerWriter({ max, dailyMax }: RateLimits) {
  const windowMs = String(limits.rateWindowSeconds * 1000)
  return ({ raw }: FastifyReply, windowState: LimitState, dayState: LimitState): void => {
    raw.setHeader('X-RateLimit-Limit-Daily', String(dailyMax))
    raw.setHeader('X-RateLimit-Daily-Remaining', String(dayState.remaining))
    raw.setHeader('X-RateLimit-Interval-Milliseconds', windowMs)
    raw.setHeader('X-RateLimit-Max', String(max))
    raw.setHeader('X-RateLimit-Remaining', String(windowState.remaining))
  }
}
