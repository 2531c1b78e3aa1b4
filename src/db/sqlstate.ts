import pg from 'pg'
import { DatabaseUnavailable } from './database.ts'

export const sqlstate = {
  foreignKeyViolation: '23503',
  uniqueViolation: '23505',
  insufficientPrivilege: '42501',
  invalidStatementName: '26000',
  queryCanceled: '57014',
  lockNotAvailable: '55P03',
  untranslatableCharacter: '22P05',
  invalidByteSequence: '22021',
} as const

/** The SQLSTATE and constraint of an error that the database answered with. */
export function databaseError(
  error: unknown,
): { code: string; constraint: string | undefined } | undefined {
  if (!(error instanceof pg.DatabaseError) || !error.code) return undefined
  return { code: error.code, constraint: error.constraint ?? constraintOfShard(error.message) }
}

/** Citus names the constraint in the message only, with the number of the shard behind it. */
function constraintOfShard(message: string): string | undefined {
  return /constraint "(.+?)(?:_\d+)?"/.exec(message)?.[1]
}

/**
 * Whether a retry may succeed: the connection was lost, the server stops or starts, is out of
 * resources, cancelled a slow statement or one that waited for a lock, or chose this one to break a deadlock.
 */
export function isUnavailable(error: unknown): boolean {
  const code = databaseError(error)?.code
  if (code === undefined) return true
  return /^(08|53|57|58)/.test(code) || ['40001', '40P01', '55P03', '25006'].includes(code)
}

/**
 * Errors of what a session was given at its start and keeps: a role, a search path, an isolation,
 * that it only reads, prepared statements.
 */
const statesOfSession: ReadonlySet<string> = new Set([
  '0A000', // a prepared plan whose result has other columns by now
  '25006', // read only
  '25P02', // a transaction that failed and was not ended
  '26000', // a prepared statement that is gone
  '3F000', // no schema in the search path
  '40001', // not serializable, which read committed never says
  '42501', // no right, as another role
  '42883', // a function that the search path does not find
  '42P01', // a table that the search path does not find
  '42P05', // a prepared statement that is there already
])

/** Whether the error may come from the session, so that a new one may do what this one refuses. */
export function isOfSession(error: unknown): boolean {
  const cause = error instanceof DatabaseUnavailable ? error.cause : error
  return statesOfSession.has(databaseError(cause)?.code ?? '')
}
