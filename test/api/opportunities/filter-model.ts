import type { FoundRow } from './searching.ts'

/** A filter as clients write it. */
export type Node =
  | { group: 'AND' | 'OR'; filters: Node[] }
  | { field: string; operator: string; value?: unknown }

/** The types of the custom fields that a model knows. */
export type Types = Readonly<Record<string, string>>

/** The operators of each kind of field: the table of the official guide. */
const text = ['eq', 'not_eq', 'contains', 'not_contains', 'exists', 'not_exists']
const value = ['eq', 'not_eq', 'exists', 'not_exists']
const time = ['range', 'exists', 'not_exists']
const number = ['eq', 'not_eq', 'range', 'exists', 'not_exists']

export const operatorsOf: Readonly<Record<string, readonly string[]>> = {
  id: ['eq', 'not_eq'],
  name: text,
  contact_name: text,
  company_name: text,
  email: text,
  phone: text,
  monetary_value: number,
  pipeline_id: value,
  pipeline_stage_id: value,
  status: value,
  lost_reason_id: value,
  source: [...text],
  assigned_to: value,
  contact_id: value,
  followers: text,
  date_added: time,
  date_updated: time,
  last_status_change_date: time,
  last_stage_change_date: time,
}

export const operatorsOfType: Readonly<Record<string, readonly string[]>> = {
  TEXT: text,
  LARGE_TEXT: text,
  SINGLE_OPTIONS: text,
  RADIO: text,
  PHONE: text,
  TEXTBOX_LIST: text,
  CHECKBOX: value,
  MULTIPLE_OPTIONS: value,
  NUMERICAL: number,
  MONETORY: number,
  DATE: time,
}

const members: Readonly<Record<string, (row: FoundRow) => unknown>> = {
  id: (row) => row.id,
  name: (row) => row.name,
  contact_name: ({ contact }) => contact.name,
  company_name: ({ contact }) => contact.companyName,
  email: ({ contact }) => contact.email,
  phone: ({ contact }) => contact.phone,
  monetary_value: (row) => row.monetaryValue,
  pipeline_id: (row) => row.pipelineId,
  pipeline_stage_id: (row) => row.pipelineStageId,
  status: (row) => row.status,
  lost_reason_id: (row) => row.lostReasonId,
  source: (row) => row.source,
  assigned_to: (row) => row.assignedTo,
  contact_id: (row) => row.contactId,
  followers: (row) => row.followers,
  date_added: (row) => row.createdAt,
  date_updated: (row) => row.updatedAt,
  last_status_change_date: (row) => row.lastStatusChangeAt,
  last_stage_change_date: (row) => row.lastStageChangeAt,
}

/** What a row holds in a field; undefined when it holds nothing. */
export function valueIn(row: FoundRow, field: string): unknown {
  const member = members[field]
  if (member) return member(row)
  const [, id, option] = field.split('.')
  const found = row.customFields.find((one) => one.id === id)
  if (option !== undefined) {
    return (found?.fieldValueObject as Record<string, unknown> | undefined)?.[option]
  }
  if (found?.type === 'date') {
    return new Date(Number(found.fieldValueDate)).toISOString().slice(0, 10)
  }
  return found && (found.fieldValueString ?? found.fieldValueNumber ?? found.fieldValueArray)
}

/** Whether `contains` asks for a whole value: for a follower, or a source. */
export const isWhole = (field: string) => field === 'followers' || field === 'source'

const isFolded = (field: string, types: Types) =>
  operatorsOf[field] === text || operatorsOfType[types[field] ?? ''] === text

const fold = (part: unknown) =>
  String(part)
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()

/** Whether a row passes a filter: the model that the server's SQL is compared with. */
export function passes(row: FoundRow, node: Node, types: Types): boolean {
  if ('group' in node) {
    return node.group === 'AND'
      ? node.filters.every((one) => passes(row, one, types))
      : node.filters.some((one) => passes(row, one, types))
  }
  const { field, operator, value } = node
  const rowValue = valueIn(row, field)
  if (operator.startsWith('not_')) {
    return !passes(row, { ...node, operator: operator.slice('not_'.length) }, types)
  }
  const parts = rowValue === undefined || rowValue === null ? [] : [rowValue].flat()
  if (operator === 'exists') return parts.some((part) => part !== '')
  if (operator === 'range') {
    return parts.some((part) => isWithin(part, value as Record<string, number | string>))
  }
  if (operator === 'contains' && !isWhole(field)) {
    return parts.some((part) => fold(part).includes(fold(value)))
  }
  const form = isFolded(field, types) && !isWhole(field) ? fold : String
  const wantedValues = [value].flat().map(form)
  return parts.some((part) => wantedValues.includes(form(part)))
}

/** Numbers as they are, times and days in milliseconds; a day ends with its last one. */
function isWithin(value: unknown, range: Record<string, number | string>): boolean {
  const isTime = typeof value === 'string'
  const at = isTime ? Date.parse(value) : Number(value)
  const isDay = isTime && value.length === 10
  return Object.entries(range).every(([side, bound]) => {
    if (!isTime) return compare(side, at, Number(bound), Number(bound))
    const text = String(bound)
    const from = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text)
    const day = Date.parse(new Date(from).toISOString().slice(0, 10))
    if (isDay) return compare(side, at, day, day)
    const isWhole = /^\d{4}-\d\d-\d\d$/.test(text)
    return compare(side, at, from, isWhole ? from + 86_400_000 - 1 : from)
  })
}

function compare(side: string, at: number, first: number, last: number): boolean {
  switch (side) {
    case 'gte':
      return at >= first
    case 'gt':
      return at > last
    case 'lte':
      return at <= last
    default:
      return at < first
  }
}
