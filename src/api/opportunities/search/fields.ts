import { sql } from '../../../db/sql.ts'
import {
  type FieldShape,
  type FilterField,
  fieldsByName,
  listField,
  plainField,
  textField,
  valueField,
} from '../../../resource/search/fields.ts'
import type { Condition } from '../../../resource/search/filter.ts'
import { statuses } from '../shapes.ts'
import { opportunityFollowers } from '../store/followed.ts'
import { contactName } from '../store/row.ts'

const contactJoin = { join: 'contact' }
const isCommon = { isCommon: true as const }

/** What every opportunity `o`, with its contact `c` and its counts `n`, has. */
const fields = {
  id: plainField('id', sql`o.id`),
  name: textField(sql`o.name`),
  contact_name: { ...textField(contactName), ...contactJoin },
  company_name: { ...textField(sql`c.company_name`), ...contactJoin },
  email: { ...textField(sql`c.email`), ...contactJoin },
  phone: { ...textField(sql`c.phone`), ...contactJoin },
  monetary_value: plainField('number', sql`o.monetary_value`),
  pipeline_id: { ...valueField(sql`o.pipeline_id`), countsColumn: sql`n.pipeline_id`, ...isCommon },
  pipeline_stage_id: {
    ...valueField(sql`o.pipeline_stage_id`),
    countsColumn: sql`n.pipeline_stage_id`,
    ...isCommon,
  },
  status: {
    ...valueField(sql`o.status`),
    values: statuses,
    countsColumn: sql`n.status`,
    ...isCommon,
  },
  lost_reason_id: valueField(sql`o.lost_reason_id`),
  // UPSTREAM: public-reports.md 28: `contains` of whole values.
  source: {
    ...valueField(sql`o.source`),
    operators: ['eq', 'not_eq', 'contains', 'not_contains', 'exists', 'not_exists'],
  },
  assigned_to: { ...valueField(sql`o.assigned_to`), countsColumn: sql`n.assigned_to`, ...isCommon },
  contact_id: valueField(sql`o.contact_id`),
  followers: { ...listField(sql`o.followers`), index: opportunityFollowers, ...isCommon },
  date_added: plainField('time', sql`o.created_at`),
  date_updated: plainField('time', sql`o.updated_at`),
  last_status_change_date: plainField('time', sql`o.last_status_change_at`),
  last_stage_change_date: plainField('time', sql`o.last_stage_change_at`),
} satisfies Record<string, FieldShape>

export const opportunityField = fieldsByName(fields)
export const opportunityFieldNames = [...Object.keys(fields), 'custom_fields.{id}']

const searchText: FilterField = {
  name: 'search_text',
  kind: 'text',
  column: sql`o.search_text`,
  hasValue: sql`true`,
}

/** The condition of a `q` or `query`; none when it is blank. UPSTREAM: public-reports.md 29, 30 */
export function textConditions(text: string | null | undefined): Condition[] {
  return text?.trim() ? [{ field: searchText, test: { is: 'with words', text } }] : []
}

/** DEVIATION: a contact has the country of its location. */
export const countryOf = (locationId: string): FilterField => ({
  name: 'country',
  ...valueField(
    sql`(select upper(l.country) from locations l where l.location_id = ${locationId})`,
  ),
})
