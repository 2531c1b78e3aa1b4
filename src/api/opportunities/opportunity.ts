import type { Static } from 'typebox'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import { opportunityNotFound } from './errors.ts'
import { opportunityEvents } from './events.ts'
import { OpportunityAnswer, OpportunityParams, StatusBody, SucceededAnswer } from './shapes.ts'
import { opportunityOf } from './store/row.ts'
import { findOpportunity } from './store/statements.ts'
import { removeOpportunity } from './store/writes.ts'
import { changeOpportunity } from './update.ts'

const refuses = [opportunityNotFound]

export function getOpportunity(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /opportunities/:id',
    { params: OpportunityParams, answer: OpportunityAnswer, refuses },
    async ({ locationId, params }) => {
      const row = await findOpportunity(db, locationId, params.id)
      if (!row) throw opportunityNotFound()
      return { opportunity: opportunityOf(row) }
    },
  )
}

export function updateOpportunityStatus(app: Server, context: AppContext): void {
  operation(
    app,
    'PUT /opportunities/:id/status',
    { params: OpportunityParams, body: StatusBody, answer: SucceededAnswer, refuses },
    async ({ locationId, params, body: { status, lostReasonId } }) => {
      const change = { status, lostReasonId }
      const changed = await changeOpportunity(context, locationId, params.id, change)
      if (!changed) throw opportunityNotFound()
      return { succeded: true, success: true }
    },
  )
}

export function deleteOpportunity(app: Server, context: AppContext): void {
  operation(
    app,
    'DELETE /opportunities/:id',
    { params: OpportunityParams, answer: SucceededAnswer, refuses },
    async ({ locationId, params }) => remove(context, locationId, params.id),
  )
}

/** Deletes an opportunity, or refuses to in the words of the operation. */
export async function remove(
  { db, now, extraOpportunityUpdate = true }: AppContext,
  locationId: string,
  id: string,
): Promise<Static<typeof SucceededAnswer>> {
  const { onDelete: deletes } = opportunityEvents(extraOpportunityUpdate)
  if (!(await removeOpportunity(db, locationId, id, now(), deletes))) throw opportunityNotFound()
  return { succeded: true, success: true }
}
