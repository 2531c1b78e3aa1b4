import { callerOf } from '../../auth/bearer.ts'
import { otherLocation } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { refused, Strict } from '../../http/shapes.ts'
import {
  LocationParams,
  locationPermissions,
  PermissionsAnswer,
  UpdatePermissionsBody,
} from './shapes.ts'
import { changePermissions, findPermissions } from './statements.ts'

type Permission = (typeof locationPermissions)[number]

/** DEVIATION: the contract spells the scope `locations/write`, which is in no list of scopes. */
const config = {
  scope: 'locations.write',
  access: ['Agency-Access'],
  locationIn: 'params',
} as const

export function getLocationPermissions(app: Server, { db }: AppContext): void {
  app.get(
    '/locations/:locationId/permissions',
    {
      config,
      schema: {
        operationId: 'get-location-permissions',
        summary: 'Get Permissions',
        description: 'Get Sub-Account (Formerly Location) permissions',
        tags: ['Permissions'],
        params: LocationParams,
        querystring: Strict({}),
        response: { 200: PermissionsAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request) => {
      const { companyId } = callerOf(request)
      const found = await findPermissions(db, companyId, request.params.locationId)
      if (!found) throw otherLocation()
      // DEVIATION: a location whose permissions nobody set has them all.
      const isSet = Array.isArray(found.permissions)
      return { permissions: isSet ? (found.permissions as Permission[]) : [...locationPermissions] }
    },
  )
}

export function updateLocationPermissions(app: Server, { db, now }: AppContext): void {
  app.put(
    '/locations/:locationId/permissions',
    {
      config,
      schema: {
        operationId: 'update-location-permissions',
        summary: 'Update Permissions',
        description: 'Update Sub-Account (Formerly Location) permissions',
        tags: ['Permissions'],
        params: LocationParams,
        querystring: Strict({}),
        body: UpdatePermissionsBody,
        response: { 200: PermissionsAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request) => {
      const { companyId } = callerOf(request)
      const { locationId } = request.params
      const permissions = [...new Set(request.body.permissions)]
      if (!(await changePermissions(db, companyId, locationId, permissions, now()))) {
        throw otherLocation()
      }
      return { permissions }
    },
  )
}
