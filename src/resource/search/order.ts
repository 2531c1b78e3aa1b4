import { join, type Sql, sql } from '../../db/sql.ts'
import { readMs } from '../dates.ts'
import { foldedText } from './fields.ts'

export const directions = ['asc', 'desc'] as const
export type Direction = (typeof directions)[number]

/** By which fields rows are sorted, the first first. */
export type Order<Field extends string = string> = readonly {
  field: Field
  direction: Direction
}[]

/** How rows are sorted by a field. */
export type Sorting<Row> = {
  /** Never null, as no comparison with null holds and a page would end there. */
  column: Sql
  /** The value on the wire. */
  rowValue: (row: Row) => string | number
  /** The value of the wire for the database; undefined when it is none. */
  read: (value: string | number) => Sql | undefined
}

/** How rows of a family can be sorted. */
export type Sortings<Row, Field extends string = string> = {
  byField: Readonly<Record<Field, Sorting<Row>>>
  /** What rows that are alike are sorted by, in the direction of the last field; the id is last. */
  ties: readonly { column: Sql; rowValue: (row: Row) => string }[]
  /** The field of the time that rows were made at. */
  time: Field
  /** The order when none is asked for. */
  newestFirst: Order<Field>
}

export const byTime = <Row>(column: Sql, rowValue: (row: Row) => string): Sorting<Row> => ({
  column,
  rowValue: (row) => Date.parse(rowValue(row)),
  read: (value) => {
    const moment = readMs(value)
    return moment && sql`${moment.at}::timestamptz`
  },
})

export const byText = <Row>(column: Sql, rowValue: (row: Row) => string): Sorting<Row> => ({
  column: sql`${foldedText(column)} collate "C"`,
  rowValue,
  read: (value) =>
    typeof value === 'string' ? sql`${foldedText(sql`${value}::text`)} collate "C"` : undefined,
})

export const byNumber = <Row>(column: Sql, rowValue: (row: Row) => number): Sorting<Row> => ({
  column,
  rowValue,
  read: (value) =>
    /^-?\d{1,40}(\.\d{1,30})?(e[+-]\d{1,3})?$/.test(String(value))
      ? sql`${value}::numeric`
      : undefined,
})

const directionSql = { asc: sql`asc`, desc: sql`desc` }
const reverse = { asc: 'desc', desc: 'asc' } as const
const comparison = { asc: sql`>`, desc: sql`<` }

/** The direction in which rows that are alike stand. */
export const directionOf = (order: Order): Direction => order.at(-1)?.direction ?? 'desc'

export const isByTime = (order: Order, { time }: { time: string }): boolean =>
  order.length === 1 && order[0]?.field === time

export type SortedColumn = { column: Sql; direction: Direction }

/** Every column that an order goes by. */
export function sortedColumns<Row, Field extends string>(
  order: Order<Field>,
  { byField, ties }: Sortings<Row, Field>,
): SortedColumn[] {
  return [
    ...order.map(({ field, direction }) => ({ column: byField[field].column, direction })),
    ...ties.map(({ column }) => ({ column, direction: directionOf(order) })),
  ]
}

/** The list of an `order by`. */
export function orderSql(
  columns: readonly SortedColumn[],
  scan: 'forwards' | 'backwards' = 'forwards',
): Sql {
  const parts = columns.map(({ column, direction }) => {
    return sql`${column} ${directionSql[scan === 'forwards' ? direction : reverse[direction]]}`
  })
  return join(parts, sql`, `)
}

/** A place in an order: a value for each of its columns. */
export type Cursor = readonly Sql[]

/** Whether a row comes after a cursor. */
export function afterSql(columns: readonly SortedColumn[], cursor: Cursor): Sql {
  const list = (parts: readonly Sql[]) => join(parts, sql`, `)
  const direction = columns.at(-1)?.direction ?? 'desc'
  // A comparison of rows is one range of an index; it takes all columns in one direction.
  if (columns.every((column) => column.direction === direction)) {
    return sql`(${list(columns.map(({ column }) => column))}) ${comparison[direction]}
      (${list(cursor)})`
  }
  return columns.reduceRight((rest, { column, direction }, i) => {
    const at = cursor[i] ?? sql`null`
    return sql`(${column} ${comparison[direction]} ${at} or (${column} = ${at} and ${rest}))`
  }, sql`false`)
}

/** The cursor of a found row. */
export function cursorAt<Row, Field extends string>(
  order: Order<Field>,
  { byField, ties }: Sortings<Row, Field>,
  row: Row,
): Cursor {
  const values = order.map(({ field }) => byField[field].read(byField[field].rowValue(row)))
  return [
    ...values.map((value) => value ?? sql`null`),
    ...ties.map(({ rowValue }) => sql`${rowValue(row)}`),
  ]
}

/** A text that sorts after every id in the direction of an order. */
export const lastId = (order: Order): string => (directionOf(order) === 'desc' ? '' : '~')

/** The cursor after all that was made at a time, or, with its ties, after a row of that time. */
export function cursorAfterTime<Row, Field extends string>(
  order: Order<Field>,
  sortings: Sortings<Row, Field>,
  at: Date,
  ties: readonly Sql[] = sortings.ties.map(() => sql`${lastId(order)}`),
): Cursor {
  return [sql`${at}::timestamptz`, ...ties]
}

/** What a row's `sort` or `searchAfter` says: with it a search goes on after the row. */
export type SortValues = (string | number)[]

/** The values of an order, and then those of the ties. */
export function sortValuesOf<Row, Field extends string>(
  order: Order<Field>,
  { byField, ties }: Sortings<Row, Field>,
  row: Row,
): SortValues {
  return [
    ...order.map(({ field }) => byField[field].rowValue(row)),
    ...ties.map(({ rowValue }) => rowValue(row)),
  ]
}

/** Reads such values into a cursor, or returns the violation. */
export function readSortValues<Row, Field extends string>(
  order: Order<Field>,
  { byField, ties }: Sortings<Row, Field>,
  values: readonly (string | number)[],
): Cursor | string {
  const expectedCount = order.length + ties.length
  if (values.length !== expectedCount) return `searchAfter must contain ${expectedCount} elements`
  const parts = values.map((value, i) => {
    const field = order[i]?.field
    if (field) return byField[field].read(value)
    return typeof value === 'string' ? sql`${value}::text` : undefined
  })
  const invalidIndex = parts.indexOf(undefined)
  return invalidIndex < 0
    ? parts.filter((part) => part !== undefined)
    : sortValueInvalid(invalidIndex)
}

export const sortValueInvalid = (i: number) => `searchAfter.${i} must be as in a row's sort`
