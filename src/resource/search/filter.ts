import { join, type Sql, sql } from '../../db/sql.ts'
import type { FollowerIndex } from '../followers.ts'
import { type FilterField, folded } from './fields.ts'

/** Which rows are meant: all of these, any of these, or those that pass a test. */
export type Filter =
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | Condition

export type Condition = { field: FilterField; isNegated?: boolean; test: Test }

export type Test =
  | { is: 'any of'; values: readonly (string | number)[] }
  | { is: 'containing'; text: string }
  | { is: 'within'; bounds: readonly Bound[] }
  | { is: 'present' }
  | { is: 'having'; filter: Filter }

/** Numbers and times are compared as they are, days as `YYYY-MM-DD`. */
export type Bound = { operator: keyof typeof comparisons; value: string | number | Date }

const comparisons = { '>=': sql`>=`, '>': sql`>`, '<=': sql`<=`, '<': sql`<` } as const

/** A filter as SQL about a family's rows, or about what its counts have of them. */
export function filterSql(filter: Filter, of: 'rows' | 'counts' = 'rows'): Sql {
  if ('all' in filter) {
    if (filter.all.length === 0) return sql`true`
    return sql`(${join(
      filter.all.map((part) => filterSql(part, of)),
      sql` and `,
    )})`
  }
  if ('any' in filter) {
    if (filter.any.length === 0) return sql`false`
    return sql`(${join(
      filter.any.map((part) => filterSql(part, of)),
      sql` or `,
    )})`
  }
  const passes = testSql(filter, of)
  // What has no value does not equal anything, and contains nothing.
  return filter.isNegated ? sql`(${passes}) is not true` : passes
}

function testSql({ field, test }: Condition, of: 'rows' | 'counts'): Sql {
  const column = of === 'counts' && field.counted ? field.counted : field.column
  switch (test.is) {
    case 'any of':
      return anyOf(field, column, test.values)
    case 'containing': {
      const literal = test.text.replaceAll(/[\\%_]/g, '\\$&')
      return sql`${column} like '%' || ${folded(sql`${literal}::text`)} || '%'`
    }
    case 'within':
      return join(
        test.bounds.map(({ operator, value }) => {
          return sql`${column} ${comparisons[operator]} ${typed(field, value)}`
        }),
        sql` and `,
      )
    case 'present':
      return of === 'counts' && field.counted ? sql`${field.counted} <> ''` : field.hasValue
    case 'having':
      return field.rows?.exists(filterSql(test.filter)) ?? sql`false`
  }
}

function anyOf({ kind }: FilterField, column: Sql, values: readonly (string | number)[]): Sql {
  switch (kind) {
    case 'text':
      return sql`${column} = any(array(
        select ${folded(sql`v.value`)} from unnest(${values.map(String)}::text[]) v (value)))`
    case 'list':
      return sql`${column} && ${values}::text[]`
    case 'options':
      return sql`${column} ?| ${values}::text[]`
    case 'number':
      return sql`${column} = any(${values}::numeric[])`
    default:
      // One value of an index is in the order of what the index has after it; several are not.
      return values.length === 1
        ? sql`${column} = ${values[0]}`
        : sql`${column} = any(${values}::text[])`
  }
}

function typed({ kind }: FilterField, value: Bound['value']): Sql {
  if (kind === 'number') return sql`${value}::numeric`
  return kind === 'time' ? sql`${value}::timestamptz` : sql`${value}::text`
}

/** Every condition of a filter, in whatever group it stands. */
export function conditionsOf(filter: Filter): readonly Condition[] {
  if ('all' in filter) return filter.all.flatMap(conditionsOf)
  return 'any' in filter ? filter.any.flatMap(conditionsOf) : [filter]
}

export function looksForText(filter: Filter): boolean {
  return conditionsOf(filter).some(({ test }) => test.is === 'containing')
}

/** Which values a filter wants any of in a list that has an index, and what it wants besides. */
export function askedOfIndex(
  filter: Filter,
): { field: FilterField; index: FollowerIndex; values: string[]; besides: Filter } | undefined {
  const parts = 'all' in filter ? filter.all : [filter]
  for (const part of parts) {
    if (!('field' in part) || !part.field.index || part.isNegated) continue
    if (part.test.is !== 'any of') continue
    const { field, test } = part
    const besides = { all: parts.filter((other) => other !== part) }
    return { field, index: part.field.index, values: test.values.map(String), besides }
  }
  return undefined
}

/**
 * One of the few filters that nearly everybody asks: of common fields, each one value at most. It
 * comes back in one order, so that the same question is the same statement.
 */
export function asCommon(filter: Filter): Filter | undefined {
  const parts = 'all' in filter ? filter.all : [filter]
  const conditions = parts.filter((part) => 'field' in part)
  const names = new Set(conditions.map(({ field }) => field.name))
  const areCommon = conditions.every(
    ({ field, isNegated, test }) =>
      field.isCommon && !isNegated && test.is === 'any of' && test.values.length === 1,
  )
  if (conditions.length < parts.length || names.size < parts.length || !areCommon) return undefined
  return { all: conditions.toSorted((a, b) => (a.field.name < b.field.name ? -1 : 1)) }
}
