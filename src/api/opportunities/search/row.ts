import type { SortValues } from '../../../resource/search/order.ts'
import type { DataTypes } from '../../custom-fields/definitions.ts'
import { foundCustomFields } from '../../custom-fields/values.ts'
import { type FoundRow, foundOpportunityOf } from '../store/row.ts'

/** Details that a search may ask for; there are none yet, so each is answered empty. */
export type RequestedDetails = {
  notes?: boolean | null | undefined
  tasks?: boolean | null | undefined
  calendarEvents?: boolean | null | undefined
  unReadConversations?: boolean | null | undefined
}

/** A row as searches show it. DEVIATION: notes, tasks, calendar events and conversations. */
export function searchedOpportunityOf(
  row: FoundRow,
  { sort, dataTypes }: { sort: SortValues; dataTypes: DataTypes },
  details: RequestedDetails,
): object {
  return {
    ...foundOpportunityOf(row),
    customFields: foundCustomFields(row.customFields, dataTypes),
    ...(details.notes && { notes: [] }),
    ...(details.tasks && { tasks: [] }),
    // UPSTREAM: public-reports.md 31: the one is the contract's, the other what is recorded.
    ...(details.calendarEvents && { calendarEvents: [], calenders: [] }),
    ...(details.unReadConversations && { unReadConversations: 0 }),
    sort,
  }
}
