import { hash } from 'node:crypto'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { networkOf } from '../../http/network.ts'
import { limits } from '../../limits.ts'

/**
 * Bounds how many passwords can be tried, for one account from everywhere and from one network
 * address for all accounts. A try is counted before it is made, so that many at once do not slip
 * through; one that succeeds is given back.
 */
export function signInThrottle() {
  const duration = limits.signInWindowSeconds
  const addresses = new RateLimiterMemory({ points: limits.signInsPerAddressMax, duration })
  const emails = new RateLimiterMemory({ points: limits.signInsPerEmailMax, duration })
  return {
    /** Counts a try; when there were too many, the milliseconds until the next may be made. */
    async count(ip: string, email: string): Promise<number | undefined> {
      try {
        await addresses.consume(networkOf(ip))
        await emails.consume(keyOf(email))
        return undefined
      } catch (exhausted) {
        if (exhausted instanceof RateLimiterRes) return exhausted.msBeforeNext
        throw exhausted
      }
    },
    async giveBack(ip: string, email: string): Promise<void> {
      await addresses.reward(networkOf(ip))
      await emails.delete(keyOf(email))
    },
  }
}

export type SignInThrottle = ReturnType<typeof signInThrottle>

/** What is typed in may be long; what is kept of it is not. */
function keyOf(email: string): string {
  return hash('sha256', email.toLowerCase())
}
