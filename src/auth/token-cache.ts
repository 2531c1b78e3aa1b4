import { limits } from '../limits.ts'
import type { Caller } from './caller.ts'

type Entry = { caller: Caller; verifiedAt: number; isRenewing: boolean }

/**
 * Remembers verified tokens by their hash for less than a second: a revoked one stops working
 * within that time in every process, without a message between them. A token in steady use is
 * looked up again in the background before its entry expires.
 */
export function cacheCallers(
  { now, monotonicMs }: { now: () => Date; monotonicMs: () => number },
  find: (hash: string, token: string) => Promise<Caller | undefined>,
) {
  const entries = new Map<string, Entry>()
  const lookups = new Map<string, Promise<Caller | undefined>>()

  function lookUp(hash: string, token: string): Promise<Caller | undefined> {
    let answer = lookups.get(hash)
    if (!answer) {
      const startedAt = monotonicMs()
      answer = find(hash, token)
        .then((caller) => {
          if (caller) remember(hash, { caller, verifiedAt: startedAt, isRenewing: false })
          else entries.delete(hash)
          return caller
        })
        .finally(() => lookups.delete(hash))
      lookups.set(hash, answer)
    }
    return answer
  }

  function remember(hash: string, entry: Entry): void {
    entries.delete(hash)
    const [oldest] = entries.keys()
    if (entries.size >= limits.tokensCachedMax && oldest !== undefined) entries.delete(oldest)
    entries.set(hash, entry)
  }

  return {
    lookUp,
    /** Whose the token was when it was looked up last, which may be true no more. */
    lastKnown: (hash: string): Caller | undefined => entries.get(hash)?.caller,
    /** The caller of a fresh entry, who need not be looked up. */
    fresh(hash: string, token: string): Caller | undefined {
      const entry = entries.get(hash)
      const age = entry ? monotonicMs() - entry.verifiedAt : Number.POSITIVE_INFINITY
      if (!entry || age > limits.tokenFreshMs || entry.caller.expiresAt <= now().getTime()) {
        return undefined
      }
      if (age > limits.tokenRenewMs && !entry.isRenewing) {
        entry.isRenewing = true
        // When the database does not answer, the entry expires and the next request fails.
        lookUp(hash, token).catch(() => undefined)
      }
      return entry.caller
    },
  }
}
