import { type Sql, sql } from '../../../db/sql.ts'
import { readMs } from '../../../resource/dates.ts'
import {
  byNumber,
  byText,
  byTime,
  type Cursor,
  cursorAfterTime,
  lastId,
  type Order,
  type Sortings,
  type SortValues,
  sortValueInvalid,
} from '../../../resource/search/order.ts'

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

/** DEVIATION: the default order, newest first. */
export const newestFirst: Order<SortField> = [{ field: 'date_added', direction: 'desc' }]

/** The members of an opportunity that searches sort by. */
export type SortKeys = {
  id: string
  name: string
  monetaryValue: number
  contactId: string
  createdAt: string
  updatedAt: string
  lastStatusChangeAt: string
  lastStageChangeAt: string
}

export const sortings: Sortings<SortKeys, SortField> = {
  byField: {
    date_added: byTime(sql`o.created_at`, (row) => row.createdAt),
    date_updated: byTime(sql`o.updated_at`, (row) => row.updatedAt),
    name: byText(sql`o.name`, (row) => row.name),
    monetary_value: byNumber(sql`o.monetary_value`, (row) => row.monetaryValue),
    last_status_change_date: byTime(sql`o.last_status_change_at`, (row) => row.lastStatusChangeAt),
    last_stage_change_date: byTime(sql`o.last_stage_change_at`, (row) => row.lastStageChangeAt),
  },
  ties: [
    { column: sql`o.contact_id`, rowValue: (row) => row.contactId },
    { column: sql`o.id`, rowValue: (row) => row.id },
  ],
  time: 'date_added',
  newestFirst,
}

/**
 * The cursor after every opportunity made at a time, or, with the id of a contact or an
 * opportunity, after that one's made at the time; the order is by `date_added`.
 */
export function cursorAfter(
  order: Order<SortField>,
  locationId: string,
  at: Date,
  id?: string,
): Cursor {
  if (id === undefined) return cursorAfterTime(order, sortings, at)
  const ofRow = (column: Sql, fallback: string) => sql`coalesce((
    select ${column} from opportunities r where r.location_id = ${locationId} and r.id = ${id}),
    ${fallback})`
  const ties = [ofRow(sql`r.contact_id`, id), ofRow(sql`r.id`, lastId(order))]
  return cursorAfterTime(order, sortings, at, ties)
}

/**
 * UPSTREAM: `[createdAt in ms, contactId]` in the default order, behaviour.md §2.2. DEVIATION: the
 * opportunity's own id in its place where the next row is of the same time and contact.
 */
export function newestSortOf(row: SortKeys, next: SortKeys | undefined): SortValues {
  const isAlike = next?.createdAt === row.createdAt && next.contactId === row.contactId
  return [Date.parse(row.createdAt), isAlike ? row.id : row.contactId]
}

/** Reads a `searchAfter` of the default order. */
export function readNewestSortOf(
  locationId: string,
  values: readonly (string | number)[],
): Cursor | string {
  const [ms, id] = values
  if (values.length !== 2) return 'searchAfter must contain 2 elements'
  const moment = readMs(ms)
  if (!moment) return sortValueInvalid(0)
  if (typeof id !== 'string') return sortValueInvalid(1)
  return cursorAfter(newestFirst, locationId, moment.at, id)
}
