import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Leftover, StepContext } from '../../events/leftovers.ts'
import { reactionsTo, remainsAny } from '../../events/reactions.ts'

type Leaver = { locationId: string; userId: string }

/**
 * Users who left: they are taken out of the records of the location in steps, and then out of the
 * location.
 */
export const leavers: Leftover<Leaver> = {
  complaint: 'users who left are still in records',
  find: (db, countMax) =>
    db.query<Leaver>(sql`
      select m.location_id as "locationId", m.user_id as "userId" from location_users m
      where m.left_at is not null order by m.location_id, m.user_id limit ${countMax}`),
  step,
}

/** Takes a leaver out of some records, or, when none are left, out of the location: then true. */
async function step({ db, now, reactions }: StepContext, leaver: Leaver): Promise<boolean> {
  const { locationId, userId } = leaver
  for (const reaction of reactionsTo('userLeft', reactions)) {
    const count = await db.transaction(async (tx) => {
      // Whoever came back in the meantime stays in the records.
      const isLeaving = await holdLeaver(tx, leaver, sql`for share`)
      return isLeaving ? reaction.step(tx, leaver, now()) : 0
    })
    if (count > 0) return false
  }
  return db.transaction(async (tx) => {
    // Nobody can make the user an assignee or a follower while this is held.
    if (!(await holdLeaver(tx, leaver, sql`for update`))) return true
    if (await remainsAny('userLeft', reactions, tx, leaver)) return false
    await tx.query(sql`
      delete from location_users where location_id = ${locationId} and user_id = ${userId}`)
    return true
  })
}

/** Whether a user is still leaving; who is stays so until the commit. */
async function holdLeaver(
  tx: Queryable,
  { locationId, userId }: Leaver,
  hold: ReturnType<typeof sql>,
): Promise<boolean> {
  const found = await tx.query(sql`
    select from location_users m
    where m.location_id = ${locationId} and m.user_id = ${userId} and m.left_at is not null
    ${hold}`)
  return found.length > 0
}
