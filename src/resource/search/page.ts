import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Queryable } from '../../db/database.ts'
import { join, type Sql, sql, unnamed } from '../../db/sql.ts'
import { unprocessable } from '../../http/errors.ts'
import { originOf } from '../../http/origin.ts'
import { limits } from '../../limits.ts'
import type { FollowerIndex } from '../followers.ts'
import { Numeric } from '../words.ts'
import { pageTooFar } from './errors.ts'
import { commonFilter, conditionsOf, type Filter, filterSql, indexedCondition } from './filter.ts'
import {
  afterSql,
  type Cursor,
  directionOf,
  isByTime,
  type Order,
  orderSql,
  type SortedColumn,
  type Sortings,
  sortedColumns,
} from './order.ts'

/** What a family says of a table that it lets clients search. */
export type SearchedTable<Row, Field extends string = string> = {
  table: Sql
  /** What fields, sortings and joins call a row of the table. */
  alias: Sql
  sortings: Sortings<Row, Field>
  /** The joins that filters need, by the names that their fields give. */
  joins: Readonly<Record<string, (locationId: string) => Sql>>
  /** The columns of a page's rows, and the joins that they need. */
  columns: Sql
  columnJoins: (locationId: string) => Sql
  /** Names of fields, as `pipeline_id,status`, by which an index finds rows in order of time. */
  timeIndexes: ReadonlySet<string>
  /** A statement that reads how many rows pass, where the family knows that without them. */
  total?: (locationId: string, filter: Filter) => Sql | undefined
  /** How many rows are counted at most; null for no bound. */
  totalMax: (filter: Filter) => number | null
}

/** One page of a search: the first rows after the cursor, or after so many. */
export type Page<Field extends string = string> = {
  filter: Filter
  order: Order<Field>
  after?: Cursor | undefined
  skip: number
  /** One row more is found, when there is one. */
  limit: number
}

/**
 * Prepares only statements of common filters, as each other filter makes a statement of its own.
 */
export const prepareIf = (isCommon: boolean, statement: Sql): Sql =>
  isCommon ? statement : unnamed(statement)

/** The `from` and `where` of rows that pass a filter; an index of followers is joined as `f`. */
export function passingRows<Row, Field extends string>(
  { table, alias, joins }: SearchedTable<Row, Field>,
  locationId: string,
  filter: Filter,
): Sql {
  const needed = new Set(conditionsOf(filter).map(({ field }) => field.join ?? ''))
  const joined = join(
    Object.keys(joins).flatMap((name) =>
      needed.has(name) ? (joins[name]?.(locationId) ?? []) : [],
    ),
    sql` `,
  )
  const indexed = indexedCondition(filter)
  if (!indexed) {
    return sql`
      from ${table} ${alias} ${joined}
      where ${alias}.location_id = ${locationId} and ${filterSql(filter)}`
  }
  const { field, index, values, besides: remainder } = indexed
  // A row of the index may be stale. `nullif` hides from the planner that nearly none is.
  return sql`
    from (${followedRows(index, locationId, values)}) f
    join ${table} ${alias} on ${alias}.location_id = ${locationId}
      and ${alias}.id = f.${index.id} ${joined}
    where nullif(${field.column} && ${values}::text[], false) is not null
      and ${filterSql(remainder)}`
}

/** The rows of the index for one user, or for several, each row followed once and in order. */
function followedRows(index: FollowerIndex, locationId: string, userIds: readonly string[]): Sql {
  const columns = indexColumns(index, 'desc')
  const selected = join(
    columns.map(({ column }) => column),
    sql`, `,
  )
  const ofLocation = sql`from ${index.table} f where f.location_id = ${locationId}`
  if (userIds.length === 1)
    return sql`select ${selected} ${ofLocation} and f.user_id = ${userIds[0]}`
  return sql`
    select distinct ${selected} ${ofLocation} and f.user_id = any(${userIds}::text[])
    order by ${orderSql(columns)}`
}

const indexColumns = ({ key }: FollowerIndex, direction: 'asc' | 'desc'): SortedColumn[] =>
  key.map(({ column }) => ({ column: sql`f.${column}`, direction }))

/**
 * For a limit that is a parameter the planner assumes a tenth of all rows, finds the generic plan
 * too dear, and plans anew each time, which takes longer than the page. A literal bound prevents
 * that. It is set only where one plan suits all values: a pipeline may have one row in a million.
 */
const limitSteps = [
  { most: 20, sql: sql`limit 21` },
  { most: 100, sql: sql`limit 101` },
  { most: 500, sql: sql`limit 501` },
] as const
const limitStepSql = (limit: number): Sql =>
  limitSteps.find(({ most: rowsMax }) => limit <= rowsMax)?.sql ?? sql``

