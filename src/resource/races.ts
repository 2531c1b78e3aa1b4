import { DatabaseUnavailable } from '../db/database.ts'
import { databaseError, sqlstate } from '../db/sqlstate.ts'
import { limits } from '../limits.ts'

/**
 * Does what first looks and then writes. Where somebody was quicker, taking the place or a part of
 * it away in between, a constraint fails or nothing comes back: then it is done anew, as the new
 * look may have another answer. Each time somebody else got on; that ends soon.
 */
export async function settleRaces<T>(work: () => Promise<T | undefined>): Promise<T> {
  let lost: unknown
  for (let attempt = 1; attempt <= limits.raceAttemptsMax; attempt++) {
    try {
      const done = await work()
      if (done !== undefined) return done
    } catch (error) {
      if (!isRace(error)) throw error
      lost = error
    }
  }
  throw new DatabaseUnavailable(lost)
}

function isRace(error: unknown): boolean {
  const code = databaseError(error)?.code
  return code === sqlstate.uniqueViolation || code === sqlstate.foreignKeyViolation
}
