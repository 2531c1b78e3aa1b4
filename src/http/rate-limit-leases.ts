import { limits } from '../limits.ts'
import type { GuardedCounter } from './rate-limit-guard.ts'

/** Whether one more is allowed, how many are then left, and when the count begins anew. */
export type Taken = { granted: boolean; remaining: number; endsInMs: number }

/** What one process knows of a key's window: its own share, and what all have taken. */
type Window = { left: number; total: number; endsAt: number }

export type Allowance = {
  /** What is allowed in one window. */
  max: number
  /** The part of it that is taken from the shared count at a time. */
  part: number
}

/**
 * Hands out what a shared count allows. A process takes a few at a time and spends them in memory,
 * and remembers a refusal until its window ends: that is a question to the store for a few
 * requests, and none for those that are refused. While the store fails, each process allows all of
 * it by itself.
 */
export function leases(count: GuardedCounter, { max, part }: Allowance) {
  const size = Math.max(1, Math.floor(max * part))
  const windows = new Map<string, Window>()
  const asking = new Map<string, Promise<void>>()

  /** One more of what the key is allowed; at once when this process has some left. */
  function take(key: string): Taken | Promise<Taken> {
    const window = current(key)
    if (window && window.left > 0) {
      window.left--
      return taken(true, window)
    }
    if (window && window.total >= max) return taken(false, window)
    return ask(key).then(() => take(key))
  }

  /** The same, when nothing is taken. */
  function look(key: string): Taken {
    return taken(true, current(key) ?? { left: 0, total: 0, endsAt: 0 })
  }

  function current(key: string): Window | undefined {
    const window = windows.get(key)
    return window && window.endsAt > performance.now() ? window : undefined
  }

  function taken(granted: boolean, { left, total, endsAt }: Window): Taken {
    const remaining = Math.max(0, max - total) + left
    return { granted, remaining, endsInMs: endsAt - performance.now() }
  }

  /** Requests that wait for the same key ask together. */
  function ask(key: string): Promise<void> {
    let asked = asking.get(key)
    if (!asked) {
      asked = lease(key).finally(() => asking.delete(key))
      asking.set(key, asked)
    }
    return asked
  }

  async function lease(key: string): Promise<void> {
    const found = await count(key, size)
    const alone = { total: max, endsInMs: limits.rateWindowSeconds * 1000 }
    const { total, endsInMs } = found ?? alone
    // What others took before counts first: this process gets what is then left of its share.
    const left = found ? Math.min(size, Math.max(0, max - (total - size))) : max
    remember(key, { left, total, endsAt: performance.now() + endsInMs })
  }

  function remember(key: string, window: Window): void {
    windows.delete(key)
    const [oldest] = windows.keys()
    if (windows.size >= limits.rateKeysMax && oldest !== undefined) windows.delete(oldest)
    windows.set(key, window)
  }

  return { take, look }
}
