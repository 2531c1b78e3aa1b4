import type { Family } from '../../resource/family.ts'
import { getContact } from './contact.ts'

export const contacts: Family = {
  name: 'contacts',
  routes(app, context) {
    getContact(app, context)
  },
}
