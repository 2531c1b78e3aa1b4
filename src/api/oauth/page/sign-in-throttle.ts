import type { SigningKeys } from '../../../auth/signing-keys.ts'
import type { Counts } from '../../../http/rate-limit/counts.ts'
import { networkOf } from '../../../http/rate-limit/network.ts'
import { oauthLimits } from '../limits.ts'

/** Who tries to sign in. */
export type SignInTry = {
  ip: string
  /** A user's id, or what was typed when nobody has it: that may be long, or a password. */
  account: string
  /** Whether the user has signed in with this browser before. */
  isKnown: boolean
}

/** Permission to check a password, or the milliseconds until it can be had. */
export type SignInAttempt = { waitMs: number } | { waitMs: undefined; succeeded(): Promise<void> }

/**
 * Bounds how many passwords can be tried: for one account from one network address, so that nobody
 * locks its owner out elsewhere; from one address for all accounts; and, with a wider bound, for one
 * account from everywhere, where browsers that the owner has used are counted apart. An attempt is
 * counted before it is made, so that concurrent ones are bounded too; a success is uncounted, with the
 * failed attempts from that address before it.
 */
export function signInThrottle(counts: Counts, { fingerprint }: Pick<SigningKeys, 'fingerprint'>) {
  const counter = (name: string) => counts.counter(name, oauthLimits.signInWindowSeconds)
  const ofAddress = counter('sign-in-address')
  const ofBoth = counter('sign-in-account-and-address')
  const ofAccount = counter('sign-in-account')
  return async ({ ip, account, isKnown }: SignInTry): Promise<SignInAttempt> => {
    const address = networkOf(ip)
    const accountKey = fingerprint(`sign-in:${account}`)
    const bothKey = `${accountKey}:${address}`
    const everywhereKey = isKnown ? `${accountKey}:known` : accountKey
    const fromAddress = await ofAddress(address, 1)
    if (fromAddress.total > oauthLimits.signInsPerAddressMax)
      return { waitMs: fromAddress.endsInMs }
    const both = await ofBoth(bothKey, 1)
    if (both.total > oauthLimits.signInsFromAddressMax) return { waitMs: both.endsInMs }
    const fromEverywhere = await ofAccount(everywhereKey, 1)
    if (fromEverywhere.total > oauthLimits.signInsPerAccountMax)
      return { waitMs: fromEverywhere.endsInMs }
    return {
      waitMs: undefined,
      async succeeded() {
        await Promise.all([
          ofAddress(address, -1),
          ofBoth(bothKey, -both.total),
          ofAccount(everywhereKey, -both.total),
        ])
      },
    }
  }
}
