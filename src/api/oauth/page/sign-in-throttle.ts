import { hash } from 'node:crypto'
import type { Counts } from '../../../http/rate-limit/counts.ts'
import { networkOf } from '../../../http/rate-limit/network.ts'
import { oauthLimits } from '../limits.ts'

/** Permission to check a password, or the milliseconds until it can be had. */
export type SignInAttempt = { waitMs: number } | { waitMs: undefined; succeeded(): Promise<void> }

/**
 * Bounds how many passwords can be tried, for one account from everywhere and from one network
 * address for all accounts. An attempt is counted before it is made, so that concurrent ones are
 * bounded too; a success is uncounted, with the failed attempts for the account before it.
 * An account is a user's id, or what was typed when nobody has it, which may be long.
 */
export function signInThrottle(counts: Counts) {
  const addressCounter = counts.counter('sign-in-address', oauthLimits.signInWindowSeconds)
  const accountCounter = counts.counter('sign-in-account', oauthLimits.signInWindowSeconds)
  return async (ip: string, account: string): Promise<SignInAttempt> => {
    const [address, accountHash] = [networkOf(ip), hash('sha256', account)]
    const addressCount = await addressCounter(address, 1)
    if (addressCount.total > oauthLimits.signInsPerAddressMax)
      return { waitMs: addressCount.endsInMs }
    const accountCount = await accountCounter(accountHash, 1)
    if (accountCount.total > oauthLimits.signInsPerAccountMax)
      return { waitMs: accountCount.endsInMs }
    return {
      waitMs: undefined,
      async succeeded() {
        await Promise.all([
          addressCounter(address, -1),
          accountCounter(accountHash, -accountCount.total),
        ])
      },
    }
  }
}
