import type { AppContext } from '../../../context.ts'
import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { changeSeveral, commitChange } from '../../../events/outbox.ts'
import { settleRaces } from '../../../resource/races.ts'
import { contactNotFound } from '../errors.ts'
import { contactLimits } from '../limits.ts'
import type { ContactRow, ContactValues, WrittenBy } from './row.ts'
import { findContact, hasOpportunities, lockContact } from './statements.ts'
import { changedNames, followUpsOf, type Rewrite, rewriteOf, type UniqueKeys } from './writes.ts'

/** What is to become of a contact, as it was read; may refuse. */
export type Decide = (
  row: ContactRow,
  db: Queryable,
) => Promise<{ values: Partial<ContactValues>; unique?: UniqueKeys }>

export type ChangeTarget = { locationId: string; id: string; writtenBy: WrittenBy }

/** A contact before and after a change. */
export type Changed = {
  before: ContactRow
  after: ContactRow
  /** Whether records of other families are to follow. */
  hasFollowUp: boolean
}

/**
 * Changes a contact by what is decided from its row. Changes that meet read it again, and then
 * lock it, so that each gets its turn.
 */
export async function changeContact(
  { db, now }: AppContext,
  target: ChangeTarget,
  decide: Decide,
): Promise<Changed> {
  let attempts = 0
  return settleRaces<Changed>(async () => {
    attempts++
    if (attempts <= contactLimits.unlockedAttemptsMax) {
      const rewrite = await readAndDecide(db, target, decide, findContact)
      if (!rewrite) throw contactNotFound(target.id)
      if (changedNames(rewrite).length === 0) return unchanged(rewrite)
      const at = now()
      const change = {
        ...rewriteOf(target.locationId, rewrite, at),
        answer: sql`select from changed`,
      }
      const [written] = await commitChange<object>(db, change)
      return written && changed(rewrite, at)
    }
    return db.transaction(async (tx) => {
      const rewrite = await readAndDecide(tx, target, decide, lockContact)
      if (!rewrite) throw contactNotFound(target.id)
      if (changedNames(rewrite).length === 0) return unchanged(rewrite)
      const at = now()
      await changeSeveral(tx, rewriteOf(target.locationId, rewrite, at))
      return changed(rewrite, at)
    })
  })
}

async function readAndDecide(
  db: Queryable,
  { locationId, id, writtenBy }: ChangeTarget,
  decide: Decide,
  read: typeof findContact,
): Promise<Rewrite | undefined> {
  const row = await read(db, locationId, id)
  if (!row) return undefined
  const { values, unique = [] } = await decide(row, db)
  const after = { ...valuesOf(row), ...values }
  const followUps = followUpsOf(changedNames({ before: row, after }))
  const hasRecords = followUps.length > 0 && (await hasOpportunities(db, locationId, id))
  return { before: row, after, unique, unfinished: hasRecords ? followUps : [], writtenBy }
}

/** What may change of a row. */
function valuesOf(row: ContactRow): ContactValues {
  const { firstName, lastName, email, phone, companyName, address1, city, state } = row
  const { postalCode, country, timezone, website, gender, dateOfBirth, source, tags } = row
  const { assignedTo, dnd, dndSettings, inboundDndSettings, customFields, businessId } = row
  const names = { firstName, lastName, email, phone, companyName }
  const place = { address1, city, state, postalCode, country, timezone, website }
  const settings = { dnd, dndSettings, inboundDndSettings, customFields, businessId }
  return { ...names, ...place, gender, dateOfBirth, source, tags, assignedTo, ...settings }
}

const unchanged = ({ before }: Rewrite): Changed => ({ before, after: before, hasFollowUp: false })

function changed({ before, after, unfinished, writtenBy }: Rewrite, at: Date): Changed {
  const own = {
    lastUpdatedBy: writtenBy,
    dateUpdated: at.toISOString(),
    version: before.version + 1,
  }
  return { before, after: { ...before, ...after, ...own }, hasFollowUp: unfinished.length > 0 }
}
