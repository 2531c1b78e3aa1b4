import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { createUser } from './create.ts'
import { deleteUser } from './delete.ts'
import { filterUsersByEmail } from './filter-by-email.ts'
import { getUser } from './get.ts'
import { finishLeaving, type UserLeft } from './leaving.ts'
import { getUsersByLocation } from './list.ts'
import { searchUsers } from './search.ts'
import { updateUser } from './update.ts'

/** `userLeft` is what the other resources do when a user leaves a location. */
export function users(app: Server, context: AppContext, userLeft: readonly UserLeft[]): void {
  const finish = finishLeaving(app, context, userLeft)
  searchUsers(app, context)
  filterUsersByEmail(app, context)
  getUser(app, context)
  getUsersByLocation(app, context)
  createUser(app, context)
  updateUser(app, context, finish)
  deleteUser(app, context, finish)
}
