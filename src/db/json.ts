import { type Sql, sql } from './sql.ts'

/** A JSON object without its null members, which count as left out. */
export function jsonWithoutNulls(values: object | null | undefined): Sql {
  return sql`jsonb_strip_nulls(${JSON.stringify(values ?? {})}::jsonb)`
}
