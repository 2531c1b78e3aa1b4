import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import { contactNotFound } from './errors.ts'
import { ContactAnswer, ContactParams } from './shapes.ts'
import { contactOf } from './store/row.ts'
import { findContact } from './store/statements.ts'

export function getContact(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /contacts/:contactId',
    { params: ContactParams, answer: ContactAnswer },
    async ({ locationId, params, generation }) => {
      const row = await findContact(db, locationId, params.contactId)
      if (!row) throw contactNotFound(params.contactId)
      return { contact: contactOf(row, generation) }
    },
  )
}
