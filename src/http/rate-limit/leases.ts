import { limits } from '../../limits.ts'
import type { GuardedCounter } from './guard.ts'

/** Whether one more is allowed, how many are then left, and when the count begins anew. */
export type Taken = { granted: boolean; remaining: number; endsInMs: number }

/** What one process knows of a key's window. */
type Window = {
  /** What this process took of the shared count and did not spend; below 0: what it owes. */
  left: number
  /** The shared count as it was seen last. */
  total: number
  isSeen: boolean
  endsAt: number
}

export type Allowance = {
  /** What is allowed in one window. */
  max: number
  /** The part of it that one process may owe to the shared count, or take from it at a time. */
  part: number
  /** What is owed is reported at least this often. */
  reportMs: number
  /** Whether nothing is granted before the shared count was seen. */
  looksFirst: boolean
}

/** Near its end an allowance is shared out ever more carefully, by this part of what is left. */
const careful = 16

/**
 * Hands out what a shared count allows, with few questions to its store. Far from the limit a
 * process grants a few requests on its own account and reports them with those of all other keys;
 * one that wants more at once asks, for a few at a time, and near the limit for one. A refusal is
 * remembered until its window ends. So one process alone is exact, and several together are as
 * exact as what each may owe. While the store fails, each process allows all of it by itself.
 */
export function leases(count: GuardedCounter, { max, part, reportMs, looksFirst }: Allowance) {
  const share = Math.floor(max * part)
  const windows = new Map<string, Window>()
  const asking = new Map<string, Promise<void>>()
  const owing = new Set<string>()
  let reporting: NodeJS.Timeout | undefined

  const portion = ({ total }: Window) => Math.min(share, Math.floor((max - total) / careful))
  const mayOwe = (window: Window) => (window.isSeen || !looksFirst ? portion(window) : 0)

  /** One more of what the key is allowed; at once when the store need not be asked. */
  function take(key: string): Taken | Promise<Taken> {
    const window = windowOf(key)
    if (window.left > 0 || -window.left < mayOwe(window)) {
      if (--window.left < 0) owe(key)
      return taken(true, window)
    }
    if (window.total >= max) return taken(false, window)
    return ask(key).then(() => take(key))
  }

  /** The same, when nothing is taken. */
  const look = (key: string): Taken => taken(true, windowOf(key))

  function taken(granted: boolean, { left, total, endsAt }: Window): Taken {
    const remaining = Math.max(0, Math.max(0, max - total) + left)
    return { granted, remaining, endsInMs: Math.max(0, endsAt - performance.now()) }
  }

  /** The window under way; one that is not known yet is begun, until its count is. */
  function windowOf(key: string): Window {
    const known = windows.get(key)
    const now = performance.now()
    if (known && known.endsAt > now) return known
    const endsAt = now + limits.rateWindowSeconds * 1000
    const begun = { left: 0, total: 0, isSeen: false, endsAt }
    windows.delete(key)
    const [oldest] = windows.keys()
    if (windows.size >= limits.rateKeysMax && oldest !== undefined) windows.delete(oldest)
    windows.set(key, begun)
    return begun
  }

  function owe(key: string): void {
    owing.add(key)
    reporting ??= setTimeout(report, reportMs).unref()
  }

  /** Tells the store of everything that is owed. */
  async function report(): Promise<void> {
    clearTimeout(reporting)
    reporting = undefined
    const keys = [...owing]
    owing.clear()
    await Promise.all(keys.map((key) => asking.get(key) ?? settle(key, 0)))
  }

  /** Requests that wait for the same key ask together. */
  const ask = (key: string) => asking.get(key) ?? settle(key, 1)

  function settle(key: string, wanted: 0 | 1): Promise<void> {
    const settled = pay(windowOf(key), key, wanted).finally(() => asking.delete(key))
    asking.set(key, settled)
    return settled
  }

  /** Pays what is owed, and takes some more for those who wait. */
  async function pay(window: Window, key: string, wanted: 0 | 1): Promise<void> {
    const owed = Math.max(0, -window.left)
    const more = wanted && Math.max(1, portion(window))
    if (owed + more === 0) return
    const found = await count(key, owed + more)
    window.isSeen = true
    if (!found) {
      window.left += max
      window.total = max
      return
    }
    // What others took before comes first, and of ours what was spent already.
    const granted = Math.max(0, max - (found.total - owed - more))
    window.left += owed + Math.min(more, Math.max(0, granted - owed))
    window.total = found.total
    window.endsAt = performance.now() + found.endsInMs
  }

  return { take, look, report }
}
