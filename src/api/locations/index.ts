import type { Family } from '../../resource/family.ts'
import { customValues } from './custom-values.ts'
import {
  createLocation,
  deleteLocation,
  getLocation,
  searchLocations,
  updateLocation,
} from './location.ts'
import { getLocationPermissions, updateLocationPermissions } from './permissions.ts'
import { getTimezones } from './timezones.ts'

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
    customValues(app, context)
  },
}
