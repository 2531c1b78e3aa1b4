import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import { keysMissing } from './errors.ts'
import { readPhone } from './input/phone.ts'
import { DuplicateAnswer, DuplicateQuery } from './shapes.ts'
import { findMatches, findRules } from './store/matching.ts'
import { contactOf } from './store/row.ts'

export function getDuplicateContact(app: Server, { db }: AppContext): void {
  operation(
    app,
    'GET /contacts/search/duplicate',
    { description, query: DuplicateQuery, answer: DuplicateAnswer },
    async ({ locationId, query, generation }) => {
      const { email, number = query.phone } = query
      if (!email && !number) throw keysMissing()
      const rules = await findRules(db, locationId)
      // A plus that was not encoded arrives as a blank.
      const typed = number?.replace(/^ (?=\d)/, '+')
      const [match] = await findMatches(db, locationId, rules, {
        email: email?.trim().toLowerCase(),
        phone: typed && readPhone(typed, rules.country),
      })
      return { contact: match ? contactOf(match.row, generation) : null }
    },
  )
}

const description =
  'Get Duplicate Contact. If `Allow Duplicate Contact` is disabled under Settings, the global ' +
  'unique identifier will be used for searching the contact. If the setting is enabled, first ' +
  'priority for search is `email` and the second priority will be `phone`.'
