import { join, type Sql, sql } from '../../../db/sql.ts'
import type { Counted } from '../store/counts.ts'
import { folded } from '../store/search-text.ts'
import type { FilterField } from './fields.ts'

/** Which opportunities are meant: all of these, any of these, or those that pass a test. */
export type Filter =
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | Condition

export type Condition = { field: FilterField; isNegated?: boolean; test: Test }

export type Test =
  | { is: 'any of'; values: readonly (string | number)[] }
  | { is: 'containing'; text: string }
  | { is: 'within'; bounds: readonly Bound[] }
  | { is: 'there' }

/** Numbers and times are compared as they are, days as `YYYY-MM-DD`. */
export type Bound = { operator: keyof typeof comparisons; value: string | number | Date }

const comparisons = { '>=': sql`>=`, '>': sql`>`, '<=': sql`<=`, '<': sql`<` } as const

/** A filter of opportunities `o` with their contacts `c`, or of what is counted, `n`, as SQL. */
export function filterSql(filter: Filter, of: 'o' | 'n' = 'o'): Sql {
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

function testSql({ field, test }: Condition, of: 'o' | 'n'): Sql {
  const column = of === 'n' && field.counted ? field.counted : field.column
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
    case 'there':
      return of === 'n' && field.counted ? sql`${field.counted} <> ''` : field.there
  }
}

function anyOf({ kind }: FilterField, column: Sql, values: readonly (string | number)[]): Sql {
  switch (kind) {
    case 'text':
      return sql`${column} = any(array(
        select ${folded(sql`v.value`)} from unnest(${values.map(String)}::text[]) v (value)))`
    case 'users':
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

function conditionsOf(filter: Filter): readonly Condition[] {
  if ('all' in filter) return filter.all.flatMap(conditionsOf)
  return 'any' in filter ? filter.any.flatMap(conditionsOf) : [filter]
}

/** Whether the contact has to be looked at. */
export function looksAtContact(filter: Filter): boolean {
  return conditionsOf(filter).some(({ field }) => field.isOfContact)
}

/**
 * A filter as one of the counts; undefined when they do not know how many there are. Of followers
 * they know those of one.
 */
export function countedBy(filter: Filter): Counted | undefined {
  const asked = followersIn(filter)
  if (asked && asked.userIds.length > 1) return undefined
  const { userIds: [follower = ''] = [], besides = filter } = asked ?? {}
  const conditions = conditionsOf(besides)
  if (conditions.some(({ field }) => field.counted === undefined)) return undefined
  return {
    where: sql`n.follower = ${follower} and ${filterSql(besides, 'n')}`,
    isOfAssignees: conditions.some(({ field }) => field.name === 'assigned_to'),
  }
}

/** Of which followers a filter wants any, and what it wants besides. */
export function followersIn(
  filter: Filter,
): { userIds: readonly string[]; besides: Filter } | undefined {
  const parts = 'all' in filter ? filter.all : [filter]
  for (const part of parts) {
    if (!('field' in part) || part.field.kind !== 'users' || part.isNegated) continue
    if (part.test.is !== 'any of') continue
    const besides = { all: parts.filter((other) => other !== part) }
    return { userIds: part.test.values.map(String), besides }
  }
  return undefined
}

export function looksForText(filter: Filter): boolean {
  return conditionsOf(filter).some(({ test }) => test.is === 'containing')
}

export function namesPipeline(filter: Filter): boolean {
  return conditionsOf(filter).some(({ field }) => field.name === 'pipeline_id')
}

const inOrderOfTime = new Set([
  '',
  'assigned_to',
  'followers',
  'pipeline_id,pipeline_stage_id',
  'pipeline_id,status',
  'pipeline_stage_id',
])

/** Whether an index has what a common filter finds, and nothing else, in the order of time. */
export function isInOrderOfTime(common: Filter): boolean {
  const names = conditionsOf(common).map(({ field }) => field.name)
  return inOrderOfTime.has(names.join())
}

/**
 * One of the few filters that nearly everybody asks: pipeline, stage, status, assignee and follower,
 * each one value at most. It comes back in one order, so that the same question is the same statement.
 */
export function asCommon(filter: Filter): Filter | undefined {
  const parts = 'all' in filter ? filter.all : [filter]
  const conditions = parts.filter((part) => 'field' in part)
  const names = new Set(conditions.map(({ field }) => field.name))
  const areCommon = conditions.every(
    ({ field, isNegated, test }) =>
      (field.counted || field.kind === 'users') &&
      !isNegated &&
      test.is === 'any of' &&
      test.values.length === 1,
  )
  if (conditions.length < parts.length || names.size < parts.length || !areCommon) return undefined
  return { all: conditions.toSorted((a, b) => (a.field.name < b.field.name ? -1 : 1)) }
}
