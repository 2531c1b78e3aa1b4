import { limits } from '../../limits.ts'
import type { GuardedCounter } from './guard.ts'

/** Whether one more request is allowed, how many remain, and when the window ends. */
export type LimitState = { isGranted: boolean; remaining: number; endsInMs: number }

/** The window of a key as one process knows it. */
type Window = {
  /** Requests leased from the shared count and not granted yet; below 0, granted and not reported. */
  unspent: number
  /** The shared count when it was last read. */
  total: number
  isSeen: boolean
  endsAt: number
}

export type Allowance = {
  /** Requests that are allowed in one window. */
  max: number
  /** The part of `max` that one process may owe to the shared count, or lease from it at a time. */
  part: number
  /** Debts are reported at least this often. */
  reportMs: number
  /** Whether nothing is granted before the shared count was read. */
  mustPeekFirst: boolean
}

/** A lease is at most what remains divided by this, so that leases shrink near the limit. */
const cautionDivisor = 16

/**
 * Enforces a limit on a shared count with few calls to its store. Far from the limit a process
 * grants a few requests by itself and reports them later, those of all keys together. When it needs
 * more it leases a few at a time from the store, near the limit one. A refusal is remembered until
 * its window ends. So one process is exact, and several exceed the limit at most by what each may
 * owe. While the store fails, each process allows the whole limit.
 */
export function leases(count: GuardedCounter, { max, part, reportMs, mustPeekFirst }: Allowance) {
  const leaseMax = Math.floor(max * part)
  const windows = new Map<string, Window>()
  const pendingCounts = new Map<string, Promise<void>>()
  const keysInDebt = new Set<string>()
  let reportTimer: NodeJS.Timeout | undefined

  const leaseSize = ({ total }: Window) =>
    Math.min(leaseMax, Math.floor((max - total) / cautionDivisor))
  const mayOwe = (window: Window) => (window.isSeen || !mustPeekFirst ? leaseSize(window) : 0)

  /** Takes one request of the key; synchronous when the store need not be asked. */
  function take(key: string): LimitState | Promise<LimitState> {
    const window = windowOf(key)
    if (window.unspent > 0 || -window.unspent < mayOwe(window)) {
      if (--window.unspent < 0) noteDebt(key)
      return limitState(true, window)
    }
    if (window.total >= max) return limitState(false, window)
    return ask(key).then(() => take(key))
  }

  /** Reads the state of the key, and takes nothing. */
  const peek = (key: string): LimitState => limitState(true, windowOf(key))

  function limitState(isGranted: boolean, { unspent, total, endsAt }: Window): LimitState {
    const remaining = Math.max(0, Math.max(0, max - total) + unspent)
    return { isGranted, remaining, endsInMs: Math.max(0, endsAt - performance.now()) }
  }

  /** The current window of a key; a new one begins now, until the store says otherwise. */
  function windowOf(key: string): Window {
    const current = windows.get(key)
    const now = performance.now()
    if (current && current.endsAt > now) return current
    const endsAt = now + limits.rateWindowSeconds * 1000
    const newWindow = { unspent: 0, total: 0, isSeen: false, endsAt }
    windows.delete(key)
    const [oldest] = windows.keys()
    if (windows.size >= limits.rateKeysMax && oldest !== undefined) windows.delete(oldest)
    windows.set(key, newWindow)
    return newWindow
  }

  function noteDebt(key: string): void {
    keysInDebt.add(key)
    reportTimer ??= setTimeout(report, reportMs).unref()
  }

  /** Reports all debts to the store. */
  async function report(): Promise<void> {
    clearTimeout(reportTimer)
    reportTimer = undefined
    const keys = [...keysInDebt]
    keysInDebt.clear()
    await Promise.all(keys.map((key) => pendingCounts.get(key) ?? settle(key, 0)))
  }

  /** Requests that wait for the same key share one call. */
  const ask = (key: string) => pendingCounts.get(key) ?? settle(key, 1)

  function settle(key: string, requested: 0 | 1): Promise<void> {
    const payment = pay(windowOf(key), key, requested).finally(() => pendingCounts.delete(key))
    pendingCounts.set(key, payment)
    return payment
  }

  /** Reports the debt of a key, and leases some more for waiting requests. */
  async function pay(window: Window, key: string, requested: 0 | 1): Promise<void> {
    const debt = Math.max(0, -window.unspent)
    const leased = requested && Math.max(1, leaseSize(window))
    if (debt + leased === 0) return
    const shared = await count(key, debt + leased)
    window.isSeen = true
    if (!shared) {
      window.unspent += max
      window.total = max
      return
    }
    // Other processes counted first; of the rest, the debt of this one is already granted.
    const granted = Math.max(0, max - (shared.total - debt - leased))
    window.unspent += debt + Math.min(leased, Math.max(0, granted - debt))
    window.total = shared.total
    window.endsAt = performance.now() + shared.endsInMs
  }

  return { take, peek, report }
}
