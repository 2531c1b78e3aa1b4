import { type Sql, sql } from '../../../db/sql.ts'
import { contactName } from '../store/row.ts'
import { folded } from '../store/search-text.ts'

/** What can be asked of a field. UPSTREAM: behaviour.md §2.4 */
export const operators = [
  'eq',
  'not_eq',
  'contains',
  'not_contains',
  'exists',
  'not_exists',
  'range',
] as const
export type Operator = (typeof operators)[number]

/** How a field's values are compared. */
export type Kind = 'id' | 'text' | 'value' | 'users' | 'options' | 'number' | 'time' | 'day'

/** A field of a filter, on an opportunity `o` with its contact `c`. */
export type FilterField = {
  name: string
  kind: Kind
  /** What values are compared with; text is folded. */
  column: Sql
  /** Whether it has a value. */
  there: Sql
  /** The same column of the counts `n`, for what is counted by it. */
  counted?: Sql
  isOfContact?: true
}

const textOperators = operators.filter((operator) => operator !== 'range')

/** UPSTREAM: the table of behaviour.md §2.4 */
export const operatorsOf: Readonly<Record<Kind, readonly Operator[]>> = {
  id: ['eq', 'not_eq'],
  text: textOperators,
  value: ['eq', 'not_eq', 'exists', 'not_exists'],
  users: textOperators,
  options: ['eq', 'not_eq', 'exists', 'not_exists'],
  number: ['eq', 'not_eq', 'range', 'exists', 'not_exists'],
  time: ['range', 'exists', 'not_exists'],
  day: ['range', 'exists', 'not_exists'],
}

const hasText = (column: Sql) => sql`coalesce(${column}, '') <> ''`

const text = (column: Sql) => ({
  kind: 'text' as const,
  column: folded(column),
  there: hasText(column),
})
const ofContact = (column: Sql) => ({ ...text(column), isOfContact: true as const })
const value = (column: Sql, counted?: Sql) => ({
  kind: 'value' as const,
  column,
  there: hasText(column),
  ...(counted && { counted }),
})
const given = (kind: Kind, column: Sql) => ({ kind, column, there: sql`${column} is not null` })

const fields: readonly FilterField[] = Object.entries({
  id: given('id', sql`o.id`),
  name: text(sql`o.name`),
  contact_name: ofContact(contactName),
  company_name: ofContact(sql`c.company_name`),
  email: ofContact(sql`c.email`),
  phone: ofContact(sql`c.phone`),
  monetary_value: given('number', sql`o.monetary_value`),
  pipeline_id: value(sql`o.pipeline_id`, sql`n.pipeline_id`),
  pipeline_stage_id: value(sql`o.pipeline_stage_id`, sql`n.pipeline_stage_id`),
  status: value(sql`o.status`, sql`n.status`),
  lost_reason_id: value(sql`o.lost_reason_id`),
  source: value(sql`o.source`),
  assigned_to: value(sql`o.assigned_to`, sql`n.assigned_to`),
  contact_id: value(sql`o.contact_id`),
  followers: {
    kind: 'users' as const,
    column: sql`o.followers`,
    there: sql`cardinality(o.followers) > 0`,
  },
  date_added: given('time', sql`o.created_at`),
  date_updated: given('time', sql`o.updated_at`),
  last_status_change_date: given('time', sql`o.last_status_change_at`),
  last_stage_change_date: given('time', sql`o.last_stage_change_at`),
}).map(([name, field]) => ({ name, ...field }))

const byName = new Map(fields.map((field) => [field.name, field]))

/** A field that every opportunity has. */
export function ownField(name: string): FilterField | undefined {
  return byName.get(name)
}

/** What `q` and `query` are looked for in. */
export const searchText: FilterField = {
  name: 'search_text',
  kind: 'text',
  column: sql`o.search_text`,
  there: sql`true`,
}

/** DEVIATION: a contact has the country of its location. */
export const countryOf = (locationId: string): FilterField => ({
  name: 'country',
  ...value(sql`(select upper(l.country) from locations l where l.location_id = ${locationId})`),
})

/** `custom_fields.{id}` or `custom_fields.{id}.{optionId}`, taken apart. */
export function customNameOf(name: string): { id: string; optionId?: string } | undefined {
  const [, id, , optionId] = /^custom_fields\.([^.]+)(\.(.+))?$/s.exec(name) ?? []
  if (id === undefined) return undefined
  return optionId === undefined ? { id } : { id, optionId }
}

const kinds: Readonly<Record<string, Kind>> = {
  CHECKBOX: 'options',
  MULTIPLE_OPTIONS: 'options',
  NUMERICAL: 'number',
  MONETORY: 'number',
  DATE: 'day',
}
const listType = 'TEXTBOX_LIST'

/**
 * A custom field by its definition's type; without a definition it is text. Undefined for one that
 * is asked about in a way that its type does not have.
 */
export function customField(name: string, type: string | undefined): FilterField | undefined {
  const custom = customNameOf(name)
  if (!custom) return undefined
  const { id, optionId } = custom
  const held = sql`jsonb_path_query_first(o.custom_fields, '$[*] ? (@.id == $id).fieldValue',
    jsonb_build_object('id', ${id}::text))`
  if (optionId !== undefined) {
    const isList = type === undefined || type === listType
    return isList ? { name, ...text(sql`(${held} ->> ${optionId}::text)`) } : undefined
  }
  if (type === listType) return undefined
  const kind = kinds[type ?? ''] ?? 'text'
  const there = sql`coalesce(${held}, 'null') not in ('null', '""', '[]', '{}')`
  return { name, kind, column: comparable(kind, held), there }
}

/** A custom field's value as what it is compared as; null where it is none of that. */
function comparable(kind: Kind, held: Sql): Sql {
  const words = sql`(${held} #>> '{}')`
  const isNumber = sql`jsonb_typeof(${held}) = 'number'`
  switch (kind) {
    case 'options':
      return held
    case 'number':
      return sql`case when ${isNumber} or ${words} ~ '^-?[0-9]{1,40}(\\.[0-9]{1,40})?$'
        then ${words}::numeric end`
    case 'day':
      // Milliseconds outside the years that have days would be an error of the database.
      return sql`case
        when ${isNumber} then case
          when ${words}::numeric between -62135596800000 and 253402300799999
          then to_char(to_timestamp(${words}::float8 / 1000) at time zone 'UTC', 'YYYY-MM-DD') end
        when ${words} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then left(${words}, 10) end collate "C"`
    default:
      return folded(words)
  }
}
