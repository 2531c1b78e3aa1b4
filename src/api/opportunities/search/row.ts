import type { SortValues } from '../../../resource/search/order.ts'
import { inSearchForm } from '../../custom-fields/values.ts'
import { opportunityOf, type Row } from '../store/row.ts'

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
