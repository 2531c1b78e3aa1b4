import { type Sql, sql } from '../../../db/sql.ts'
import { wordsText } from '../../../resource/search/fields.ts'

/**
 * What an opportunity of this name is found by, with its contact's row; a phrase ends with what it
 * is of. UPSTREAM: behaviour.md §2.3, and of tags public-reports.md 30. DEVIATION: a phone number
 * is found without its country, too.
 */
export const searchText = (name: Sql, contact = sql`f`): Sql =>
  wordsText(sql`concat_ws(E'\\u001f ', ${name},
    concat_ws(' ', ${contact}.first_name, ${contact}.last_name), ${contact}.email, ${contact}.phone,
    right(regexp_replace(${contact}.phone, '\\D', '', 'g'), 10), ${contact}.company_name,
    array_to_string(${contact}.tags, ' '))`)

/** Selects the contact `f` of an opportunity. */
export const contactOf = (locationId: string, contactId: Sql): Sql => sql`
  from contacts f where f.location_id = ${locationId} and f.id = ${contactId}`
