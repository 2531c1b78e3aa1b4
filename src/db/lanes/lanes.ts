import type pg from 'pg'
import { limits } from '../../limits.ts'
import { currentTenant, serverItself } from './tenant.ts'
import { takeTurns } from './turns.ts'

/** One connection, and who has it. */
export type Lane = {
  client: pg.Client | undefined
  connecting: Promise<void> | undefined
  /** Statements and transactions under way. */
  inFlight: number
  /** Whose those are; lanes of reads are everybody's. */
  tenant: string
  /** Whether a transaction has it for itself. */
  isExclusive: boolean
  /** Whether writes are held back until the end of this turn of the event loop. */
  isBatching: boolean
}

/** What a lane is wanted for: statements share one, a transaction has one for itself. */
export type Use = 'statement' | 'transaction'
type Waiter = { tenant: string; use: Use; line: string }

/** Lanes that are taken, and given back, by everybody who has something to send. */
export type Lanes = {
  take(use: Use): Lane | Promise<Lane>
  release(lane: Lane): void
  /** Resolves when nothing is under way, and nobody waits. */
  idle(): Promise<void>
}

/** Finds the lane that a tenant may use now; `isContended`: others wait. */
type FindLane = (
  lanes: readonly Lane[],
  waiter: Waiter,
  isContended: () => boolean,
) => Lane | undefined

export function newLane(): Lane {
  return {
    client: undefined,
    connecting: undefined,
    inFlight: 0,
    tenant: serverItself,
    isExclusive: false,
    isBatching: false,
  }
}

/** Hands lanes out by a rule; who cannot have one waits, and tenants take turns. */
function shareLanes(
  lanes: readonly Lane[],
  find: FindLane,
  order: 'strict' | 'any',
  turnMsMax?: number,
): Lanes {
  const turns = takeTurns<Waiter, Lane>(limits.lanesWaitingMax, turnMsMax)
  let idle = Promise.withResolvers<void>()

  function claim(waiter: Waiter): Lane | undefined {
    const lane = find(lanes, waiter, () => turns.hasOther(waiter.tenant))
    if (!lane) return undefined
    lane.inFlight++
    lane.tenant = waiter.tenant
    lane.isExclusive = waiter.use === 'transaction'
    return lane
  }

  function serveTurns(): void {
    while (turns.size > 0 && turns.next(claim, order));
  }

  return {
    take(use) {
      const tenant = currentTenant()
      const waiter = { tenant, use, line: `${use} ${tenant}` }
      const lane = turns.size === 0 ? claim(waiter) : undefined
      if (lane) return lane
      const turn = turns.wait(waiter)
      serveTurns()
      return turn
    },
    release(lane) {
      lane.inFlight--
      lane.isExclusive = false
      serveTurns()
      if (turns.size > 0 || lanes.some(({ inFlight }) => inFlight > 0)) return
      idle.resolve()
      idle = Promise.withResolvers()
    },
    idle: () => (lanes.some(({ inFlight }) => inFlight > 0) ? idle.promise : Promise.resolve()),
  }
}

/**
 * Lanes for what waits for nothing: the least busy one, whoever sends. The bound of statements under
 * way on each lets those of another tenant pass who waits. A transaction gets a lane that is empty,
 * and the statements that come after it let it.
 */
export function sharedLanes(
  lanes: readonly Lane[],
  inFlightMax: number,
  turnMsMax?: number,
): Lanes {
  const find: FindLane = (_, { use }) => {
    let best: Lane | undefined
    for (const lane of lanes) {
      if (lane.isExclusive || lane.inFlight >= (use === 'transaction' ? 1 : inFlightMax)) continue
      if (!best || lane.inFlight < best.inFlight) best = lane
    }
    return best
  }
  return shareLanes(lanes, find, 'strict', turnMsMax)
}

/**
 * Lanes for what may wait for a lock, or take long: each is one tenant's until it is empty, so that
 * nobody stands behind another tenant. A tenant takes one more while it has fewer than are free; for
 * transactions, fewer than half of those. Beyond that its statements follow one another, unless all
 * lanes are taken and others wait.
 */
export function ownLanes(lanes: readonly Lane[]): Lanes {
  return shareLanes(lanes, findOwnLane, 'any')
}

const findOwnLane: FindLane = (lanes, { tenant, use }, isContended) => {
  let free = 0
  let own = 0
  let transactions = 0
  let empty: Lane | undefined
  let leastBusy: Lane | undefined
  for (const lane of lanes) {
    if (lane.inFlight === 0) {
      free++
      // One that is connected costs nothing.
      if (!empty || (!empty.client && lane.client)) empty = lane
    } else if (lane.tenant === tenant) {
      own++
      if (lane.isExclusive) transactions++
      else if (!leastBusy || lane.inFlight < leastBusy.inFlight) leastBusy = lane
    }
  }
  if (use === 'transaction') return 2 * transactions < free ? empty : undefined
  if (own < free) return empty
  if (!leastBusy || leastBusy.inFlight >= limits.ownLaneStatementsMax) return undefined
  return free === 0 && isContended() ? undefined : leastBusy
}
