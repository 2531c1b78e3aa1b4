import { sql } from '../../../db/sql.ts'
import type { FollowerIndex } from '../../../resource/followers.ts'

/** By what is found what a user follows, newest first. */
export const opportunityFollowers: FollowerIndex = {
  table: sql`opportunity_followers`,
  key: [
    { column: sql`created_at`, sourceColumn: sql`created_at` },
    { column: sql`contact_id`, sourceColumn: sql`contact_id` },
    { column: sql`opportunity_id`, sourceColumn: sql`id` },
  ],
  id: sql`opportunity_id`,
}
