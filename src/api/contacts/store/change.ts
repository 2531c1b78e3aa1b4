import type { AppContext } from '../../../context.ts'
import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { type ChangesWithEvents, changeSeveral, commitChange } from '../../../events/outbox.ts'
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
  const attempt = async (db: Queryable, read: typeof findContact, write: Write) => {
    const rewrite = await readAndDecide(db, target, decide, read)
    if (!rewrite) throw contactNotFound(target.id)
    if (rewrite.changed.length === 0) return unchanged(rewrite)
    const at = now()
    const isWritten = await write(rewriteOf(target.locationId, rewrite, at))
    return isWritten ? changed(rewrite, at) : undefined
  }
  const commit: Write = async (change) =>
    (await commitChange(db, { ...change, answer: sql`select from changed` })).length > 0
  let attempts = 0
  return settleRaces<Changed>(() => {
    attempts++
    if (attempts <= contactLimits.unlockedAttemptsMax) return attempt(db, findContact, commit)
    return db.transaction((tx) =>
      attempt(tx, lockContact, async (change) => (await changeSeveral(tx, change)) > 0),
    )
  })
}

/** Writes a change; false when the contact was written since it was read. */
type Write = (change: ChangesWithEvents) => Promise<boolean>

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
  const changed = changedNames(row, after)
  const followUps = followUpsOf(changed)
  const hasRecords = followUps.length > 0 && (await hasOpportunities(db, locationId, id))
  const unfinished = hasRecords ? followUps : []
  return { before: row, after, changed, unique, unfinished, writtenBy }
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
