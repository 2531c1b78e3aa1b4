import type { House } from '../house.ts'
import type { Server } from '../http/server.ts'
import { createUser } from './create.ts'
import { deleteUser } from './delete.ts'
import { filterUsersByEmail } from './filter-by-email.ts'
import { getUser } from './get.ts'
import { finishLeaving, type UserLeft } from './leaving.ts'
import { getUsersByLocation } from './list.ts'
import { searchUsers } from './search.ts'
import { updateUser } from './update.ts'

/** `userLeft` is what the other resources do when a user leaves a location. */
export function users(app: Server, house: House, userLeft: readonly UserLeft[]): void {
  const finish = finishLeaving(app, house, userLeft)
  searchUsers(app, house)
  filterUsersByEmail(app, house)
  getUser(app, house)
  getUsersByLocation(app, house)
  createUser(app, house)
  updateUser(app, house, finish)
  deleteUser(app, house, finish)
}
