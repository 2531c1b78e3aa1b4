import { type Sql, sql } from '../../../db/sql.ts'
import { followedAs, following } from '../../../resource/followers.ts'
import { countedAs } from './counts.ts'
import { opportunityFollowers } from './followed.ts'

const followersOf = (rows: Sql) => following(opportunityFollowers, rows)

/**
 * The parts of a commit that keep all that opportunities are found and counted by, for rows that
 * came, went, or changed in any way: what `before` names and is no longer `after`.
 */
export function indexedAs(locationId: string, rows: { before?: Sql; after?: Sql }): Sql {
  const { before, after } = rows
  const only = (some: Sql, others: Sql | undefined) =>
    others ? sql`${followersOf(some)} except ${followersOf(others)}` : followersOf(some)
  const moves = { came: after && only(after, before), went: before && only(before, after) }
  const followed = followedAs(opportunityFollowers, locationId, moves)
  return sql`${countedAs(locationId, rows)}, ${followed}`
}
