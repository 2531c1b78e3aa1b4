import type { Static } from 'typebox'
import type { Caller } from '../../auth/caller.ts'
import { hashPassword, type PasswordCost } from '../../auth/password.ts'
import { endUserSessions } from '../../auth/sessions.ts'
import type { AppContext } from '../../context.ts'
import type { Transaction } from '../../db/database.ts'
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

type UserUpdate = {
  caller: Caller
  id: string
  body: Static<typeof UpdateUserBody>
  passwordHash: string | null
  now: Date
}

export function updateUser(app: Server, { db, now, passwordCost, finish }: AppContext): void {
  operation(
    app,
    'PUT /users/:userId',
    { params: UserParams, body: UpdateUserBody, answer: UserAnswer, refuses: [403] },
    async ({ caller, params, body, generation }) => {
      if (caller.locationId === undefined && !body.companyId) throw companyMissing()
      checkCompany(caller, body.companyId)
      const passwordHash = await hashNewPassword(generation, body.password, passwordCost)
      const change = { caller, id: params.userId, body, passwordHash, now: now() }
      const { user, hasLeft } = await db.transaction((tx) => updateWithEvents(tx, change))
      if (hasLeft) await finish(leavers)
      return user
    },
  )
}

async function hashNewPassword(
  generation: Generation,
  password: string | null | undefined,
  cost: PasswordCost,
): Promise<string | null> {
  if (typeof password !== 'string') return null
  checkStrength(generation, password)
  return hashPassword(password, cost)
}

async function updateWithEvents(
  tx: Transaction,
  { caller, id, body, passwordHash, now }: UserUpdate,
): Promise<{ user: User; hasLeft: boolean }> {
  const before = await lockUser(tx, caller, id)
  if (!before) throw userNotFound()
  checkReach(caller, before.roles)
  const { email, companyId, locationIds: wantedLocationIds, password, ...changes } = body
  if (email && email.toLowerCase() !== before.email.toLowerCase()) throw emailUnchangeable()
  const currentLocationIds = before.roles.locationIds
  const locationIds = wantedLocationIds ?? currentLocationIds
  const type = body.type ?? before.roles.type
  if (wantedLocationIds || type !== before.roles.type)
    await checkRoles(tx, caller, { type, locationIds })
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
