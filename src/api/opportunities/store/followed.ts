import { type Sql, sql } from '../../../db/sql.ts'

/** Those whom `column`, an array of rows `o`, names, as rows of opportunity_followers. */
export const following = (o: Sql, column: Sql = sql`followers`): Sql => sql`
  select f.user_id, o.created_at, o.contact_id, o.id
  from ${o} o cross join lateral unnest(o.${column}) f (user_id)`

/**
 * The parts of a commit that keep opportunity_followers: who `came`, and who `went`. A row that two
 * changes at once left behind is told from the others by the opportunity itself.
 */
export function followedAs(
  locationId: string,
  { came, went }: { came?: Sql | undefined; went?: Sql | undefined },
): Sql {
  const followed = sql`
    followed as (
      insert into opportunity_followers (location_id, user_id, created_at, contact_id,
        opportunity_id)
      select ${locationId}, n.* from (${came}) n on conflict do nothing)`
  const unfollowed = sql`
    unfollowed as (
      delete from opportunity_followers f
      using (${went}) w (user_id, created_at, contact_id, id)
      where f.location_id = ${locationId} and f.user_id = w.user_id
        and f.created_at = w.created_at and f.contact_id = w.contact_id
        and f.opportunity_id = w.id)`
  if (!came) return unfollowed
  return went ? sql`${followed}, ${unfollowed}` : followed
}
