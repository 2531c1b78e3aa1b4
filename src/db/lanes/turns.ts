import { limits } from '../../limits.ts'
import { Overloaded, serverItself, shareRefusal } from './tenant.ts'

/** What waits: whose it is, and the line of theirs that it stands in. */
type Waiter = { tenant: string; line: string }

/** A waiter, with what to call when it is taken or given up. */
type Place<W, T> = { waiter: W; go: (value: T) => void; timer: NodeJS.Timeout | undefined }

/** Lines of waiters, which take turns. */
export type Turns<W extends Waiter, T> = {
  readonly size: number
  /** Whether somebody else waits. */
  hasOther(tenant: string): boolean
  /** Waits to be taken; rejects with `Overloaded` at once beyond the tenant's share, or too late. */
  wait(waiter: W): Promise<T>
  /**
   * Takes the first of a line for which `find` finds something, whose next turn comes last; in
   * strict order nobody passes the line whose turn it is.
   */
  next(find: (waiter: W) => T | undefined, order: 'strict' | 'any'): boolean
}

/** Waiters at most `waitingMax` at a time, of which each tenant has a share, each so long at most. */
export function takeTurns<W extends Waiter, T>(
  waitingMax: number,
  turnMsMax: number = limits.turnMsMax,
): Turns<W, T> {
  const lines = new Map<string, Place<W, T>[]>()
  let size = 0

  function leave(line: string, place: Place<W, T>): void {
    clearTimeout(place.timer)
    const places = lines.get(line) ?? []
    places.splice(places.indexOf(place), 1)
    lines.delete(line)
    if (places.length > 0) lines.set(line, places)
    size--
  }

  return {
    get size() {
      return size
    },
    hasOther: (tenant) =>
      lines.values().some(([first]) => first !== undefined && first.waiter.tenant !== tenant),
    wait(waiter) {
      const { tenant, line } = waiter
      const places = lines.get(line) ?? []
      const refusal =
        tenant === serverItself ? undefined : shareRefusal(places.length, waitingMax - size)
      if (refusal) return Promise.reject(refusal)
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      const place: Place<W, T> = { waiter, go: resolve, timer: undefined }
      const giveUp = () => {
        leave(line, place)
        reject(new Overloaded('everybody'))
      }
      if (tenant !== serverItself) place.timer = setTimeout(giveUp, turnMsMax)
      places.push(place)
      lines.set(line, places)
      size++
      return promise
    },
    next(find, order) {
      for (const [line, [place]] of lines) {
        const found = place && find(place.waiter)
        if (place && found !== undefined) {
          leave(line, place)
          place.go(found)
          return true
        }
        if (order === 'strict') return false
      }
      return false
    },
  }
}

/**
 * Runs work of which little may run at a time; the rest waits, and tenants take turns. Rejects
 * with `Overloaded`.
 */
export function fairQueue({
  runningMax,
  waitingMax,
}: {
  runningMax: number
  waitingMax: number
}): <T>(tenant: string, work: () => Promise<T>) => Promise<T> {
  const turns = takeTurns<Waiter, true>(waitingMax)
  let running = 0
  return async (tenant, work) => {
    if (running === runningMax) await turns.wait({ tenant, line: tenant })
    else running++
    try {
      return await work()
    } finally {
      // Whoever is next runs in the place of this one.
      if (!turns.next(() => true, 'strict')) running--
    }
  }
}
