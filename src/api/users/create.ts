import type { Static } from 'typebox'
import type { Caller } from '../../auth/caller.ts'
import { hashPassword } from '../../auth/password.ts'
import { findPasswordByEmail } from '../../auth/sessions.ts'
import type { AppContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { databaseError, sqlstate } from '../../db/sqlstate.ts'
import { appendEvents } from '../../events/outbox.ts'
import type { Server } from '../../http/server.ts'
import type { Generation } from '../../http/version.ts'
import { newId } from '../../ids.ts'
import { operation } from '../../resource/operation.ts'
import { emailTaken } from './errors.ts'
import { userEvents } from './events.ts'
import { checkCompany, checkEmail, checkRoles, checkStrength } from './reach.ts'
import { CreateUserBody, UserAnswer } from './shapes.ts'
import {
  findUser,
  insertUser,
  joinLocations,
  type NewUser,
  type Tenant,
  type User,
} from './statements.ts'

type NewUserBody = Static<typeof CreateUserBody>

export function createUser(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /users/',
    { body: CreateUserBody, answer: UserAnswer, refuses: [403] },
    async ({ caller, generation, body }) => createFromBody(context, caller, generation, body),
  )
}

async function createFromBody(
  { db, now, passwordCost }: AppContext,
  caller: Caller,
  generation: Generation,
  { companyId, password, locationIds, ...body }: NewUserBody,
): Promise<User> {
  checkCompany(caller, companyId)
  checkEmail(body.email)
  checkStrength(generation, password)
  await checkRoles(db, caller, { type: body.type, locationIds })
  // A refusal must not cost a hash; who takes the address meanwhile is found by the INSERT.
  if (await findPasswordByEmail(db, body.email)) throw emailTaken(body.email)
  const passwordHash = await hashPassword(password, passwordCost)
  const user = await addUser(db, caller, { ...body, passwordHash }, locationIds, now())
  if (!user) throw emailTaken(body.email)
  return user
}

/** Makes a user with the events; undefined when another one has the e-mail address. */
export async function addUser(
  db: Database,
  tenant: Tenant,
  user: NewUser,
  locationIds: readonly string[],
  now: Date,
): Promise<User | undefined> {
  const { companyId } = tenant
  const id = newId()
  try {
    return await db.transaction(async (tx) => {
      await insertUser(tx, companyId, id, user, now)
      await joinLocations(tx, id, locationIds, now)
      const created = await findUser(tx, tenant, id)
      if (!created) throw new Error('A user cannot be seen by whoever made them')
      const events = userEvents('UserCreate', companyId, created, created.roles.locationIds)
      await appendEvents(tx, events, now)
      return created
    })
  } catch (error) {
    if (databaseError(error)?.code !== sqlstate.uniqueViolation) throw error
    return undefined
  }
}