/** Whether an index has what a common filter finds, and nothing else, in the order of time. */
export function hasTimeIndex(timeIndexes: ReadonlySet<string>, common: Filter): boolean {
  const names = conditionsOf(common).map(({ field }) => field.name)
  return timeIndexes.has(names.join())
}

/** The rows on one page, and one more when there is one. */
export async function findPage<Row, Field extends string>(
  db: Queryable,
  searched: SearchedTable<Row, Field>,
  locationId: string,
  { filter, order, after, skip, limit }: Page<Field>,
): Promise<Row[]> {
  const { alias, sortings, columns, columnJoins, timeIndexes } = searched
  const common = order === sortings.newestFirst ? commonFilter(filter) : undefined
  const isBounded = skip === 0 && common !== undefined && hasTimeIndex(timeIndexes, common)
  const index = isByTime(order, sortings) ? indexedCondition(filter)?.index : undefined
  const sorted = sortedColumns(order, sortings)
  const scanColumns = index ? indexColumns(index, directionOf(order)) : sorted
  const afterCursor = after ? sql`and ${afterSql(scanColumns, after)}` : sql``
  const matches = sql`
    select ${alias}.* ${passingRows(searched, locationId, common ?? filter)} ${afterCursor}
    order by ${orderSql(scanColumns)}`
  const bounded = isBounded
    ? sql`select ${alias}.* from (${matches} ${limitStepSql(limit)}) ${alias}`
    : matches
  // The columns that clients see are computed for the rows of the page alone.
  const statement = sql`
    with page as (${bounded} limit ${limit + 1} offset ${skip})
    select ${columns} from page ${alias} ${columnJoins(locationId)}
    order by ${orderSql(sorted)}`
  return db.query<Row>(prepareIf(common !== undefined, statement))
}

/** How many rows pass, as far as they are counted. */
export async function findTotal<Row, Field extends string>(
  db: Queryable,
  searched: SearchedTable<Row, Field>,
  locationId: string,
  filter: Filter,
): Promise<number> {
  const common = commonFilter(filter)
  const statement =
    searched.total?.(locationId, common ?? filter) ??
    sql`
      select count(*)::int as total from (
        select ${passingRows(searched, locationId, filter)}
        limit ${searched.totalMax(filter)}::bigint) found`
  const [row] = await db.query<{ total: number }>(prepareIf(common !== undefined, statement))
  return row?.total ?? 0
}

/** How many rows stand before a page, or the refusal of one too far; pages count from `first`. */
export function rowsBeforePage(
  { page, limit, first }: { page: number; limit: number; first: 0 | 1 },
  refusal = pageTooFar,
): number {
  if (page * limit > limits.skipMax) throw refusal()
  return (page - first) * limit
}

/** A `searchAfter` that was read, or the 422 that says what is wrong with it. */
export function cursorOr422(after: Cursor | string): Cursor {
  if (typeof after === 'string') throw unprocessable([after])
  return after
}

const nullable = (type: 'string' | 'number', example: unknown) =>
  Type.Unsafe<string | number | null>({ type: [type, 'null'], examples: [example] })

/** Where a page stands, with a family's own examples. UPSTREAM: behaviour.md §2.2 */
export const PageMeta = (examples: { nextPageUrl: string; startAfterId: string }) =>
  Type.Object({
    total: Numeric(1),
    nextPageUrl: nullable('string', examples.nextPageUrl),
    startAfterId: nullable('string', examples.startAfterId),
    startAfter: nullable('number', 1625203104328),
    currentPage: Numeric(2),
    nextPage: nullable('number', 3),
    prevPage: nullable('number', 1),
  })

/** Of the page that begins after the cursor of the last row, `nextUrl` makes the address. */
export function pageMeta(
  {
    total,
    page,
    hasMore,
    startAfter,
    startAfterId,
  }: {
    total: number
    page: number
    hasMore: boolean
    startAfter: string | number | null
    startAfterId: string | number | null
  },
  nextUrl: (next: Parameters) => string,
) {
  return {
    total,
    nextPageUrl: hasMore ? nextUrl({ startAfter, startAfterId, page: page + 1 }) : null,
    startAfterId,
    startAfter,
    currentPage: page,
    nextPage: hasMore ? page + 1 : null,
    prevPage: page > 1 ? page - 1 : null,
  }
}

/** Parameters of a query; what is null or undefined is left out. */
export type Parameters = Readonly<Record<string, string | number | boolean | null | undefined>>

/** The address of a page, for the same client. */
export function pageUrl(request: FastifyRequest, path: string, parameters: Parameters): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null) search.set(name, String(value))
  }
  return `${originOf(request)}${path}?${search}`
}
