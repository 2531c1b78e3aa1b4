import dayjs from 'dayjs'
import customParseFormat from 'dayjs/plugin/customParseFormat.js'
import utc from 'dayjs/plugin/utc.js'
import { closeDateInvalid } from '../errors.ts'

dayjs.extend(customParseFormat)
dayjs.extend(utc)

/** The documented formats; ISO 8601 is the other one. UPSTREAM: behaviour.md §2.5 */
const formats = ['YYYY/MM/DD', 'MM/DD/YYYY', 'YYYY-MM-DD', 'MM-DD-YYYY', 'YYYY.MM.DD', 'MM.DD.YYYY']
const isoTime =
  /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/

/** An expected close date as `YYYY-MM-DD`, in UTC; null when none was given. */
export function parseCloseDate(text: string | null | undefined): string | null {
  if (!text) return null
  for (const format of formats) {
    const date = dayjs.utc(text, format, true)
    if (date.isValid()) return date.format('YYYY-MM-DD')
  }
  const time = dayjs.utc(text)
  // dayjs makes 2 March of 30 February, and a zone can lead out of the years that have a day.
  const isDay = dayjs.utc(text.slice(0, 10), 'YYYY-MM-DD', true).isValid()
  const isYear = time.year() >= 1 && time.year() <= 9999
  if (!isoTime.test(text) || !isDay || !isYear) throw closeDateInvalid()
  return time.format('YYYY-MM-DD')
}
