import type { AppContext } from '../../context.ts'
import type { Database, Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { finishInBackground } from '../../events/leftovers.ts'
import type { Server } from '../../http/server.ts'

/** What a resource does when a user leaves a location; `main.ts` says which resources there are. */
export type UserLeft = {
  /** Takes the user out of some records, with their events, and returns of how many. */
  clear(tx: Queryable, locationId: string, userId: string, now: Date): Promise<number>
  /** Whether any record still names the user. */
  remain(tx: Queryable, locationId: string, userId: string): Promise<boolean>
}

type Leaver = { locationId: string; userId: string }

/** How many leavers are looked up at once. */
const leaversAtOnce = 100

/**
 * Finishes what users who left began: they are taken out of the records of the location in steps,
 * and then out of the location. Returns what a request does when somebody has left.
 */
export function finishLeaving(
  app: Server,
  context: AppContext,
  resources: readonly UserLeft[],
): () => Promise<void> {
  const finish = (isStopping: () => boolean) => finishAll(context, resources, isStopping)
  return finishInBackground(app, finish, 'users who left are still in records')
}

async function finishAll(
  { db, now }: AppContext,
  resources: readonly UserLeft[],
  isStopping: () => boolean,
): Promise<void> {
  for (;;) {
    const leavers = await db.query<Leaver>(sql`
      select m.location_id as "locationId", m.user_id as "userId" from location_users m
      where m.left_at is not null order by m.location_id, m.user_id limit ${leaversAtOnce}`)
    if (leavers.length === 0) return
    for (const leaver of leavers) {
      let isDone = false
      while (!isDone) {
        if (isStopping()) return
        isDone = await step(db, resources, leaver, now())
      }
    }
  }
}

/** Takes a leaver out of some records, or, when none are left, out of the location: then true. */
async function step(
  db: Database,
  resources: readonly UserLeft[],
  { locationId, userId }: Leaver,
  now: Date,
): Promise<boolean> {
  for (const { clear } of resources) {
    const count = await db.transaction(async (tx) => {
      // Whoever came back in the meantime stays in the records.
      const hold = sql`for share`
      return (await isLeaving(tx, locationId, userId, hold))
        ? clear(tx, locationId, userId, now)
        : 0
    })
    if (count > 0) return false
  }
  return db.transaction(async (tx) => {
    // Nobody can make the user an assignee or a follower while this is held.
    const hold = sql`for update`
    if (!(await isLeaving(tx, locationId, userId, hold))) return true
    for (const { remain } of resources) {
      if (await remain(tx, locationId, userId)) return false
    }
    await tx.query(sql`
      delete from location_users where location_id = ${locationId} and user_id = ${userId}`)
    return true
  })
}

async function isLeaving(
  tx: Queryable,
  locationId: string,
  userId: string,
  hold: ReturnType<typeof sql>,
): Promise<boolean> {
  const found = await tx.query(sql`
    select from location_users m
    where m.location_id = ${locationId} and m.user_id = ${userId} and m.left_at is not null
    ${hold}`)
  return found.length > 0
}
