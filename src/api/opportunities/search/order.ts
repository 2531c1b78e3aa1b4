import { join, type Sql, sql } from '../../../db/sql.ts'
import { folded } from '../store/search-text.ts'
import { readMs } from './dates.ts'

/** UPSTREAM: behaviour.md §2.4 */
export const sortFields = [
  'date_added',
  'date_updated',
  'name',
  'monetary_value',
  'last_status_change_date',
  'last_stage_change_date',
] as const
export type SortField = (typeof sortFields)[number]

export const directions = ['asc', 'desc'] as const
export type Direction = (typeof directions)[number]

/** By what opportunities are sorted; those that are alike by contact and id, as the last key. */
export type Order = readonly { field: SortField; direction: Direction }[]

/** DEVIATION: the default order, newest first. */
export const newestFirst: Order = [{ field: 'date_added', direction: 'desc' }]

/** What of a found opportunity says where it stands. */
export type Placed = {
  id: string
  name: string
  monetaryValue: number
  contactId: string
  createdAt: string
  updatedAt: string
  lastStatusChangeAt: string
  lastStageChangeAt: string
}

type Sorting = {
  column: Sql
  /** The value on the wire. */
  of: (row: Placed) => string | number
  /** The value of the wire for the database; undefined when it is none. */
  read: (value: string | number) => Sql | undefined
}

const time = (column: Sql, of: (row: Placed) => string): Sorting => ({
  column,
  of: (row) => Date.parse(of(row)),
  read: (value) => {
    const moment = readMs(value)
    return moment && sql`${moment.at}::timestamptz`
  },
})

const sortings: Readonly<Record<SortField, Sorting>> = {
  date_added: time(sql`o.created_at`, (row) => row.createdAt),
  date_updated: time(sql`o.updated_at`, (row) => row.updatedAt),
  name: {
    column: sql`${folded(sql`o.name`)} collate "C"`,
    of: (row) => row.name,
    read: (value) =>
      typeof value === 'string' ? sql`${folded(sql`${value}::text`)} collate "C"` : undefined,
  },
  monetary_value: {
    column: sql`o.monetary_value`,
    of: (row) => row.monetaryValue,
    read: (value) =>
      /^-?\d{1,40}(\.\d{1,30})?(e[+-]\d{1,3})?$/.test(String(value))
        ? sql`${value}::numeric`
        : undefined,
  },
  last_status_change_date: time(sql`o.last_status_change_at`, (row) => row.lastStatusChangeAt),
  last_stage_change_date: time(sql`o.last_stage_change_at`, (row) => row.lastStageChangeAt),
}

const directionOf = (order: Order): Direction => order.at(-1)?.direction ?? 'desc'
const words = { asc: sql`asc`, desc: sql`desc` }
const reverse = { asc: 'desc', desc: 'asc' } as const
const beyond = { asc: sql`>`, desc: sql`<` }

/** Whether an order is that of time, which followers `f` stand in too. */
export const isByTime = (order: Order): boolean =>
  order.length === 1 && order[0]?.field === 'date_added'

/** Every column that an order goes by, and in which direction; followers have that of time only. */
function columnsOf(order: Order, of: 'o' | 'f'): { column: Sql; direction: Direction }[] {
  const direction = directionOf(order)
  if (of === 'f') {
    const columns = [sql`f.created_at`, sql`f.contact_id`, sql`f.opportunity_id`]
    return columns.map((column) => ({ column, direction }))
  }
  return [
    ...order.map(({ field, direction }) => ({ column: sortings[field].column, direction })),
    { column: sql`o.contact_id`, direction },
    { column: sql`o.id`, direction },
  ]
}

/** What stands behind `order by`. */
export function orderSql(
  order: Order,
  { way = 'forwards', of = 'o' }: { way?: 'forwards' | 'backwards'; of?: 'o' | 'f' } = {},
): Sql {
  const columns = columnsOf(order, of).map(({ column, direction }) => {
    return sql`${column} ${words[way === 'forwards' ? direction : reverse[direction]]}`
  })
  return join(columns, sql`, `)
}

