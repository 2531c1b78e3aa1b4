import type { FastifyBaseLogger, FastifyReply } from 'fastify'
import { limits } from '../../limits.ts'
import { tooManyRequests } from '../errors.ts'
import type { Counts } from './counts.ts'
import { guard } from './guard.ts'
import { leases, type Taken } from './leases.ts'

/** How much is allowed. */
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
   * Counts a request of an app and writes what is left of its allowance on the answer. Calls
   * `next` with the refusal when there was nothing left.
   */
  count(reply: FastifyReply, app: string, next: (refusal?: Error) => void): void
  /** The same headers for an answer that counts for nobody. */
  describe(reply: FastifyReply): void
  /** Whether one more refusal of this address is told in its own words, or how long it is not. */
  refuse(address: string): Taken | Promise<Taken>
  /** Reports what was counted, before its store is closed. */
  close(): Promise<void>
}

/** The limits over shared counts, or (undefined) none: the headers are there all the same. */
export function rateLimit(
  rates: RateLimits,
  counts: Counts | undefined,
  log: FastifyBaseLogger,
): RateLimit {
  const { max, dailyMax, refusedMax } = rates
  const write = headers(rates)
  const untouched = { granted: true, remaining: max, endsInMs: 0 }
  const untouchedDay = { ...untouched, remaining: dailyMax }
  const describe = (reply: FastifyReply) => write(reply, untouched, untouchedDay)
  if (!counts) {
    return {
      count(reply, _app, next) {
        describe(reply)
        next()
      },
      describe,
      refuse: () => untouched,
      close: async () => undefined,
    }
  }
  const counter = guard(counts, log)
  const window = leases(counter('window', limits.rateWindowSeconds), {
    max,
    part: limits.rateLeasePart,
    reportMs: limits.rateReportMs,
    looksFirst: false,
  })
  const day = leases(counter('day', limits.rateDaySeconds), {
    max: dailyMax,
    part: limits.rateDayLeasePart,
    reportMs: limits.rateDayReportMs,
    looksFirst: true,
  })
  const refusals = leases(counter('refused', limits.rateWindowSeconds), {
    max: refusedMax,
    part: 0,
    reportMs: limits.rateReportMs,
    looksFirst: true,
  })
  return {
    describe,
    refuse: refusals.take,
    async close() {
      await Promise.all([window.report(), day.report()])
      await counts.close()
    },
    count(reply, app, next) {
      const end = (ofWindow: Taken, ofDay: Taken) => {
        write(reply, ofWindow, ofDay)
        const refusing = [ofWindow, ofDay].find(({ granted }) => !granted)
        if (refusing) retryAfter(reply, refusing)
        next(refusing && tooManyRequests())
      }
      // What the window refuses does not count for the day.
      const begin = (ofWindow: Taken) => {
        const ofDay = ofWindow.granted ? day.take(app) : day.look(app)
        if (ofDay instanceof Promise) ofDay.then((taken) => end(ofWindow, taken), next)
        else end(ofWindow, ofDay)
      }
      const ofWindow = window.take(app)
      if (ofWindow instanceof Promise) ofWindow.then(begin, next)
      else begin(ofWindow)
    },
  }
}

/** No limits at all, with upstream's headers. */
export function unlimited(log: FastifyBaseLogger): RateLimit {
  return rateLimit(rateLimitProfiles.production, undefined, log)
}

/** Tells a client that was refused when to come again, in whole seconds. */
export function retryAfter(reply: FastifyReply, { endsInMs }: Pick<Taken, 'endsInMs'>): void {
  reply.header('retry-after', Math.max(1, Math.ceil(endsInMs / 1000)))
}

/**
 * Writes the five headers. UPSTREAM: behaviour.md §1.6, casing included, which the framework's own
 * way of setting headers does not keep.
 */
function headers({ max, dailyMax }: RateLimits) {
  const windowMs = String(limits.rateWindowSeconds * 1000)
  return ({ raw }: FastifyReply, ofWindow: Taken, ofDay: Taken): void => {
    raw.setHeader('X-RateLimit-Limit-Daily', String(dailyMax))
    raw.setHeader('X-RateLimit-Daily-Remaining', String(ofDay.remaining))
    raw.setHeader('X-RateLimit-Interval-Milliseconds', windowMs)
    raw.setHeader('X-RateLimit-Max', String(max))
    raw.setHeader('X-RateLimit-Remaining', String(ofWindow.remaining))
  }
}
