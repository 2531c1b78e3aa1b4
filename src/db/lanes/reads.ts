import type { Sql } from '../sql.ts'

const verdicts = new Map<string, boolean>()

/** What changes something, locks rows or tables, or calls what does. */
const mayWait =
  /\b(insert|update|delete|merge|truncate|lock|share|create|alter|drop|vacuum|analyze|checkpoint|call|do)\b|\b(pg_(try_)?advisory|pg_sleep|pg_terminate|set_config|nextval)\w*/i

/**
 * Whether a statement waits for nobody, and ends soon: it only reads, and is prepared, so that it
 * does not vary with what clients ask. What else it may be, it can wait for a lock or take seconds.
 */
export function isQuickRead(statement: Sql): boolean {
  const { name, text } = statement
  if (name === '') return false
  let verdict = verdicts.get(name)
  if (verdict === undefined) {
    verdict = /^\s*(select|with)\b/i.test(text) && !mayWait.test(text)
    verdicts.set(name, verdict)
  }
  return verdict
}
