import { DatabaseUnavailable } from '../db/database.ts'
import { databaseError, sqlstate } from '../db/sqlstate.ts'
import { limits } from '../limits.ts'

/**
 * Retries work that reads and then writes. When a concurrent write comes between the two, a
 * constraint fails or the work returns undefined, and it runs again, as the next read may find
 * something else. Each retry means that another write got through, so a few attempts are enough.
 */
export async function settleRaces<T>(lookAndWrite: () => Promise<T | undefined>): Promise<T> {
  let lastError: unknown
  for (let attempt = 1; attempt <= limits.raceAttemptsMax; attempt++) {
    try {
      const result = await lookAndWrite()
      if (result !== undefined) return result
    } catch (error) {
      if (!isRace(error)) throw error
      lastError = error
    }
  }
  throw new DatabaseUnavailable(lastError)
}

function isRace(error: unknown): boolean {
  const code = databaseError(error)?.code
  return code === sqlstate.uniqueViolation || code === sqlstate.foreignKeyViolation
}
