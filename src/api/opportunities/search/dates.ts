import dayjs from 'dayjs'
import customParseFormat from 'dayjs/plugin/customParseFormat.js'
import utc from 'dayjs/plugin/utc.js'

dayjs.extend(customParseFormat)
dayjs.extend(utc)

/** A time that a search names, or a whole day by its beginning. */
export type Moment = { at: Date; isDay: boolean }

export const dayMs = 86_400_000

/** UPSTREAM: behaviour.md §2.3, §2.4 */
const days = ['YYYY-MM-DD', 'MM-DD-YYYY']
const isoTime =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d(\.\d{1,9})?)?)?(Z|[+-]\d{2}:?\d{2})?$/
const [firstYear, lastYear] = [1, 9999]

/**
 * Reads a day (`YYYY-MM-DD`, or `mm-dd-yyyy`), a time in ISO 8601, or milliseconds since 1970, as
 * number or text; undefined when it is none of them. DEVIATION: days are days in UTC.
 */
export function readMoment(value: unknown): Moment | undefined {
  if (typeof value === 'number') return readMs(value)
  if (typeof value !== 'string') return undefined
  if (/^-?\d{1,15}$/.test(value)) return readMs(Number(value))
  for (const format of days) {
    const day = dayjs.utc(value, format, true)
    if (day.isValid()) return within({ at: day.toDate(), isDay: true })
  }
  const [, day] = isoTime.exec(value) ?? []
  // dayjs makes 2 March of 30 February.
  if (day === undefined || !dayjs.utc(day, 'YYYY-MM-DD', true).isValid()) return undefined
  return within({ at: dayjs.utc(value).toDate(), isDay: false })
}

/** Milliseconds since 1970, as number or text. */
export function readMs(value: unknown): Moment | undefined {
  const ms = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof ms !== 'number') return undefined
  return within({ at: new Date(Math.trunc(ms)), isDay: false })
}

/** Days of other years are not days that the database has. */
function within(moment: Moment): Moment | undefined {
  const year = moment.at.getUTCFullYear()
  return year >= firstYear && year <= lastYear ? moment : undefined
}
