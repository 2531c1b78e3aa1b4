import type { Family } from '../../resource/family.ts'
import { getContact } from './contact.ts'
import { createContact } from './create.ts'
import { getDuplicateContact } from './duplicate.ts'
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
  },
}
