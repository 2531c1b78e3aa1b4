import { type Sql, sql } from '../../../db/sql.ts'
import { foldedText } from '../../../resource/search/fields.ts'
import { type ContactRow, fullNameOf } from './row.ts'

/** What `query` looks for a contact in. UPSTREAM: behaviour-contacts.md §2.1 */
export type SearchedValues = Pick<
  ContactRow,
  'firstName' | 'lastName' | 'email' | 'phone' | 'companyName' | 'tags'
>

/** The text that a contact is found by, without case and accents. */
export function searchTextOf(contact: SearchedValues): Sql {
  const { email, phone, companyName, tags } = contact
  const values = [fullNameOf(contact), email, phone, companyName, ...tags]
  return foldedText(sql`${values.filter((value) => value).join('\n')}::text`)
}
