import { sql } from '../../../db/sql.ts'
import type { FollowerIndex } from '../../../resource/followers.ts'

/** By what is found which contacts a user follows, newest first. */
export const contactFollowers: FollowerIndex = {
  table: sql`contact_followers`,
  key: [
    { column: sql`created_at`, sourceColumn: sql`created_at` },
    { column: sql`contact_id`, sourceColumn: sql`id` },
  ],
  id: sql`contact_id`,
}
