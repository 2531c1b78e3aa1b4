import { join, type Sql, sql } from '../../db/sql.ts'
import { isoText } from '../../db/wire-types.ts'
import type { EventOfChange } from '../../events/outbox.ts'

/** The payload of all of upstream's opportunity events. UPSTREAM: webhook-events, §7.3 */
const opportunityPayload = sql`jsonb_build_object(
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

const opportunityCreate = { type: 'OpportunityCreate', payload: opportunityPayload }

/** Upstream fires it with every change, creation included. UPSTREAM: behaviour.md §7.2 */
export const opportunityUpdate = { type: 'OpportunityUpdate', payload: opportunityPayload }

export const opportunityDelete = { type: 'OpportunityDelete', payload: opportunityPayload }

export const opportunityStageUpdate = {
  type: 'OpportunityStageUpdate',
  payload: opportunityPayload,
}

export const opportunityAssignedToUpdate = {
  type: 'OpportunityAssignedToUpdate',
  payload: opportunityPayload,
}

/** A change of one column emits an event of its own; the row before is `target`. */
const columnEvents = [
  {
    ...opportunityStageUpdate,
    when: sql`changed.pipeline_stage_id <> (select t.pipeline_stage_id from target t)`,
  },
  {
    type: 'OpportunityStatusUpdate',
    payload: opportunityPayload,
    when: sql`changed.status <> (select t.status from target t)`,
  },
  {
    type: 'OpportunityMonetaryValueUpdate',
    payload: opportunityPayload,
    when: sql`changed.monetary_value <> (select t.monetary_value from target t)`,
  },
  {
    ...opportunityAssignedToUpdate,
    when: sql`changed.assigned_to is distinct from (select t.assigned_to from target t)`,
  },
]

const isEmittedAlready = join(
  columnEvents.map(({ when }) => when),
  sql` or `,
)

/**
 * The events of creating, changing and deleting an opportunity. Upstream emits `OpportunityUpdate`
 * beside each of them; without `extraUpdate` it is emitted only for changes that have no other
 * event of upstream's. In `onChange` the row before is `target`.
 */
export function opportunityEvents(extraUpdate: boolean): {
  onCreate: readonly EventOfChange[]
  onChange: readonly EventOfChange[]
  onDelete: readonly EventOfChange[]
} {
  const extra = extraUpdate ? [opportunityUpdate] : []
  const update = extraUpdate
    ? opportunityUpdate
    : { ...opportunityUpdate, when: sql`not (${isEmittedAlready})` }
  return {
    onCreate: [opportunityCreate, ...extra],
    onChange: [update, ...columnEvents],
    onDelete: [opportunityDelete, ...extra],
  }
}

/** DEVIATION: upstream has no event that tells who follows. `added` and `removed` are text[]. */
export const followersUpdate = ({ added, removed }: { added: Sql; removed: Sql }) => ({
  type: 'OpportunityFollowersUpdate',
  payload: sql`${opportunityPayload} || jsonb_build_object(
    'followers', changed.followers,
    'followersAdded', ${added},
    'followersRemoved', ${removed})`,
})
