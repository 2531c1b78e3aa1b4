import { opportunityOf, type Row } from '../store/row.ts'
import type { SortValues } from './order.ts'

/** What there is none of yet; a search that asks for it is told so. */
export type Details = {
  notes?: boolean | null | undefined
  tasks?: boolean | null | undefined
  calendarEvents?: boolean | null | undefined
  unReadConversations?: boolean | null | undefined
}

/** A row as searches show it. DEVIATION: notes, tasks, calendar events and conversations. */
export function foundOf(row: Row, sort: SortValues, wanted: Details): object {
  return {
    ...opportunityOf(row),
    customFields: row.customFields.flatMap(inSearchForm),
    ...(wanted.notes && { notes: [] }),
    ...(wanted.tasks && { tasks: [] }),
    ...(wanted.calendarEvents && { calendarEvents: [] }),
    ...(wanted.unReadConversations && { unReadConversations: 0 }),
    sort,
  }
}

/** UPSTREAM: behaviour.md §2.2. DEVIATION: a custom field without a value is left out. */
function inSearchForm({ id, fieldValue: value }: Row['customFields'][number]): object[] {
  if (Array.isArray(value)) return [{ id, type: 'array', fieldValueArray: value }]
  switch (typeof value) {
    case 'string':
      return [{ id, type: 'string', fieldValueString: value }]
    case 'number':
      return [{ id, type: 'number', fieldValueNumber: value }]
    case 'boolean':
      return [{ id, type: 'boolean', fieldValueBoolean: value }]
    default:
      return value ? [{ id, type: 'object', fieldValueObject: value }] : []
  }
}
