import type { Family } from '../../resource/family.ts'
import { createUser } from './create.ts'
import { deleteUser } from './delete.ts'
import { leavers } from './leaving.ts'
import { filterUsersByEmail, getUser, getUsersByLocation, searchUsers } from './read.ts'
import { updateUser } from './update.ts'

export const users: Family = {
  name: 'users',
  routes(app, context) {
    searchUsers(app, context)
    filterUsersByEmail(app, context)
    getUser(app, context)
    getUsersByLocation(app, context)
    createUser(app, context)
    updateUser(app, context)
    deleteUser(app, context)
  },
  leftovers: [leavers],
}
