import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Queryable } from '../../db/database.ts'
import { join, type Sql, sql, unnamed } from '../../db/sql.ts'
import { unprocessable } from '../../http/errors.ts'
import { limits } from '../../limits.ts'
import type { FollowerIndex } from '../followers.ts'
import { Numeric } from '../words.ts'
import { tooFar } from './errors.ts'
import { asCommon, askedOfIndex, conditionsOf, type Filter, filterSql } from './filter.ts'
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
  /** What filters need besides, by the names that their fields give. */
  joins: Readonly<Record<string, (locationId: string) => Sql>>
  /** What a page has of its rows, and the joins for that. */
  columns: Sql
  columnJoins: (locationId: string) => Sql
  /** Names of fields, as `pipeline_id,status`, by which an index finds rows in order of time. */
  timeIndexes: ReadonlySet<string>
  /** A statement that reads how many rows pass, where the family knows that without them. */
  total?: (locationId: string, filter: Filter) => Sql | undefined
  /** How far rows are counted one by one; null: to the end. */
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

/** What a client's filter makes is as manifold as filters are: only the common ones are prepared. */
export const prepared = (isCommon: boolean, statement: Sql): Sql =>
  isCommon ? statement : unnamed(statement)

/** The rows that pass a filter, from `from` on; those of an index of followers by way of it, as `f`. */
export function passing<Row, Field extends string>(
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
  const asked = askedOfIndex(filter)
  if (!asked) {
    return sql`
      from ${table} ${alias} ${joined}
      where ${alias}.location_id = ${locationId} and ${filterSql(filter)}`
  }
  const { field, index, values, besides } = asked
  // Not every `f` still follows. `nullif` hides from the planner that nearly all do.
  return sql`
    from (${followed(index, locationId, values)}) f
    join ${table} ${alias} on ${alias}.location_id = ${locationId}
      and ${alias}.id = f.${index.id} ${joined}
    where nullif(${field.column} && ${values}::text[], false) is not null
      and ${filterSql(besides)}`
}

/** What one of these follows, or, each once and in order, what any of several do. */
function followed(index: FollowerIndex, locationId: string, userIds: readonly string[]): Sql {
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
 * Of a limit that is a parameter the planner expects a tenth of all rows, takes a plan for all values
 * for dear, and plans anew each time, which takes longer than the page. So it is told of a bound where
 * one plan is right for all values; elsewhere, a pipeline may have a row in a million.
 */
const bounds = [
  { most: 20, sql: sql`limit 21` },
  { most: 100, sql: sql`limit 101` },
  { most: 500, sql: sql`limit 501` },
] as const
const boundOf = (limit: number): Sql => bounds.find(({ most }) => limit <= most)?.sql ?? sql``

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
  const common = order === sortings.newest ? asCommon(filter) : undefined
  const isBounded = skip === 0 && common !== undefined && hasTimeIndex(timeIndexes, common)
  const index = isByTime(order, sortings) ? askedOfIndex(filter)?.index : undefined
  const sorted = sortedColumns(order, sortings)
  const walked = index ? indexColumns(index, directionOf(order)) : sorted
  const onwards = after ? sql`and ${afterSql(walked, after)}` : sql``
  const found = sql`
    select ${alias}.* ${passing(searched, locationId, common ?? filter)} ${onwards}
    order by ${orderSql(walked)}`
  const bounded = isBounded
    ? sql`select ${alias}.* from (${found} ${boundOf(limit)}) ${alias}`
    : found
  // Only the rows of the page are made into what clients see.
  const statement = sql`
    with page as (${bounded} limit ${limit + 1} offset ${skip})
    select ${columns} from page ${alias} ${columnJoins(locationId)}
    order by ${orderSql(sorted)}`
  return db.query<Row>(prepared(common !== undefined, statement))
}

/** How many rows pass, as far as they are counted. */
export async function findTotal<Row, Field extends string>(
  db: Queryable,
  searched: SearchedTable<Row, Field>,
  locationId: string,
  filter: Filter,
): Promise<number> {
  const common = asCommon(filter)
  const statement =
    searched.total?.(locationId, common ?? filter) ??
    sql`
      select count(*)::int as total from (
        select ${passing(searched, locationId, filter)}
        limit ${searched.totalMax(filter)}::bigint) found`
  const [row] = await db.query<{ total: number }>(prepared(common !== undefined, statement))
  return row?.total ?? 0
}

/** How many rows stand before a page; pages are counted from `first`. */
export function skipTo({ page, limit, first }: { page: number; limit: number; first: 0 | 1 }) {
  if (page * limit > limits.skipMax) throw tooFar()
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
export function pageUrl(
  { protocol, host }: FastifyRequest,
  path: string,
  parameters: Parameters,
): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null) given.set(name, String(value))
  }
  return `${protocol}://${host}${path}?${given}`
}
