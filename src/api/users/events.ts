import type { NewEvent } from '../../events/outbox.ts'
import type { User } from './statements.ts'

/**
 * A user's event for each location that it concerns: webhooks are sent by location. UPSTREAM: the
 * two forms of webhook-events/UserCreate.md.
 * DEVIATION: the event of an agency's user is written for each of their locations; for one without
 * any, and for a user whose locations were all deleted, it stands under the agency's id.
 */
export function userEvents(
  type: 'UserCreate' | 'UserUpdate' | 'UserDelete',
  companyId: string,
  user: User,
  locationIds: readonly string[],
): NewEvent[] {
  const userFields = {
    id: user.id,
    firstName: user.firstName,
    lastName: user.lastName,
    email: user.email,
    phone: user.phone ?? null,
    extension: user.extension ?? null,
    role: user.roles.role,
    permissions: user.permissions,
  }
  if (user.roles.type === 'account' && locationIds.length > 0) {
    return locationIds.map((locationId) => ({
      locationId,
      type,
      payload: { locationId, ...userFields },
    }))
  }
  const payload = { companyId, ...userFields, locations: user.roles.locationIds }
  const keys = locationIds.length > 0 ? locationIds : [companyId]
  return keys.map((locationId) => ({ locationId, type, payload }))
}
