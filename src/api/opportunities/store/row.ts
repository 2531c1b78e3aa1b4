import type { Static } from 'typebox'
import { sql } from '../../../db/sql.ts'
import type { FoundMembers, OpportunityAnswer } from '../shapes.ts'

/** An opportunity as clients see it, and as searches show it. */
export type Opportunity = Static<typeof OpportunityAnswer>['opportunity']
export type FoundOpportunity = Static<typeof FoundMembers>

export const contactName = sql`concat_ws(' ', c.first_name, c.last_name)`

/** What a `FoundRow` has of an opportunity `o`, its stage `s` and its contact `c`. */
export const foundColumns = sql`o.id, o.name, o.monetary_value as "monetaryValue",
  o.pipeline_id as "pipelineId", o.pipeline_stage_id as "pipelineStageId",
  o.assigned_to as "assignedTo", o.status, o.source,
  o.last_status_change_at as "lastStatusChangeAt", o.last_stage_change_at as "lastStageChangeAt",
  o.last_action_at as "lastActionDate", o.index_version as "indexVersion",
  o.created_at as "createdAt", o.updated_at as "updatedAt",
  o.forecast_expected_close_date as "forecastExpectedCloseDate",
  o.forecast_original_close_date as "forecastOriginalCloseDate",
  o.forecast_slippage_count as "forecastSlippageCount",
  o.forecast_days_slipped as "forecastDaysSlipped",
  o.forecast_last_slipped_at as "forecastLastSlippedAt",
  o.forecast_probability as "forecastProbability",
  coalesce(o.forecast_probability, s.stage_win_probability) as "effectiveProbability",
  o.contact_id as "contactId", o.location_id as "locationId", o.custom_fields as "customFields",
  o.lost_reason_id as "lostReasonId", o.followers, o.attributions,
  ${contactName} as "contactName", c.company_name as "contactCompany", c.email as "contactEmail",
  c.phone as "contactPhone", c.tags as "contactTags"`

/** What an `OpportunityRow` has. */
export const opportunityColumns = sql`${foundColumns}, c.followers as "contactFollowers",
  c.assigned_to as "contactAssignee", o.internal_source as "internalSource"`

export const stageAndContactJoins = (locationId: string) => sql`
  join pipeline_stages s on s.location_id = ${locationId} and s.id = o.pipeline_stage_id
  join contacts c on c.location_id = ${locationId} and c.id = o.contact_id`

/** An opportunity as the database gives it, with its contact in the same row. */
export type FoundRow = Omit<FoundOpportunity, 'pipelineStageUId' | 'relations' | 'contact'> & {
  contactName: string
  contactCompany: string | null
  contactEmail: string | null
  contactPhone: string | null
  contactTags: string[]
}

export type OpportunityRow = FoundRow &
  Pick<Opportunity, 'internalSource'> & {
    contactFollowers: string[]
    contactAssignee: string | null
  }

/** A row as searches show it. Building JSON takes the database longer than all else of a page. */
export function foundOpportunityOf(row: FoundRow): FoundOpportunity {
  const {
    contactName: name,
    contactCompany: companyName,
    contactEmail: email,
    contactPhone: phone,
    contactTags: tags,
    ...own
  } = row
  const relation = {
    associationId: 'OPPORTUNITIES_CONTACTS_ASSOCIATION',
    relationId: own.id,
    primary: true,
    objectKey: 'contact',
    recordId: own.contactId,
    fullName: name,
    contactName: name,
    companyName,
    email,
    phone,
    tags,
    attributed: null,
  }
  return {
    ...own,
    pipelineStageUId: own.pipelineStageId,
    relations: [relation],
    contact: { id: own.contactId, name, companyName, email, phone, tags, score: [] },
  }
}

/** A row as its own operations show it, all alike. UPSTREAM: public-reports.md 12 */
export function opportunityOf(row: OpportunityRow): Opportunity {
  const { contactFollowers: followers, contactAssignee: assignedTo, internalSource, ...own } = row
  const { contact, ...shown } = foundOpportunityOf(own)
  return {
    ...shown,
    contact: { ...contact, followers, assignedTo },
    isAttribute: false,
    internalSource,
  }
}
