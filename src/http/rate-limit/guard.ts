import type { FastifyBaseLogger } from 'fastify'
import { limits } from '../../limits.ts'
import type { Count, Counts } from './counts.ts'

/** As `Counter`, but without a count while the store fails. It never throws. */
export type GuardedCounter = (key: string, points: number) => Promise<Count | undefined>

/**
 * Keeps a failing store from failing or delaying requests: after an error or a timeout it is not
 * asked during a backoff. The log says so once a minute.
 */
export function guard(counts: Counts, log: FastifyBaseLogger) {
  let failedUntil = 0
  let quietUntil = 0

  function fail(err: unknown): void {
    const now = performance.now()
    failedUntil = now + limits.rateRetryMs
    if (now < quietUntil) return
    quietUntil = now + limits.rateWarnEveryMs
    log.warn({ err }, 'the store of the rate limit fails: each process counts for itself')
  }

  return (name: string, seconds: number): GuardedCounter => {
    const count = counts.counter(name, seconds)
    return async (key, points) => {
      if (performance.now() < failedUntil) return undefined
      try {
        return await withTimeout(count(key, points))
      } catch (error) {
        fail(error)
        return undefined
      }
    }
  }
}

/** A process that was suspended itself reads the answers that have arrived before it gives up. */
async function withTimeout<T>(answer: Promise<T>): Promise<T> {
  const timeout = Promise.withResolvers<never>()
  const error = new Error('The count took too long')
  const timer = setTimeout(() => setImmediate(timeout.reject, error), limits.rateCountMsMax)
  try {
    return await Promise.race([answer, timeout.promise])
  } finally {
    clearTimeout(timer)
  }
}
