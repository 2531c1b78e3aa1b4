import pg from 'pg'
import { type Sql, sql } from './sql.ts'

const oid = { int8: 20, date: 1082, timestamptz: 1184, numeric: 1700 } as const

const parsers = new Map<number, (text: string) => unknown>([
  // Counts and sums of money stay far below 2^53, and numeric prints the digits it was given.
  [oid.int8, Number],
  [oid.numeric, Number],
  [oid.date, (text) => text],
  [oid.timestamptz, isoTime],
])

/**
 * How columns become JavaScript on every engine: times as ISO 8601 in UTC with milliseconds,
 * dates as `YYYY-MM-DD`, numbers as numbers.
 */
export const wireTypes: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    parsers.get(id) ?? pg.types.getTypeParser(id, format as 'text'),
}

/** `2021-08-03 04:55:17.35+00` → `2021-08-03T04:55:17.350Z`; sessions run in UTC. */
function isoTime(text: string): string {
  const day = text.indexOf(' ')
  const time = `${text.slice(0, day)}T${text.slice(day + 1, day + 9)}`
  const fraction = text.slice(day + 10, -3)
  return `${time}.${fraction}${'000'.slice(fraction.length)}Z`
}

/** The same form of a time inside JSON that the database builds. */
export function isoText(time: Sql): Sql {
  return sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}
