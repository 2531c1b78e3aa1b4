import type { Queryable } from '../db/database.ts'
import { join, type Sql, sql, unnamed } from '../db/sql.ts'

/** Where rows are inserted. */
export type RowsTarget = {
  table: Sql
  /** Without the location, which comes before them. */
  columns: readonly Sql[]
  onConflict?: Sql
}

/** Rows that a change adds to another table of the same location. */
export type AppendedRows = RowsTarget & {
  /** Names the part of a single statement that inserts them. */
  part: Sql
  /** Selects the columns, by their names, from the parts of the change. */
  rows: Sql
}

const commaList = (parts: readonly Sql[]): Sql => join(parts, sql`, `)

/** The part of a statement that inserts them. */
export const insertPart = (
  locationId: string,
  { part, table, columns, rows, onConflict = sql`` }: AppendedRows,
): Sql => sql`
  ${part} as (
    insert into ${table} (location_id, ${commaList(columns)})
    select ${locationId}, ${commaList(columns.map((column) => sql`r.${column}`))}
    from (${rows}) r ${onConflict})`

/**
 * Selects them as a list of lists of texts, for `insertRows`: a number that became one of JavaScript
 * would lose digits.
 */
export const rowsAsTexts = ({ columns, rows }: Pick<AppendedRows, 'columns' | 'rows'>): Sql => sql`(
  select coalesce(json_agg(json_build_array(${commaList(
    columns.map((column) => sql`to_jsonb(r.${column}) #>> '{}'`),
  )})), '[]')
  from (${rows}) r)`

/** A row that is known before it is written: its location, then the values of the columns. */
export type NewRow = readonly [locationId: string, ...values: unknown[]]

/** Statements of so many rows are prepared, each number on its own. */
const rowsPreparedMax = 12

/** Of at most 16 columns each, so that a statement has fewer than 65,535 parameters. */
const rowsPerStatement = 1_000

/**
 * Inserts rows that are known, in order. As values they reach the shard of their location directly;
 * Citus collects what is selected on the coordinator first.
 */
export async function insertRows(
  tx: Queryable,
  { table, columns, onConflict = sql`` }: RowsTarget,
  rows: readonly NewRow[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsPerStatement) {
    const batch = rows.slice(at, at + rowsPerStatement)
    const lines = batch.map((row) => sql`(${commaList(row.map((value) => sql`${value}`))})`)
    const statement = sql`
      insert into ${table} (location_id, ${commaList(columns)})
      values ${commaList(lines)} ${onConflict}`
    await tx.query(batch.length > rowsPreparedMax ? unnamed(statement) : statement)
  }
}

/** Waits for statements that were sent together; of several failures the first is thrown. */
export async function allAnswered(sent: readonly Promise<unknown>[]): Promise<void> {
  for (const end of await Promise.allSettled(sent)) {
    if (end.status === 'rejected') throw end.reason
  }
}
