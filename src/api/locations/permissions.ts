import { otherLocation } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import {
  LocationParams,
  locationPermissions,
  PermissionsAnswer,
  UpdatePermissionsBody,
} from './shapes.ts'
import { changePermissions, findPermissions } from './statements.ts'

type Permission = (typeof locationPermissions)[number]

/** DEVIATION: the contract spells the scope `locations/write`, which is in no list of scopes. */
const scope = 'locations.write'

export function getLocationPermissions(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /locations/:locationId/permissions',
    {
      description: 'Get Sub-Account (Formerly Location) permissions',
      scope,
      params: LocationParams,
      answer: PermissionsAnswer,
      refuses: [403],
    },
    async ({ caller: { companyId }, params }) => {
      const stored = await findPermissions(db, companyId, params.locationId)
      if (!stored) throw otherLocation()
      // DEVIATION: a location whose permissions nobody set has them all.
      const isSet = Array.isArray(stored.permissions)
      return {
        permissions: isSet ? (stored.permissions as Permission[]) : [...locationPermissions],
      }
    },
  )
}

export function updateLocationPermissions(app: Server, { db, now }: AppContext): void {
  operation(
    app,
    'PUT /locations/:locationId/permissions',
    {
      description: 'Update Sub-Account (Formerly Location) permissions',
      scope,
      params: LocationParams,
      body: UpdatePermissionsBody,
      answer: PermissionsAnswer,
      refuses: [403],
    },
    async ({ caller: { companyId }, params: { locationId }, body }) => {
      const permissions = [...new Set(body.permissions)]
      if (!(await changePermissions(db, companyId, locationId, permissions, now()))) {
        throw otherLocation()
      }
      return { permissions }
    },
  )
}
