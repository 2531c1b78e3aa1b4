import type { Family } from '../../resource/family.ts'
import { bulkBusiness } from './bulk/business.ts'
import { bulkTags } from './bulk/tags.ts'
import { deleteContact, getContact } from './contact.ts'
import { createContact } from './create.ts'
import { getDuplicateContact } from './duplicate.ts'
import { addContactFollowers, removeContactFollowers } from './followers.ts'
import { unfinishedContacts } from './reactions/follow-up.ts'
import { userLeftReaction } from './reactions/user-left.ts'
import { addTags, removeTags } from './tags.ts'
import { updateContact } from './update.ts'
import { upsertContact } from './upsert.ts'

export const contacts: Family = {
  name: 'contacts',
  routes(app, context) {
    getContact(app, context)
    createContact(app, context)
    updateContact(app, context)
    upsertContact(app, context)
    getDuplicateContact(app, context)
    deleteContact(app, context)
    addTags(app, context)
    removeTags(app, context)
    addContactFollowers(app, context)
    removeContactFollowers(app, context)
    bulkTags(app, context)
    bulkBusiness(app, context)
  },
  reactions: () => ({ userLeft: userLeftReaction }),
  leftovers: [unfinishedContacts],
}
