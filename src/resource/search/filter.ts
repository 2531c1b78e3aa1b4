import { allOf, join, type Sql, sql } from '../../db/sql.ts'
import type { FollowerIndex } from '../followers.ts'
import { type FilterField, foldedText, wordsText } from './fields.ts'

/** Which rows are meant: all of these, any of these, or those that pass a test. */
export type Filter =
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | Condition

export type Condition = { field: FilterField; isNegated?: boolean; test: Test }

export type Test =
  | { is: 'any of'; values: readonly (string | number)[] }
  | { is: 'containing'; text: string }
  /** Of a column of words: these words follow one another there, the last perhaps longer. */
  | { is: 'with words'; text: string }
  | { is: 'within'; bounds: readonly Bound[] }
  | { is: 'present' }
  | { is: 'having'; filter: Filter }

/** Numbers and times are compared as they are, days as `YYYY-MM-DD`. */
export type Bound = { operator: keyof typeof comparisons; value: string | number | Date }

const comparisons = { '>=': sql`>=`, '>': sql`>`, '<=': sql`<=`, '<': sql`<` } as const

/** A filter as SQL about a family's rows, or about what its counts have of them. */
export function filterSql(filter: Filter, subject: 'rows' | 'counts' = 'rows'): Sql {
  if ('all' in filter) {
    return sql`(${allOf(...filter.all.map((part) => filterSql(part, subject)))})`
  }
  if ('any' in filter) {
    if (filter.any.length === 0) return sql`false`
    return sql`(${join(
      filter.any.map((part) => filterSql(part, subject)),
      sql` or `,
    )})`
  }
  const passes = testSql(filter, subject)
  // A column without a value passes every negated test.
  return filter.isNegated ? sql`(${passes}) is not true` : passes
}

function testSql({ field, test }: Condition, subject: 'rows' | 'counts'): Sql {
  const column = subject === 'counts' && field.countsColumn ? field.countsColumn : field.column
  switch (test.is) {
    case 'any of':
      return anyOfSql(field, column, test.values)
    case 'containing': {
      const literal = test.text.replaceAll(/[\\%_]/g, '\\$&')
      return sql`${column} like '%' || ${foldedText(sql`${literal}::text`)} || '%'`
    }
    case 'with words':
      // A text without any word would be found everywhere.
      return sql`${column} like '%' || nullif(${wordsText(sql`${test.text}::text`)}, ' ') || '%'`
    case 'within':
      return allOf(
        ...test.bounds.map(({ operator, value }) => {
          return sql`${column} ${comparisons[operator]} ${typedValue(field, value)}`
        }),
      )
    case 'present':
      return subject === 'counts' && field.countsColumn
        ? sql`${field.countsColumn} <> ''`
        : field.hasValue
    case 'having':
      return field.rows?.exists(filterSql(test.filter)) ?? sql`false`
  }
}

function anyOfSql({ kind }: FilterField, column: Sql, values: readonly (string | number)[]): Sql {
  switch (kind) {
    case 'text':
      return sql`${column} = any(array(
        select ${foldedText(sql`v.value`)} from unnest(${values.map(String)}::text[]) v (value)))`
    case 'list':
      return sql`${column} && ${values}::text[]`
    case 'options':
      return sql`${column} ?| ${values}::text[]`
    case 'number':
      return sql`${column} = any(${values}::numeric[])`
    default:
      // With one value an index also gives the order of its next columns; with several it does not.
      return values.length === 1
        ? sql`${column} = ${values[0]}`
        : sql`${column} = any(${values}::text[])`
  }
}

function typedValue({ kind }: FilterField, value: Bound['value']): Sql {
  if (kind === 'number') return sql`${value}::numeric`
  return kind === 'time' ? sql`${value}::timestamptz` : sql`${value}::text`
}

/** Every condition of a filter, in whatever group it stands. */
export function conditionsOf(filter: Filter): readonly Condition[] {
  if ('all' in filter) return filter.all.flatMap(conditionsOf)
  return 'any' in filter ? filter.any.flatMap(conditionsOf) : [filter]
}

export function hasTextCondition(filter: Filter): boolean {
  return conditionsOf(filter).some(
    ({ test }) => test.is === 'containing' || test.is === 'with words',
  )
}

/**
 * The condition of a filter that an index of followers answers, and the remainder of the filter.
 */
export function indexedCondition(
  filter: Filter,
): { field: FilterField; index: FollowerIndex; values: string[]; besides: Filter } | undefined {
  const parts = 'all' in filter ? filter.all : [filter]
  for (const part of parts) {
    if (!('field' in part) || !part.field.index || part.isNegated) continue
    if (part.test.is !== 'any of') continue
    const { field, test } = part
    const remainder = { all: parts.filter((other) => other !== part) }
    return { field, index: part.field.index, values: test.values.map(String), besides: remainder }
  }
  return undefined
}

/**
 * The filter, when it is common: at most one value of each of the common fields. Its conditions are
 * sorted, so that the same filter always makes the same statement.
 */
export function commonFilter(filter: Filter): Filter | undefined {
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
