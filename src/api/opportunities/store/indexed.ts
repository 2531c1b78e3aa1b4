import { type Sql, sql } from '../../../db/sql.ts'
import { countedAs } from './counts.ts'
import { followedAs, following } from './followed.ts'

/**
 * The parts of a commit that keep all that opportunities are found and counted by, for rows that
 * came, went, or changed in any way: what `before` names and is no longer `after`.
 */
export function indexedAs(locationId: string, rows: { before?: Sql; after?: Sql }): Sql {
  const { before, after } = rows
  const only = (some: Sql, others: Sql | undefined) =>
    others ? sql`${following(some)} except ${following(others)}` : following(some)
  const moves = { came: after && only(after, before), went: before && only(before, after) }
  return sql`${countedAs(locationId, rows)}, ${followedAs(locationId, moves)}`
}
