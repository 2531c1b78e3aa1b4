import { type Sql, sql } from '../../../db/sql.ts'
import { foldedText } from '../../../resource/search/fields.ts'

/** What an opportunity of this name and contact `f` is found by. UPSTREAM: behaviour.md §2.3 */
export const searchText = (name: Sql): Sql =>
  foldedText(sql`concat_ws(E'\\n', ${name}, concat_ws(' ', f.first_name, f.last_name), f.email,
    f.phone, f.company_name)`)

/** Selects the contact `f` of an opportunity. */
export const contactOf = (locationId: string, contactId: Sql): Sql => sql`
  from contacts f where f.location_id = ${locationId} and f.id = ${contactId}`
