import type { Static } from 'typebox'
import type { Caller } from '../../auth/caller.ts'
import { hashPassword, type PasswordCost } from '../../auth/password.ts'
import { endUserSessions } from '../../auth/sessions.ts'
import type { AppContext } from '../../context.ts'
import type { Database, Queryable, Transaction } from '../../db/database.ts'
import { appendEvents } from '../../events/outbox.ts'
import type { Server } from '../../http/server.ts'
import type { Generation } from '../../http/version.ts'
import { operation } from '../../resource/operation.ts'
import { companyMissing, emailUnchangeable, userNotFound } from './errors.ts'
import { userEvents } from './events.ts'
import { leavers } from './leaving.ts'
import { checkCompany, checkReach, checkRoles, checkStrength } from './reach.ts'
import { UpdateUserBody, UserAnswer, UserParams } from './shapes.ts'
import {
  changeUser,
  findUser,
  joinLocations,
  leaveLocations,
  lockUser,
  type User,
} from './statements.ts'

type UpdateRequest = { caller: Caller; id: string; body: Static<typeof UpdateUserBody> }
type UserUpdate = UpdateRequest & { passwordHash: string | null; now: Date }

export function updateUser(app: Server, { db, now, passwordCost, finish }: AppContext): void {
  operation(
    app,
    'PUT /users/:userId',
    { params: UserParams, body: UpdateUserBody, answer: UserAnswer, refuses: [403] },
    async ({ caller, params, body, generation }) => {
      if (caller.locationId === undefined && !body.companyId) throw companyMissing()
      checkCompany(caller, body.companyId)
      const request = { caller, id: params.userId, body }
      const passwordHash = await hashNewPassword(db, generation, request, passwordCost)
      const change = { ...request, passwordHash, now: now() }
      const { user, hasLeft } = await db.transaction((tx) => updateWithEvents(tx, change))
      if (hasLeft) await finish(leavers)
      return user
    },
  )
}

async function hashNewPassword(
  db: Database,
  generation: Generation,
  request: UpdateRequest,
  cost: PasswordCost,
): Promise<string | null> {
  const { password } = request.body
  if (typeof password !== 'string') return null
  checkStrength(generation, password)
  // A refusal must not cost a hash; the transaction checks again what may have changed meanwhile.
  const { caller, id } = request
  const everywhere = { companyId: caller.companyId, locationId: undefined }
  const isSeen = await findUser(db, caller, id)
  await checkUpdate(db, request, isSeen && (await findUser(db, everywhere, id)))
  return hashPassword(password, cost)
}

/** Refuses what the caller may not change of a user, as they are with all of their locations. */
async function checkUpdate(
  db: Queryable,
  { caller, body }: UpdateRequest,
  before: User | undefined,
): Promise<User> {
  if (!before) throw userNotFound()
  checkReach(caller, before.roles)
  const { email, locationIds } = body
  if (email && email.toLowerCase() !== before.email.toLowerCase()) throw emailUnchangeable()
  const type = body.type ?? before.roles.type
  if (locationIds || type !== before.roles.type)
    await checkRoles(db, caller, { type, locationIds: locationIds ?? before.roles.locationIds })
  return before
}

async function updateWithEvents(
  tx: Transaction,
  { passwordHash, now, ...request }: UserUpdate,
): Promise<{ user: User; hasLeft: boolean }> {
  const { caller, id, body } = request
  const before = await checkUpdate(tx, request, await lockUser(tx, caller, id))
  const { email, companyId, locationIds: wantedLocationIds, password, ...changes } = body
  const currentLocationIds = before.roles.locationIds
  const locationIds = wantedLocationIds ?? currentLocationIds
  await changeUser(tx, id, { ...changes, passwordHash }, now)
  if (passwordHash !== null) await endUserSessions(tx, id)
  const leftLocationIds = currentLocationIds.filter(
    (locationId) => !locationIds.includes(locationId),
  )
  const joinedLocationIds = locationIds.filter(
    (locationId) => !currentLocationIds.includes(locationId),
  )
  if (joinedLocationIds.length > 0) await joinLocations(tx, id, joinedLocationIds, now)
  if (leftLocationIds.length > 0) await leaveLocations(tx, id, leftLocationIds, now)
  const { companyId: agencyId } = caller
  const after = await findUser(tx, { companyId: agencyId, locationId: undefined }, id)
  const user = await findUser(tx, caller, id)
  if (!after || !user) throw new Error('A user cannot be seen by whoever changed them')
  const concernedLocationIds = [...after.roles.locationIds, ...leftLocationIds]
  await appendEvents(tx, userEvents('UserUpdate', agencyId, after, concernedLocationIds), now)
  return { user, hasLeft: leftLocationIds.length > 0 }
}
