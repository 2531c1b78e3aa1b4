import { join, type Sql, sql } from '../../db/sql.ts'
import { isoText } from '../../db/wire-types.ts'
import type { EventOfChange } from '../../events/outbox.ts'

/** What all of upstream's opportunity events say of one. UPSTREAM: webhook-events, §7.3 */
const opportunity = sql`jsonb_build_object(
  'locationId', changed.location_id,
  'id', changed.id,
  'assignedTo', changed.assigned_to,
  'contactId', changed.contact_id,
  'monetaryValue', changed.monetary_value,
  'name', changed.name,
  'pipelineId', changed.pipeline_id,
  'pipelineStageId', changed.pipeline_stage_id,
  'source', changed.source,
  'status', changed.status,
  'dateAdded', ${isoText(sql`changed.created_at`)})`

const opportunityCreate = { type: 'OpportunityCreate', payload: opportunity }

/** Upstream fires it with every change, creation included. UPSTREAM: behaviour.md §7.2 */
export const opportunityUpdate = { type: 'OpportunityUpdate', payload: opportunity }

export const opportunityDelete = { type: 'OpportunityDelete', payload: opportunity }

export const opportunityStageUpdate = { type: 'OpportunityStageUpdate', payload: opportunity }

export const opportunityAssignedToUpdate = {
  type: 'OpportunityAssignedToUpdate',
  payload: opportunity,
}

/** A change of one column is told as an event of its own; the row was `target`. */
const specific = [
  {
    ...opportunityStageUpdate,
    when: sql`changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t)`,
  },
  {
    type: 'OpportunityStatusUpdate',
    payload: opportunity,
    when: sql`changed.status <> (select t.status from target t)`,
  },
  {
    type: 'OpportunityMonetaryValueUpdate',
    payload: opportunity,
    when: sql`changed.monetary_value <> (select t.monetary_value from target t)`,
  },
  {
    ...opportunityAssignedToUpdate,
    when: sql`changed.assigned_to is distinct from (select t.assigned_to from target t)`,
  },
]

const isToldAlready = join(
  specific.map(({ when }) => when),
  sql` or `,
)

/**
 * The events of creating, changing and deleting an opportunity. Upstream tells of each also by
 * `OpportunityUpdate`; without that extra one it is told only what no other event of upstream's
 * tells. To what `changes` is for, the row before is `target`.
 */
export function opportunityEvents(extraUpdate: boolean): {
  creates: readonly EventOfChange[]
  changes: readonly EventOfChange[]
  deletes: readonly EventOfChange[]
} {
  const extra = extraUpdate ? [opportunityUpdate] : []
  const update = extraUpdate
    ? opportunityUpdate
    : { ...opportunityUpdate, when: sql`not (${isToldAlready})` }
  return {
    creates: [opportunityCreate, ...extra],
    changes: [update, ...specific],
    deletes: [opportunityDelete, ...extra],
  }
}

/** DEVIATION: upstream has no event that tells who follows. `added` and `removed` are text[]. */
export const followersUpdate = ({ added, removed }: { added: Sql; removed: Sql }) => ({
  type: 'OpportunityFollowersUpdate',
  payload: sql`${opportunity} || jsonb_build_object(
    'followers', changed.followers,
    'followersAdded', ${added},
    'followersRemoved', ${removed})`,
})
