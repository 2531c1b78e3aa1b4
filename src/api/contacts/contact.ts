import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import { contactNotFound } from './errors.ts'
import { finishBatch, unfinishedContacts } from './reactions/follow-up.ts'
import { ContactAnswer, ContactParams, DeletedAnswer } from './shapes.ts'
import { contactOf } from './store/row.ts'
import { findContact, lockContact } from './store/statements.ts'
import { removeContact } from './store/writes.ts'

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

export function deleteContact(app: Server, context: AppContext): void {
  operation(
    app,
    'DELETE /contacts/:contactId',
    { params: ContactParams, answer: DeletedAnswer },
    async ({ locationId, params: { contactId } }) => {
      const { db, now, reactions, finish } = context
      const isDone = await db.transaction(async (tx) => {
        if (!(await lockContact(tx, locationId, contactId))) throw contactNotFound(contactId)
        await removeContact(tx, locationId, contactId, now())
        return finishBatch(tx, reactions, { locationId, contactId }, now())
      })
      if (!isDone) await finish(unfinishedContacts)
      return { succeded: true, succeeded: true }
    },
  )
}
