import { DatabaseUnavailable } from '../../src/db/database.ts'
import { databaseError, sqlstate } from '../../src/db/sqlstate.ts'
import { StartupError } from '../../src/db/startup-error.ts'

/** What the caller is told; undefined when the mistake is ours, and its stack is worth more. */
export function sentenceOf(error: unknown): string | undefined {
  if (error instanceof StartupError) return error.message
  if (error instanceof DatabaseUnavailable) {
    return `The database does not answer (${reasonOf(error.cause)}).`
  }
  const { code } = databaseError(error) ?? {}
  if (code === sqlstate.insufficientPrivilege) return `The database refuses (${reasonOf(error)}).`
  return undefined
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Where a name has several addresses, the error of all together has no message.
  return error.message || ('code' in error ? String(error.code) : error.name)
}
