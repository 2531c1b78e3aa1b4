import { limits } from '../limits.ts'
import type { Caller } from './caller.ts'

type Entry = { caller: Caller; verifiedAt: number; renewing: boolean }

/**
 * Remembers verified tokens by their hash for less than a second: a revoked one stops working
 * within that time in every process, without a message between them. A token in steady use is
 * looked up again in the background before its time is over.
 */
export function cacheCallers(
  { now, monotonicMs }: { now: () => Date; monotonicMs: () => number },
  find: (hash: string, token: string) => Promise<Caller | undefined>,
) {
  const entries = new Map<string, Entry>()
  const asking = new Map<string, Promise<Caller | undefined>>()

  function ask(hash: string, token: string): Promise<Caller | undefined> {
    let answer = asking.get(hash)
    if (!answer) {
      const askedAt = monotonicMs()
      answer = find(hash, token)
        .then((caller) => {
          if (caller) remember(hash, { caller, verifiedAt: askedAt, renewing: false })
          else entries.delete(hash)
          return caller
        })
        .finally(() => asking.delete(hash))
      asking.set(hash, answer)
    }
    return answer
  }

  function remember(hash: string, entry: Entry): void {
    entries.delete(hash)
    const [oldest] = entries.keys()
    if (entries.size >= limits.tokensCachedMax && oldest !== undefined) entries.delete(oldest)
    entries.set(hash, entry)
  }

  /** The caller at once when the token was verified just now, else a promise of it. */
  return function callerOf(hash: string, token: string): Caller | Promise<Caller | undefined> {
    const entry = entries.get(hash)
    const age = entry ? monotonicMs() - entry.verifiedAt : Number.POSITIVE_INFINITY
    if (!entry || age > limits.tokenFreshMs || entry.caller.expiresAt <= now().getTime()) {
      return ask(hash, token)
    }
    if (age > limits.tokenRenewMs && !entry.renewing) {
      entry.renewing = true
      // When the database does not answer, the entry runs out and the next request says so.
      ask(hash, token).catch(() => undefined)
    }
    return entry.caller
  }
}
