import type { Queryable } from '../db/database.ts'
import { limits } from '../limits.ts'

/** What happens in one family and concerns the records of others, with what is known of it. */
export type Happenings = {
  locationCreated: { locationId: string }
  userLeft: { locationId: string; userId: string }
  /** `moveTo` is the stage that takes their records; none when the whole pipeline was deleted. */
  stagesRemoved: { locationId: string; stageIds: readonly string[]; moveTo: string | undefined }
}

type Name = keyof Happenings

/** What a family does when something happened elsewhere. */
export type Reaction<Happened extends Name> = {
  /**
   * Changes some records that are concerned, with their events, and returns of how many: at most
   * `limits.clearingRowsMax`. Where there may be more, whoever it happened to goes on in steps.
   */
  step(tx: Queryable, happened: Happenings[Happened], now: Date): Promise<number>
  /** Whether any record is still concerned; left out where one step is always all. */
  remain?(tx: Queryable, happened: Happenings[Happened]): Promise<boolean>
}

/** What one family does, by what happened. */
export type Reactions = { readonly [Happened in Name]?: Reaction<Happened> }

/** What all families do; they take their locks in the order of this list. */
export type AllReactions = readonly Reactions[]

export function reactionsTo<Happened extends Name>(
  name: Happened,
  all: AllReactions,
): Reaction<Happened>[] {
  return all.map((one) => one[name]).filter((reaction) => reaction !== undefined)
}

/** Lets each family do a step in the same transaction; whether nothing is left to do. */
export async function react<Happened extends Name>(
  name: Happened,
  all: AllReactions,
  tx: Queryable,
  happened: Happenings[Happened],
  now: Date,
): Promise<boolean> {
  let isDone = true
  for (const { step, remain } of reactionsTo(name, all)) {
    const count = await step(tx, happened, now)
    if (count >= limits.clearingRowsMax || (await remain?.(tx, happened))) isDone = false
  }
  return isDone
}

/** Whether a record of any family is still concerned. */
export async function remainsAny<Happened extends Name>(
  name: Happened,
  all: AllReactions,
  tx: Queryable,
  happened: Happenings[Happened],
): Promise<boolean> {
  for (const { remain } of reactionsTo(name, all)) {
    if (await remain?.(tx, happened)) return true
  }
  return false
}
