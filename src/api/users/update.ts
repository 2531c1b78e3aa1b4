import type { Static } from 'typebox'
import type { Caller } from '../../auth/caller.ts'
import { hashPassword, type PasswordCost } from '../../auth/password.ts'
import { endSessionsOf } from '../../auth/sessions.ts'
import type { AppContext } from '../../context.ts'
import type { Transaction } from '../../db/database.ts'
import { appendEvents } from '../../events/outbox.ts'
import type { Server } from '../../http/server.ts'
import type { Generation } from '../../http/version.ts'
import { operation } from '../../resource/operation.ts'
import { companyMissing, emailFixed, userNotFound } from './errors.ts'
import { userEvents } from './events.ts'
import { leavers } from './leaving.ts'
import { checkCompany, checkReach, checkRoles, checkStrength } from './reach.ts'
import { UpdateUserBody, UserAnswer, UserParams } from './shapes.ts'
import {
  changeUser,
  findUser,
  holdUser,
  joinLocations,
  leaveLocations,
  type User,
} from './statements.ts'

type Change = {
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
      const passwordHash = await newHash(generation, body.password, passwordCost)
      const change = { caller, id: params.userId, body, passwordHash, now: now() }
      const { user, hasLeft } = await db.transaction((tx) => update(tx, change))
      if (hasLeft) await finish(leavers)
      return user
    },
  )
}

async function newHash(
  generation: Generation,
  password: string | null | undefined,
  cost: PasswordCost,
): Promise<string | null> {
  if (typeof password !== 'string') return null
  checkStrength(generation, password)
  return hashPassword(password, cost)
}

async function update(
  tx: Transaction,
  { caller, id, body, passwordHash, now }: Change,
): Promise<{ user: User; hasLeft: boolean }> {
  const before = await holdUser(tx, caller, id)
  if (!before) throw userNotFound(id)
  checkReach(caller, before.roles)
  const { email, companyId, locationIds: wanted, password, ...changes } = body
  if (email && email.toLowerCase() !== before.email.toLowerCase()) throw emailFixed()
  const here = before.roles.locationIds
  const locationIds = wanted ?? here
  const type = body.type ?? before.roles.type
  if (wanted || type !== before.roles.type) await checkRoles(tx, caller, { type, locationIds })
  await changeUser(tx, id, { ...changes, passwordHash }, now)
  if (passwordHash !== null) await endSessionsOf(tx, id)
  const left = here.filter((locationId) => !locationIds.includes(locationId))
  const joined = locationIds.filter((locationId) => !here.includes(locationId))
  if (joined.length > 0) await joinLocations(tx, id, joined, now)
  if (left.length > 0) await leaveLocations(tx, id, left, now)
  const { companyId: agency } = caller
  const after = await findUser(tx, { companyId: agency, locationId: undefined }, id)
  const user = await findUser(tx, caller, id)
  if (!after || !user) throw new Error('A user cannot be seen by whoever changed them')
  const concerned = [...after.roles.locationIds, ...left]
  await appendEvents(tx, userEvents('UserUpdate', agency, after, concerned), now)
  return { user, hasLeft: left.length > 0 }
}
