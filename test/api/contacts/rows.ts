import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import type { TestServer } from '../test-server.ts'

export type Sent = Record<string, unknown>

export const idPattern = /^[0-9A-Za-z]{20}$/

/** Sets how the demo location tells contacts apart. */
export async function setLocation(
  server: TestServer,
  { allowsDuplicate = false, identifiers = ['email', 'phone'] },
): Promise<void> {
  await server.db.query(sql`
    update locations set allow_duplicate_contact = ${allowsDuplicate},
      contact_unique_identifiers = ${identifiers}::text[]
    where location_id = ${demo.locationId}`)
}
