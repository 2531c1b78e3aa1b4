import type { Queryable } from '../db/database.ts'
import { limits } from '../limits.ts'

/** What happens in one family and concerns the records of other families, with its details. */
export type Happenings = {
  locationCreated: { locationId: string }
  contactDeleted: { locationId: string; contactId: string }
  contactRenamed: { locationId: string; contactId: string }
  contactAssigned: { locationId: string; contactId: string; assignedTo: string | null }
  userLeft: { locationId: string; userId: string }
  /** `moveTo` is the stage that takes their records; none when the whole pipeline was deleted. */
  stagesRemoved: { locationId: string; stageIds: readonly string[]; moveTo: string | undefined }
}

type HappeningName = keyof Happenings

/** What a family does when something happened elsewhere. */
export type Reaction<Name extends HappeningName> = {
  /**
   * Changes a batch of the records concerned, with their events, and returns how many: at most
   * `limits.clearingRowsMax`. Where there may be more, the family where it happened repeats it.
   */
  apply(tx: Queryable, happening: Happenings[Name], now: Date): Promise<number>
  /** Whether any record is still concerned; left out where one batch is always enough. */
  hasRemaining?(tx: Queryable, happening: Happenings[Name]): Promise<boolean>
}

/** The reactions of one family, by what happened. */
export type Reactions = { readonly [Name in HappeningName]?: Reaction<Name> }

/** The reactions of all families, which lock in the order of this list. */
export type AllReactions = readonly Reactions[]

export function reactionsTo<Name extends HappeningName>(
  name: Name,
  reactions: AllReactions,
): Reaction<Name>[] {
  return reactions.map((family) => family[name]).filter((reaction) => reaction !== undefined)
}

/** Lets each family change one batch in the same transaction; true when none has more. */
export async function react<Name extends HappeningName>(
  name: Name,
  reactions: AllReactions,
  tx: Queryable,
  happening: Happenings[Name],
  now: Date,
): Promise<boolean> {
  let isDone = true
  for (const { apply, hasRemaining } of reactionsTo(name, reactions)) {
    const count = await apply(tx, happening, now)
    if (count >= limits.clearingRowsMax || (await hasRemaining?.(tx, happening))) isDone = false
  }
  return isDone
}

/** Whether a record of any family is still concerned. */
export async function hasAnyRemaining<Name extends HappeningName>(
  name: Name,
  reactions: AllReactions,
  tx: Queryable,
  happening: Happenings[Name],
): Promise<boolean> {
  for (const { hasRemaining } of reactionsTo(name, reactions)) {
    if (await hasRemaining?.(tx, happening)) return true
  }
  return false
}
