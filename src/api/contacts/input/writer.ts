import type { FastifyRequest } from 'fastify'
import { locationCallerOf } from '../../../auth/bearer.ts'
import type { AppContext } from '../../../context.ts'
import type { Queryable } from '../../../db/database.ts'
import { assigneeInvalid } from '../errors.ts'
import type { WrittenBy } from '../store/row.ts'
import { isMember } from '../store/statements.ts'

/** The caller who writes, and the location to write in. */
export type Writer = {
  context: AppContext
  locationId: string
  writtenBy: WrittenBy
  log: FastifyRequest['log']
}

/** UPSTREAM: behaviour-contacts.md §1.1. DEVIATION: a private integration writes as an app does. */
export function writerOf(request: FastifyRequest, context: AppContext): Writer {
  const { locationId, sourceId } = locationCallerOf(request)
  const timestamp = context.now().toISOString()
  const writtenBy = { source: 'INTEGRATION', channel: 'OAUTH', sourceId, timestamp }
  return { context, locationId, writtenBy, log: request.log }
}

/** Refuses an assignee who does not work in the location. */
export async function checkAssignee(
  db: Queryable,
  locationId: string,
  userId: string | null | undefined,
): Promise<void> {
  if (userId && !(await isMember(db, locationId, userId))) throw assigneeInvalid()
}
