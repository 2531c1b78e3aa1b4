import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import { LocationParams, TimezonesAnswer } from './shapes.ts'

/** The zones that `Intl` lists, and UTC, the default of a location. */
const timeZones = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].sort()

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
