import type { Queryable } from '../db/database.ts'
import type { Sql } from '../db/sql.ts'
import { limits } from '../limits.ts'
import type { Periodic } from './periodic.ts'

/**
 * Deletes rows that had expired by a time, and returns something of each: at most
 * `limits.expiryRows`, without waiting for those that another server is just deleting.
 */
export type Expired = (before: Date) => Sql

/** Removes what has long expired, in steps of their own commits, and returns of how many rows. */
export async function removeExpired(
  db: Queryable,
  all: readonly Expired[],
  now: Date,
  isStopping: () => boolean = () => false,
): Promise<number> {
  const before = new Date(now.getTime() - limits.expiredKeptMs)
  let total = 0
  let steps = 0
  for (const expired of all) {
    let removed: number = limits.expiryRows
    // What is left at the bound is for the next time.
    while (removed === limits.expiryRows && steps < limits.expiryStepsMax && !isStopping()) {
      removed = (await db.query(expired(before))).length
      total += removed
      steps++
    }
  }
  return total
}

/** Removes it on a timer. */
export function expiry(all: readonly Expired[], everyMs: number = limits.expiryEveryMs): Periodic {
  return {
    everyMs,
    complaint: 'what has expired could not be removed',
    run: ({ db, now }, isStopping) => removeExpired(db, all, now(), isStopping),
  }
}
