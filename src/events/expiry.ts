import type { Queryable } from '../db/database.ts'
import type { Sql } from '../db/sql.ts'
import { limits } from '../limits.ts'
import type { PeriodicTask } from './periodic.ts'

/**
 * A statement that deletes a batch of rows that had expired by a time, and returns a row for each:
 * at most `limits.expiryRows`, skipping rows that another server has locked.
 */
export type ExpiryStatement = (before: Date) => Sql

/** Removes rows that expired long ago, in batches of their own commits; returns how many. */
export async function removeExpired(
  db: Queryable,
  statements: readonly ExpiryStatement[],
  now: Date,
  isStopping: () => boolean = () => false,
): Promise<number> {
  const before = new Date(now.getTime() - limits.expiredKeptMs)
  let total = 0
  let steps = 0
  for (const statement of statements) {
    let removed: number = limits.expiryRows
    // Rows left at the bound are removed by the next run.
    while (removed === limits.expiryRows && steps < limits.expiryStepsMax && !isStopping()) {
      removed = (await db.query(statement(before))).length
      total += removed
      steps++
    }
  }
  return total
}

/** The task that removes expired rows on a timer. */
export function expiryTask(
  statements: readonly ExpiryStatement[],
  everyMs: number = limits.expiryEveryMs,
): PeriodicTask {
  return {
    everyMs,
    failureMessage: 'what has expired could not be removed',
    run: ({ db, now }, isStopping) => removeExpired(db, statements, now(), isStopping),
  }
}
