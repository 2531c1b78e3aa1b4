import { otherCompany, otherLocation } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import { checkTimezone } from '../../resource/timezones.ts'
import {
  CreatedLocationAnswer,
  CreateLocationBody,
  DeleteLocationQuery,
  LocationAnswer,
  LocationDeletedAnswer,
  LocationParams,
  LocationsAnswer,
  SearchLocationsQuery,
  UpdatedLocationAnswer,
  UpdateLocationBody,
} from './shapes.ts'
import {
  changeLocation,
  findLocation,
  findLocations,
  insertLocation,
  removeLocation,
} from './statements.ts'

export function searchLocations(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /locations/search',
    {
      description: 'Search Sub-Account (Formerly Location)',
      query: SearchLocationsQuery,
      answer: LocationsAnswer,
      refuses: [403],
    },
    async ({ caller, query }) => {
      const { companyId, email, order = 'asc', skip = 0, limit = 10 } = query
      if (companyId && companyId !== caller.companyId) throw otherCompany()
      const { locationId } = caller
      const search = { locationId, email: email || undefined, order, skip, limit }
      return { locations: await findLocations(db, caller.companyId, search) }
    },
  )
}

export function getLocation(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /locations/:locationId',
    {
      description: 'Get details of a Sub-Account (Formerly Location) by passing the sub-account id',
      params: LocationParams,
      answer: LocationAnswer,
    },
    async ({ caller: { companyId }, params: { locationId } }) => {
      const location = await findLocation(db, companyId, locationId)
      if (!location) throw otherLocation()
      return { location }
    },
  )
}

/**
 * DEVIATION: a new location has no pipeline, contact or user, with or without a `snapshotId`;
 * there are no snapshots here.
 */
export function createLocation(app: Server, { db, now, reactions }: AppContext): void {
  operation(
    app,
    'POST /locations/',
    {
      description: 'Create a new Sub-Account (Formerly Location) based on the data provided',
      body: CreateLocationBody,
      answer: CreatedLocationAnswer,
      refuses: [403],
    },
    async ({ caller, body: { companyId, ...values } }) => {
      if (companyId !== caller.companyId) throw otherCompany()
      checkTimezone(values.timezone)
      const location = await insertLocation(db, companyId, values, now(), reactions)
      if (!location) throw otherCompany()
      return location
    },
  )
}

/** DEVIATION: credentials of Twilio and Mailgun are taken and not kept; nothing here uses them. */
export function updateLocation(app: Server, { db, now }: AppContext): void {
  operation(
    app,
    'PUT /locations/:locationId',
    {
      description: 'Update a Sub-Account (Formerly Location) based on the data provided',
      params: LocationParams,
      body: UpdateLocationBody,
      answer: UpdatedLocationAnswer,
      refuses: [403],
    },
    async ({ caller, params: { locationId }, body: { companyId, ...values } }) => {
      if (companyId !== caller.companyId) throw otherCompany()
      checkTimezone(values.timezone)
      const location = await changeLocation(db, companyId, locationId, values, now())
      if (!location) throw otherLocation()
      return location
    },
  )
}

export function deleteLocation(app: Server, { db, now }: AppContext): void {
  operation(
    app,
    'DELETE /locations/:locationId',
    {
      description: 'Delete a Sub-Account (Formerly Location) from the Agency',
      // UPSTREAM: Scopes.md; the contract's `locations.internal-access-only` is in no list.
      scope: 'locations.write',
      params: LocationParams,
      query: DeleteLocationQuery,
      answer: LocationDeletedAnswer,
      refuses: [403],
    },
    async ({ caller: { companyId }, params: { locationId } }) => {
      if (!(await removeLocation(db, companyId, locationId, now()))) throw otherLocation()
      return { success: true, message: `Deleted location with id: ${locationId}` }
    },
  )
}
