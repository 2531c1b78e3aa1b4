import { unprocessable } from '../http/errors.ts'

/**
 * Whether it is a time zone. Aliases such as `US/Central` are zones; offsets are not, though
 * `Intl` takes them.
 */
export function isTimezone(text: string): boolean {
  try {
    return /^[A-Za-z]/.test(text) && new Intl.DateTimeFormat('en', { timeZone: text }) !== null
  } catch {
    return false
  }
}

/** DEVIATION: a time zone that there is not; the words are class-validator's. */
export const timezoneWords = 'timezone must be a valid IANA time-zone'

/** Refuses an unknown time zone. */
export function checkTimezone(timezone: string | null | undefined): void {
  if (typeof timezone === 'string' && !isTimezone(timezone)) throw unprocessable([timezoneWords])
}
