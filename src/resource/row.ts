import { type Sql, sql } from '../db/sql.ts'

/**
 * An answer of the shape `T` as the database gives it: what may be left out is there, and null. Its
 * columns have the answer's names already (`p.show_in_funnel as "showInFunnel"`).
 */
export type RowOf<T> = T extends readonly (infer Item)[]
  ? RowOf<Item>[]
  : T extends object
    ? {
        [Name in keyof T]-?: Partial<Pick<T, Name>> extends Pick<T, Name>
          ? RowOf<Exclude<T[Name], undefined>> | null
          : RowOf<T[Name]>
      }
    : T

/** A row as clients see it: what is null is left out, at every depth. */
export function withoutNulls<T>(row: RowOf<T>): T {
  return strip(row) as T
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(kept.map(([name, member]) => [name, strip(member)]))
}

/** A JSON object without its null members, which count as left out. */
export function jsonWithoutNulls(values: object | null | undefined): Sql {
  return sql`jsonb_strip_nulls(${JSON.stringify(values ?? {})}::jsonb)`
}
