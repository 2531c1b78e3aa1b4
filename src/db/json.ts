import { type Sql, sql } from './sql.ts'

/** A JSON object without the members that count as left out: those that are null. */
export function givenJson(values: object | null | undefined): Sql {
  return sql`jsonb_strip_nulls(${JSON.stringify(values ?? {})}::jsonb)`
}
