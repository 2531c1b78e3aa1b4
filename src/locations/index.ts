import type { House } from '../house.ts'
import type { Server } from '../http/server.ts'
import { createLocation } from './create.ts'
import { deleteLocation } from './delete.ts'
import { getLocation } from './get.ts'
import { getLocationPermissions, updateLocationPermissions } from './permissions.ts'
import { searchLocations } from './search.ts'
import type { LocationMade } from './statements.ts'
import { getTimezones } from './timezones.ts'
import { updateLocation } from './update.ts'

/** `locationMade` is what the other resources do when there is a new location. */
export function locations(app: Server, house: House, locationMade: readonly LocationMade[]): void {
  searchLocations(app, house)
  getLocation(app, house)
  createLocation(app, house, locationMade)
  updateLocation(app, house)
  deleteLocation(app, house)
  getTimezones(app)
  getLocationPermissions(app, house)
  updateLocationPermissions(app, house)
}
