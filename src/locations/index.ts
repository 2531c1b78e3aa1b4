import type { House } from '../house.ts'
import type { Server } from '../http/server.ts'
import { createLocation } from './create.ts'
import { deleteLocation } from './delete.ts'
import { getLocation } from './get.ts'
import { getLocationPermissions, updateLocationPermissions } from './permissions.ts'
import { searchLocations } from './search.ts'
import { getTimezones } from './timezones.ts'
import { updateLocation } from './update.ts'

export function locations(app: Server, house: House): void {
  searchLocations(app, house)
  getLocation(app, house)
  createLocation(app, house)
  updateLocation(app, house)
  deleteLocation(app, house)
  getTimezones(app)
  getLocationPermissions(app, house)
  updateLocationPermissions(app, house)
}
