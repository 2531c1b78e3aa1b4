import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { createLocation } from './create.ts'
import { deleteLocation } from './delete.ts'
import { getLocation } from './get.ts'
import { getLocationPermissions, updateLocationPermissions } from './permissions.ts'
import { searchLocations } from './search.ts'
import type { LocationMade } from './statements.ts'
import { getTimezones } from './timezones.ts'
import { updateLocation } from './update.ts'

/** `locationMade` is what the other resources do when there is a new location. */
export function locations(
  app: Server,
  context: AppContext,
  locationMade: readonly LocationMade[],
): void {
  searchLocations(app, context)
  getLocation(app, context)
  createLocation(app, context, locationMade)
  updateLocation(app, context)
  deleteLocation(app, context)
  getTimezones(app)
  getLocationPermissions(app, context)
  updateLocationPermissions(app, context)
}
