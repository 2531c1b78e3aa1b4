import { unprocessable } from '../../http/errors.ts'
import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import { LocationParams, TimezonesAnswer } from './shapes.ts'

/** The zones that `Intl` lists, and UTC, the default of a location. */
const timeZones = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].sort()

/**
 * Refuses an unknown time zone. Aliases such as `US/Central` are zones; offsets are not, though
 * `Intl` takes them.
 */
export function checkTimezone(timezone: string | null | undefined): void {
  if (typeof timezone === 'string' && !isTimezone(timezone)) throw timezoneInvalid()
}

export function isTimezone(text: string): boolean {
  try {
    return /^[A-Za-z]/.test(text) && new Intl.DateTimeFormat('en', { timeZone: text }) !== null
  } catch {
    return false
  }
}

/** DEVIATION: an unknown time zone; the words are class-validator's. */
const timezoneInvalid = () => unprocessable(['timezone must be a valid IANA time-zone'])

export function getTimezones(app: Server): void {
  operation(
    app,
    'GET /locations/:locationId/timezones',
    {
      description: 'Fetch the available timezones',
      params: LocationParams,
      answer: TimezonesAnswer,
    },
    async () => ({ timeZones }),
  )
}
