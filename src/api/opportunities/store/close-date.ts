import { readDay } from '../../../resource/dates.ts'
import { closeDateInvalid } from '../errors.ts'

/** An expected close date as `YYYY-MM-DD`, in UTC; null when none was given. */
export function parseCloseDate(text: string | null | undefined): string | null {
  if (!text) return null
  const day = readDay(text)
  if (day === undefined) throw closeDateInvalid()
  return day
}
