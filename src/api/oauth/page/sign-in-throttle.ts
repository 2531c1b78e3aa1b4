import { hash } from 'node:crypto'
import type { Counts } from '../../../http/rate-limit/counts.ts'
import { networkOf } from '../../../http/rate-limit/network.ts'
import { oauthLimits } from '../limits.ts'

/** A try that may be made, or the milliseconds until one may be. */
export type Try = { waitMs: number } | { waitMs: undefined; succeeded(): Promise<void> }

/**
 * Bounds how many passwords can be tried, for one account from everywhere and from one network
 * address for all accounts. A try is counted before it is made, so that many at once do not slip
 * through; one that succeeds is given back, with those for the account that failed before it.
 * An account is a user's id, or what was typed when nobody has it, which may be long.
 */
export function signInThrottle(counts: Counts) {
  const ofAddress = counts.counter('sign-in-address', oauthLimits.signInWindowSeconds)
  const ofAccount = counts.counter('sign-in-account', oauthLimits.signInWindowSeconds)
  return async (ip: string, account: string): Promise<Try> => {
    const [address, key] = [networkOf(ip), hash('sha256', account)]
    const fromHere = await ofAddress(address, 1)
    if (fromHere.total > oauthLimits.signInsPerAddressMax) return { waitMs: fromHere.endsInMs }
    const forThem = await ofAccount(key, 1)
    if (forThem.total > oauthLimits.signInsPerAccountMax) return { waitMs: forThem.endsInMs }
    return {
      waitMs: undefined,
      async succeeded() {
        await Promise.all([ofAddress(address, -1), ofAccount(key, -forThem.total)])
      },
    }
  }
}
