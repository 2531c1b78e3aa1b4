import dayjs from 'dayjs'
import customParseFormat from 'dayjs/plugin/customParseFormat.js'
import utc from 'dayjs/plugin/utc.js'

dayjs.extend(customParseFormat)
dayjs.extend(utc)

/** A time that a client names, or a whole day by its beginning. */
export type Moment = { at: Date; isDay: boolean }

export const dayMs = 86_400_000

/** The days that searches document. UPSTREAM: behaviour.md §2.3, §2.4 */
const searchFormats = ['YYYY-MM-DD', 'MM-DD-YYYY']
/** The days that bodies document. UPSTREAM: behaviour.md §2.5 */
const bodyFormats = [...searchFormats, 'YYYY/MM/DD', 'MM/DD/YYYY', 'YYYY.MM.DD', 'MM.DD.YYYY']
const isoTime =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/
const msText = /^-?\d{1,15}$/

/**
 * Reads a day (`YYYY-MM-DD`, or `mm-dd-yyyy`), a time in ISO 8601, or milliseconds since 1970, as
 * number or text; undefined when it is none of them. DEVIATION: days are days in UTC.
 */
export function readMoment(value: unknown): Moment | undefined {
  if (typeof value === 'number') return readMs(value)
  if (typeof value !== 'string') return undefined
  if (msText.test(value)) return readMs(Number(value))
  return parseDay(value, searchFormats) ?? parseIsoTime(value)
}

/** Milliseconds since 1970, as number or text. */
export function readMs(value: unknown): Moment | undefined {
  const ms = typeof value === 'string' && msText.test(value) ? Number(value) : value
  if (typeof ms !== 'number') return undefined
  return ifInYears({ at: new Date(Math.trunc(ms)), isDay: false })
}

/** A day in any documented format, or that of a time in ISO 8601, as `YYYY-MM-DD` in UTC. */
export function readDay(text: string): string | undefined {
  const moment = parseDay(text, bodyFormats) ?? parseIsoTime(text)
  return moment?.at.toISOString().slice(0, 10)
}

function parseDay(text: string, formats: readonly string[]): Moment | undefined {
  const day = formats.map((format) => dayjs.utc(text, format, true)).find((one) => one.isValid())
  return day && ifInYears({ at: day.toDate(), isDay: true })
}

function parseIsoTime(text: string): Moment | undefined {
  const [, day] = isoTime.exec(text) ?? []
  // dayjs makes 2 March of 30 February.
  if (day === undefined || !dayjs.utc(day, 'YYYY-MM-DD', true).isValid()) return undefined
  return ifInYears({ at: dayjs.utc(text).toDate(), isDay: false })
}

/** Undefined for a moment outside the years 1 to 9999, which the database cannot hold as days. */
function ifInYears(moment: Moment): Moment | undefined {
  const year = moment.at.getUTCFullYear()
  return year >= 1 && year <= 9999 ? moment : undefined
}
