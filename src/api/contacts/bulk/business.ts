import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { operation } from '../../../resource/operation.ts'
import { writerOf } from '../input/writer.ts'
import { BulkBusinessAnswer, BulkBusinessBody } from '../shapes.ts'
import { changeContact } from '../store/change.ts'
import { findPresent } from '../store/statements.ts'

export function bulkBusiness(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /contacts/bulk/business',
    {
      description:
        'Add/Remove Contacts From Business . Passing a `null` businessId will remove the ' +
        'businessId from the contacts',
      body: BulkBusinessBody,
      answer: BulkBusinessAnswer,
      access: ['bearer'],
      scope: 'contacts.write',
    },
    async ({ locationId, body: { ids: wanted, businessId }, request }) => {
      const { writtenBy } = writerOf(request, context)
      // DEVIATION: contacts that are not there; the rest is changed.
      const ids = await findPresent(context.db, locationId, wanted)
      for (const id of ids) {
        const target = { locationId, id, writtenBy }
        await changeContact(context, target, async () => ({ values: { businessId } }))
      }
      return { success: true, ids }
    },
  )
}
