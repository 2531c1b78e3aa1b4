import { hash } from 'node:crypto'
import { networkOf } from '../../http/network.ts'
import type { Counts } from '../../http/rate-limit-counts.ts'
import { limits } from '../../limits.ts'

/** A try that may be made, or the milliseconds until one may be. */
export type Try = { waitMs: number } | { waitMs: undefined; succeeded(): Promise<void> }

/**
 * Bounds how many passwords can be tried, for one account from everywhere and from one network
 * address for all accounts. A try is counted before it is made, so that many at once do not slip
 * through; one that succeeds is given back, with those for the account that failed before it.
 */
export function signInThrottle(counts: Counts) {
  const ofAddress = counts.counter('sign-in-address', limits.signInWindowSeconds)
  const ofEmail = counts.counter('sign-in-email', limits.signInWindowSeconds)
  return async (ip: string, email: string): Promise<Try> => {
    const [address, account] = [networkOf(ip), keyOf(email)]
    const fromHere = await ofAddress(address, 1)
    if (fromHere.total > limits.signInsPerAddressMax) return { waitMs: fromHere.endsInMs }
    const forThem = await ofEmail(account, 1)
    if (forThem.total > limits.signInsPerEmailMax) return { waitMs: forThem.endsInMs }
    return {
      waitMs: undefined,
      async succeeded() {
        await Promise.all([ofAddress(address, -1), ofEmail(account, -forThem.total)])
      },
    }
  }
}

/** What is typed in may be long; what is kept of it is not. */
function keyOf(email: string): string {
  return hash('sha256', email.toLowerCase())
}