/** A place in an order: a value for each of its columns. */
export type Cursor = readonly Sql[]

/** Whether an opportunity comes after a place. */
export function afterSql(order: Order, cursor: Cursor, of: 'o' | 'f' = 'o'): Sql {
  const columns = columnsOf(order, of)
  const list = (parts: readonly Sql[]) => join(parts, sql`, `)
  const direction = directionOf(order)
  // A comparison of rows is one range of an index; it takes all columns in one direction.
  if (columns.every((column) => column.direction === direction)) {
    return sql`(${list(columns.map(({ column }) => column))}) ${beyond[direction]}
      (${list(cursor)})`
  }
  return columns.reduceRight((rest, { column, direction }, i) => {
    const place = cursor[i] ?? sql`null`
    return sql`(${column} ${beyond[direction]} ${place} or (${column} = ${place} and ${rest}))`
  }, sql`false`)
}

/** The place of a found opportunity. */
export function cursorAt(order: Order, row: Placed): Cursor {
  const values = order.map(({ field }) => sortings[field].read(sortings[field].of(row)))
  return [...values.map((value) => value ?? sql`null`), sql`${row.contactId}`, sql`${row.id}`]
}

/**
 * The place after all that was made at a time, or, with the id of a contact or of an opportunity,
 * after that one's of the time; the order is by `date_added`.
 */
export function cursorAfter(order: Order, locationId: string, at: Date, id?: string): Cursor {
  // Every id of ours lies between these two.
  const end = directionOf(order) === 'desc' ? '' : '~'
  const ofRow = (column: Sql, otherwise: string) => sql`coalesce((
    select ${column} from opportunities r where r.location_id = ${locationId} and r.id = ${id}),
    ${otherwise})`
  const last =
    id === undefined
      ? [sql`${end}`, sql`${end}`]
      : [ofRow(sql`r.contact_id`, id), ofRow(sql`r.id`, end)]
  return [sql`${at}::timestamptz`, ...last]
}

/** What a row's `sort` says: with it a search goes on after the row. */
export type SortValues = (string | number)[]

/**
 * UPSTREAM: `[createdAt in ms, contactId]` in the default order, behaviour.md §2.2. DEVIATION: the
 * opportunity's own id in its place where the next row is of the same time and contact.
 */
export function newestSortOf(row: Placed, next: Placed | undefined): SortValues {
  const isAlike = next?.createdAt === row.createdAt && next.contactId === row.contactId
  return [Date.parse(row.createdAt), isAlike ? row.id : row.contactId]
}

/** DEVIATION: in an order that was asked for, its values, the contact's id and the row's own. */
export function sortOf(order: Order, row: Placed): SortValues {
  return [...order.map(({ field }) => sortings[field].of(row)), row.contactId, row.id]
}

/** Reads a `searchAfter` of such an order; says what is wrong with it in words. */
export function readSortOf(order: Order, values: readonly (string | number)[]): Cursor | string {
  const wanted = order.length + 2
  if (values.length !== wanted) return `searchAfter must contain ${wanted} elements`
  const parts = values.map((value, i) => {
    const field = order[i]?.field
    if (field) return sortings[field].read(value)
    return typeof value === 'string' ? sql`${value}::text` : undefined
  })
  const wrong = parts.indexOf(undefined)
  return wrong < 0 ? parts.filter((part) => part !== undefined) : wordsFor(wrong)
}

/** Reads a `searchAfter` of the default order. */
export function readNewestSortOf(
  locationId: string,
  values: readonly (string | number)[],
): Cursor | string {
  const [ms, id] = values
  if (values.length !== 2) return 'searchAfter must contain 2 elements'
  const moment = readMs(ms)
  if (!moment) return wordsFor(0)
  return typeof id === 'string' ? cursorAfter(newestFirst, locationId, moment.at, id) : wordsFor(1)
}

const wordsFor = (i: number) => `searchAfter.${i} must be as in a row's sort`
