import { type Sql, sql } from '../../../db/sql.ts'
import { changeSeveral } from '../../../events/outbox.ts'
import type { Reaction } from '../../../events/reactions.ts'
import { limits } from '../../../limits.ts'
import { opportunityAssignedToUpdate, opportunityDelete, opportunityUpdate } from '../events.ts'
import { indexChanges } from '../store/indexed.ts'
import { searchText } from '../store/search-text.ts'
import { deleteTarget } from './delete-target.ts'

/** A batch of a contact's opportunities, locked in the order of their ids. */
const lockedTarget = (locationId: string, contactId: string, condition: Sql = sql`true`) => sql`
  target as (
    select o.* from opportunities o
    where o.location_id = ${locationId} and o.contact_id = ${contactId} and ${condition}
    order by o.id limit ${limits.clearingRowsMax} for update)`

/** Deletes the opportunities of a deleted contact. UPSTREAM: behaviour-contacts.md §3.7 */
export const contactDeletedReaction = (extraUpdate: boolean): Reaction<'contactDeleted'> => ({
  apply: (tx, { locationId, contactId }, now) =>
    deleteTarget(tx, {
      locationId,
      now,
      target: lockedTarget(locationId, contactId),
      events: [opportunityDelete, ...(extraUpdate ? [opportunityUpdate] : [])],
    }),
})

/** Assigns the opportunities of a contact to its owner. UPSTREAM: behaviour-contacts.md §3.6 */
export const contactAssignedReaction = (extraUpdate: boolean): Reaction<'contactAssigned'> => ({
  apply: (tx, { locationId, contactId, assignedTo }, now) =>
    changeSeveral(tx, {
      locationId,
      now,
      version: sql`changed.index_version`,
      with: lockedTarget(
        locationId,
        contactId,
        sql`o.assigned_to is distinct from ${assignedTo}::text`,
      ),
      change: sql`
        update opportunities o
        set assigned_to = ${assignedTo}, updated_at = ${now}, index_version = o.index_version + 1
        from target
        where o.location_id = ${locationId} and o.id = target.id
        returning o.*`,
      ...indexChanges(locationId, { before: sql`target`, after: sql`changed` }),
      events: [...(extraUpdate ? [opportunityUpdate] : []), opportunityAssignedToUpdate],
    }),
})

/** Lets the opportunities of a renamed contact be found by its new name. */
export const contactRenamedReaction: Reaction<'contactRenamed'> = {
  async apply(tx, { locationId, contactId }) {
    const changed = await tx.query(sql`
      with target as (
        select o.id, ${searchText(sql`o.name`)} as search_text
        from opportunities o
        join contacts f on f.location_id = ${locationId} and f.id = ${contactId}
        where o.location_id = ${locationId} and o.contact_id = ${contactId}
          and o.search_text <> ${searchText(sql`o.name`)}
        order by o.id limit ${limits.clearingRowsMax} for update of o)
      update opportunities o set search_text = target.search_text
      from target
      where o.location_id = ${locationId} and o.id = target.id
      returning o.id`)
    return changed.length
  },
}
