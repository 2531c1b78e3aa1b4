import type { Static } from 'typebox'
import { callerOf } from '../../auth/bearer.ts'
import type { Caller } from '../../auth/caller.ts'
import { hashPassword } from '../../auth/password.ts'
import type { AppContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { databaseError, sqlstate } from '../../db/sqlstate.ts'
import { appendEvents } from '../../events/outbox.ts'
import type { Server } from '../../http/server.ts'
import { refused, Strict } from '../../http/shapes.ts'
import type { Version } from '../../http/version.ts'
import { newId } from '../../ids.ts'
import { emailTaken } from './errors.ts'
import { userEvents } from './events.ts'
import { checkCompany, checkEmail, checkRoles, checkStrength } from './reach.ts'
import { CreateUserBody, UserAnswer } from './shapes.ts'
import {
  findUser,
  insertUser,
  joinLocations,
  type NewUser,
  type Place,
  type User,
} from './statements.ts'

type Body = Static<typeof CreateUserBody>

export function createUser(app: Server, context: AppContext): void {
  app.post(
    '/users/',
    {
      config: { scope: 'users.write', access: ['Agency-Access', 'Location-Access'] },
      schema: {
        operationId: 'create-user',
        summary: 'Create User',
        description: 'Create User',
        tags: ['Users'],
        querystring: Strict({}),
        body: CreateUserBody,
        response: { 201: UserAnswer, ...refused(400, 401, 403, 422) },
      },
    },
    async (request, reply) => {
      const user = await create(context, callerOf(request), request.version, request.body)
      reply.code(201)
      return user
    },
  )
}

async function create(
  { db, now, passwordCost }: AppContext,
  caller: Caller,
  version: Version,
  { companyId, password, locationIds, ...body }: Body,
): Promise<User> {
  checkCompany(caller, companyId)
  checkEmail(body.email)
  checkStrength(version, password)
  await checkRoles(db, caller, { type: body.type, locationIds })
  const passwordHash = await hashPassword(password, passwordCost)
  const user = await addUser(db, caller, { ...body, passwordHash }, locationIds, now())
  if (!user) throw emailTaken(body.email)
  return user
}

/** Makes a user with the events; undefined when another one has the e-mail address. */
export async function addUser(
  db: Database,
  place: Place,
  user: NewUser,
  locationIds: readonly string[],
  now: Date,
): Promise<User | undefined> {
  const { companyId } = place
  const id = newId()
  try {
    return await db.transaction(async (tx) => {
      await insertUser(tx, companyId, id, user, now)
      await joinLocations(tx, id, locationIds, now)
      const made = await findUser(tx, place, id)
      if (!made) throw new Error('A user cannot be seen by whoever made them')
      const events = userEvents('UserCreate', companyId, made, made.roles.locationIds)
      await appendEvents(tx, events, now)
      return made
    })
  } catch (error) {
    if (databaseError(error)?.code !== sqlstate.uniqueViolation) throw error
    return undefined
  }
}
