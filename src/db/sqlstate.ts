import pg from 'pg'

export const sqlstate = {
  foreignKeyViolation: '23503',
  uniqueViolation: '23505',
  insufficientPrivilege: '42501',
  queryCanceled: '57014',
  untranslatableCharacter: '22P05',
  invalidByteSequence: '22021',
} as const

/** The SQLSTATE and constraint of an error that the database answered with. */
export function databaseError(
  error: unknown,
): { code: string; constraint: string | undefined } | undefined {
  if (!(error instanceof pg.DatabaseError) || !error.code) return undefined
  return { code: error.code, constraint: error.constraint }
}

/**
 * Whether a retry may succeed: the connection was lost, the server stops or starts, is out of
 * resources, cancelled a slow statement, or chose this one to break a deadlock.
 */
export function isUnavailable(error: unknown): boolean {
  const code = databaseError(error)?.code
  if (code === undefined) return true
  return /^(08|53|57|58)/.test(code) || ['40001', '40P01', '55P03', '25006'].includes(code)
}
