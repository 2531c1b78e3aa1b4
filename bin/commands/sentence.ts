import { DatabaseUnavailable } from '../../src/db/database.ts'
import { databaseError, sqlstate } from '../../src/db/sqlstate.ts'
import { StartupError } from '../../src/db/startup-error.ts'

/** The sentence for the caller; undefined for a mistake of ours, whose stack says more. */
export function errorSentence(error: unknown): string | undefined {
  if (error instanceof StartupError) return error.message
  if (error instanceof DatabaseUnavailable) {
    return `The database does not answer (${reasonText(error.cause)}).`
  }
  const { code } = databaseError(error) ?? {}
  if (code === sqlstate.insufficientPrivilege) return `The database refuses (${reasonText(error)}).`
  return undefined
}

function reasonText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // An AggregateError of several addresses has no message, only a code.
  return error.message || ('code' in error ? String(error.code) : error.name)
}
