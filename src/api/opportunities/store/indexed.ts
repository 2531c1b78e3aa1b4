import { type Sql, sql } from '../../../db/sql.ts'
import type { DerivedChanges } from '../../../events/outbox.ts'
import { followerIndexChanges, followerIndexRows } from '../../../resource/followers.ts'
import { deltasOf } from './counts.ts'
import { opportunityFollowers } from './followed.ts'

const followersOf = (rows: Sql) => followerIndexRows(opportunityFollowers, rows)

/**
 * What keeps the counts and the index of followers, for rows that were made, deleted, or changed in
 * any way: `before` and `after` name the parts that hold them.
 */
export function indexChanges(
  locationId: string,
  rows: { before?: Sql; after?: Sql },
): DerivedChanges {
  const { before, after } = rows
  const rowsWithout = (rows: Sql, exceptRows: Sql | undefined) =>
    exceptRows ? sql`${followersOf(rows)} except ${followersOf(exceptRows)}` : followersOf(rows)
  const followed = followerIndexChanges(opportunityFollowers, locationId, {
    added: after && rowsWithout(after, before),
    removed: before && rowsWithout(before, after),
  })
  return { ...followed, appends: [deltasOf(rows), ...(followed.appends ?? [])] }
}
