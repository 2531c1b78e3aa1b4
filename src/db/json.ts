import { type Sql, sql } from './sql.ts'

/**
 * JSON as the database can store it. Half a surrogate pair becomes U+FFFD, as in columns of text:
 * `jsonb` would refuse it.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, part) => {
    if (typeof part === 'string') return part.toWellFormed()
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(
      Object.entries(part).map(([name, item]) => [name.toWellFormed(), item]),
    )
  })
}

/** A JSON object without the members that count as left out: those that are null. */
export function givenJson(values: object | null | undefined): Sql {
  return sql`jsonb_strip_nulls(${jsonText(values ?? {})}::jsonb)`
}
