import type { Caller } from '../../auth/caller.ts'
import { endUserSessions } from '../../auth/sessions.ts'
import type { AppContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { appendEvents } from '../../events/outbox.ts'
import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import { userNotFound } from './errors.ts'
import { userEvents } from './events.ts'
import { leavers } from './leaving.ts'
import { checkReach } from './reach.ts'
import { UserDeletedAnswer, UserParams } from './shapes.ts'
import { leaveLocations, lockUser, removeUser, type User } from './statements.ts'

export function deleteUser(app: Server, { db, now, finish }: AppContext): void {
  operation(
    app,
    'DELETE /users/:userId',
    {
      params: UserParams,
      answer: UserDeletedAnswer,
      renamings: { answer: { succeeded: 'succeded' } },
      refuses: [403],
    },
    async ({ caller, params }) => {
      const user = await removeWithEvents(db, caller, params.userId, now())
      await finish(leavers)
      const message =
        `Queued deleting user with e-mail ${user.email} and name ${user.name}. ` +
        'Will take effect in a few minutes.'
      return { succeeded: true, message }
    },
  )
}

function removeWithEvents(db: Database, caller: Caller, id: string, now: Date): Promise<User> {
  return db.transaction(async (tx) => {
    const user = await lockUser(tx, caller, id)
    if (!user) throw userNotFound()
    checkReach(caller, user.roles)
    await removeUser(tx, id, now)
    await endUserSessions(tx, id)
    await leaveLocations(tx, id, 'all', now)
    const { locationIds } = user.roles
    await appendEvents(tx, userEvents('UserDelete', caller.companyId, user, locationIds), now)
    return user
  })
}
