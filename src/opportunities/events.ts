import { type Sql, sql } from '../db/sql.ts'
import { isoText } from '../db/wire-types.ts'

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

export const opportunityCreate = { type: 'OpportunityCreate', payload: opportunity }

/** Upstream fires it with every change, creation included. UPSTREAM: behaviour.md §7.2 */
export const opportunityUpdate = { type: 'OpportunityUpdate', payload: opportunity }

/** Upstream fires OpportunityUpdate with it too. UPSTREAM: behaviour.md §7.2 */
export const opportunityDelete = { type: 'OpportunityDelete', payload: opportunity }

export const opportunityStageUpdate = { type: 'OpportunityStageUpdate', payload: opportunity }

export const opportunityAssignedToUpdate = {
  type: 'OpportunityAssignedToUpdate',
  payload: opportunity,
}

/** DEVIATION: upstream has no event that tells who follows. `added` and `removed` are text[]. */
export const followersUpdate = ({ added, removed }: { added: Sql; removed: Sql }) => ({
  type: 'OpportunityFollowersUpdate',
  payload: sql`${opportunity} || jsonb_build_object(
    'followers', changed.followers,
    'followersAdded', ${added},
    'followersRemoved', ${removed})`,
})
