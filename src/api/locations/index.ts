import type { Family } from '../../resource/family.ts'
import { createLocation } from './create.ts'
import { deleteLocation } from './delete.ts'
import { getLocation } from './get.ts'
import { getLocationPermissions, updateLocationPermissions } from './permissions.ts'
import { searchLocations } from './search.ts'
import { getTimezones } from './timezones.ts'
import { updateLocation } from './update.ts'

export const locations: Family = {
  name: 'locations',
  routes(app, context) {
    searchLocations(app, context)
    getLocation(app, context)
    createLocation(app, context)
    updateLocation(app, context)
    deleteLocation(app, context)
    getTimezones(app)
    getLocationPermissions(app, context)
    updateLocationPermissions(app, context)
  },
}
