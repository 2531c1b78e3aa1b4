import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Leftover, LeftoverContext } from '../../events/leftovers.ts'
import { hasAnyRemaining, reactionsTo } from '../../events/reactions.ts'

type Leaver = { locationId: string; userId: string }

/**
 * Users who left are taken out of the records of the location in batches, and then out of the
 * location.
 */
export const leavers: Leftover<Leaver> = {
  failureMessage: 'users who left are still in records',
  find: (db, countMax) =>
    db.query<Leaver>(sql`
      select m.location_id as "locationId", m.user_id as "userId" from location_users m
      where m.left_at is not null order by m.location_id, m.user_id limit ${countMax}`),
  runStep: takeOutOfRecords,
}

/** Takes a leaver out of a batch of records; true once none are left and the location is too. */
async function takeOutOfRecords(
  { db, now, reactions }: LeftoverContext,
  leaver: Leaver,
): Promise<boolean> {
  const { locationId, userId } = leaver
  for (const reaction of reactionsTo('userLeft', reactions)) {
    const count = await db.transaction(async (tx) => {
      // A user who has come back in the meantime stays in the records.
      const isLeaving = await lockLeaver(tx, leaver, sql`for share`)
      return isLeaving ? reaction.apply(tx, leaver, now()) : 0
    })
    if (count > 0) return false
  }
  return db.transaction(async (tx) => {
    // While this row is locked, nobody can make the user an assignee or a follower.
    if (!(await lockLeaver(tx, leaver, sql`for update`))) return true
    if (await hasAnyRemaining('userLeft', reactions, tx, leaver)) return false
    await tx.query(sql`
      delete from location_users where location_id = ${locationId} and user_id = ${userId}`)
    return true
  })
}

/** Locks a user who is still leaving until the commit; false when they are not. */
async function lockLeaver(
  tx: Queryable,
  { locationId, userId }: Leaver,
  lock: ReturnType<typeof sql>,
): Promise<boolean> {
  const rows = await tx.query(sql`
    select from location_users m
    where m.location_id = ${locationId} and m.user_id = ${userId} and m.left_at is not null
    ${lock}`)
  return rows.length > 0
}
