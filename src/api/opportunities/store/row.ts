import type { Static } from 'typebox'
import { sql } from '../../../db/sql.ts'
import type { CreatedAnswer, OpportunityAnswer } from '../shapes.ts'

/** An opportunity as clients see it, and as it is shown once, when it is created. */
export type Opportunity = Static<typeof OpportunityAnswer>['opportunity']
export type CreatedOpportunity = Static<typeof CreatedAnswer>['opportunity']

export const contactName = sql`concat_ws(' ', c.first_name, c.last_name)`

/** What a `Row` has of an opportunity `o`, its stage `s` and its contact `c`. */
export const opportunityColumns = sql`o.id, o.name, o.monetary_value as "monetaryValue",
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

/** What a `CreatedRow` has besides. */
export const createdColumns = sql`${opportunityColumns}, c.followers as "contactFollowers",
  o.internal_source as "internalSource"`

export const stageAndContactJoins = (locationId: string) => sql`
  join pipeline_stages s on s.location_id = ${locationId} and s.id = o.pipeline_stage_id
  join contacts c on c.location_id = ${locationId} and c.id = o.contact_id`

/** An opportunity as the database gives it, with its contact in the same row. */
export type OpportunityRow = Omit<Opportunity, 'pipelineStageUId' | 'relations' | 'contact'> & {
  contactName: string
  contactCompany: string | null
  contactEmail: string | null
  contactPhone: string | null
  contactTags: string[]
}

export type CreatedOpportunityRow = OpportunityRow &
  Pick<CreatedOpportunity, 'internalSource'> & { contactFollowers: string[] }

/** A row as clients see it. Building JSON takes the database longer than all else of a page. */
export function opportunityOf(row: OpportunityRow): Opportunity {
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

/** The row of a creation as everything but the creation shows it. */
export function upsertedOpportunityOf(row: CreatedOpportunityRow): Opportunity {
  const { contactFollowers: _followers, internalSource: _source, ...own } = row
  return opportunityOf(own)
}

/** UPSTREAM: the members of behaviour.md §2.2 */
export function createdOpportunityOf({
  contactFollowers: followers,
  ...row
}: CreatedOpportunityRow): CreatedOpportunity {
  const { contactId: id, contactName: name, contactEmail, contactPhone, contactTags } = row
  return {
    ...opportunityOf(row),
    contact: { id, name, email: contactEmail, phone: contactPhone, tags: contactTags, followers },
    isAttribute: false,
    internalSource: row.internalSource,
  }
}
