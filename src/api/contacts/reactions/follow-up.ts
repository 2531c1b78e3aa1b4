import type { AppContext } from '../../../context.ts'
import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import type { Leftover } from '../../../events/leftovers.ts'
import { type AllReactions, react } from '../../../events/reactions.ts'
import type { Changed } from '../store/change.ts'

type ContactKey = { locationId: string; contactId: string }
type Unfinished = { unfinished: string[]; assignedTo: string | null; couplesOwners: boolean }

/** Lets the records of other families follow their contacts, in batches. */
export const unfinishedContacts: Leftover<ContactKey> = {
  failureMessage: 'records of other families do not follow their contacts yet',
  find: (db, countMax) =>
    db.query<ContactKey>(sql`
      select c.location_id as "locationId", c.id as "contactId" from contacts c
      where c.unfinished <> '{}' order by c.location_id, c.id limit ${countMax}`),
  runStep: ({ db, now, reactions }, key) =>
    db.transaction((tx) => finishBatch(tx, reactions, key, now())),
}

/** Waits a moment until records of other families have followed a change, where there are any. */
export async function finishContact(
  { finish }: Pick<AppContext, 'finish'>,
  { hasFollowUp }: Changed,
): Promise<void> {
  if (hasFollowUp) await finish(unfinishedContacts)
}

/** Changes one batch of what a contact left unfinished; true when none is left. */
export async function finishBatch(
  tx: Queryable,
  reactions: AllReactions,
  { locationId, contactId }: ContactKey,
  now: Date,
): Promise<boolean> {
  const [contact] = await tx.query<Unfinished>(sql`
    select c.unfinished, c.assigned_to as "assignedTo",
      not coalesce((l.crm_settings ->> 'deSyncOwners')::boolean, false) as "couplesOwners"
    from contacts c join locations l on l.location_id = ${locationId}
    where c.location_id = ${locationId} and c.id = ${contactId} for no key update of c`)
  if (!contact) return true
  const { unfinished, assignedTo, couplesOwners } = contact
  const happening = { locationId, contactId }
  const areDone = [
    !unfinished.includes('deletion') ||
      (await react('contactDeleted', reactions, tx, happening, now)),
    !unfinished.includes('searchText') ||
      (await react('contactRenamed', reactions, tx, happening, now)),
    !unfinished.includes('assignee') ||
      !couplesOwners ||
      (await react('contactAssigned', reactions, tx, { ...happening, assignedTo }, now)),
  ]
  if (areDone.includes(false)) return false
  await tx.query(sql`
    update contacts set unfinished = '{}'
    where location_id = ${locationId} and id = ${contactId}`)
  return true
}
