import { type Sql, sql } from '../../../db/sql.ts'
import { followerIndexParts, followerIndexRows } from '../../../resource/followers.ts'
import { countParts } from './counts.ts'
import { opportunityFollowers } from './followed.ts'

const followersOf = (rows: Sql) => followerIndexRows(opportunityFollowers, rows)

/**
 * The parts of a commit that keep the counts and the index of followers, for rows that were made,
 * deleted, or changed in any way: `before` and `after` name the parts that hold them.
 */
export function indexParts(locationId: string, rows: { before?: Sql; after?: Sql }): Sql {
  const { before, after } = rows
  const rowsWithout = (rows: Sql, exceptRows: Sql | undefined) =>
    exceptRows ? sql`${followersOf(rows)} except ${followersOf(exceptRows)}` : followersOf(rows)
  const changes = {
    added: after && rowsWithout(after, before),
    removed: before && rowsWithout(before, after),
  }
  const followed = followerIndexParts(opportunityFollowers, locationId, changes)
  return sql`${countParts(locationId, rows)}, ${followed}`
}
