import type { Static } from 'typebox'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import { settleRaces } from '../../resource/races.ts'
import { insert, newContactOf } from './create.ts'
import { keysMissing } from './errors.ts'
import { readValues } from './input/values.ts'
import { writerOf } from './input/writer.ts'
import { UpsertAnswer, UpsertBody } from './shapes.ts'
import { findMatches, findRules, type Keys, type Match } from './store/matching.ts'
import { type ContactRow, contactOf, createdContactOf } from './store/row.ts'
import { update } from './update.ts'

export function upsertContact(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /contacts/upsert',
    { description, body: UpsertBody, answer: UpsertAnswer },
    async ({ body: sent, request, generation }) => {
      const writer = writerOf(request, context)
      const { db } = context
      const {
        createNewIfDuplicateAllowed: createsAlways,
        locationId,
        ...body
      } = {
        ...sent,
        // An empty one counts as not given. UPSTREAM: behaviour-contacts.md §3.1
        email: sent.email || null,
      }
      if (!body.email && !body.phone) throw keysMissing()
      const rules = await findRules(db, locationId)
      const values = readValues(body, { ...rules, ...writer })
      const isNewAlways = createsAlways === true && rules.allowsDuplicate
      return settleRaces(async () => {
        const matches = isNewAlways ? [] : await findMatches(db, locationId, rules, values)
        const [match] = matches
        if (match) {
          const keptKeys = (row: ContactRow) => keptKeysOf(row, matches, values)
          const change = changeOf(body)
          const { after } = await update(writer, match.row.id, change, { rules, keptKeys })
          return { new: false, contact: contactOf(after, generation) }
        }
        const contact = await newContactOf(writer, body, { country: rules.country, ...values })
        // Of two concurrent upserts one creates and one changes, whatever the location allows.
        const row = await insert(writer, contact, isNewAlways ? [] : rules.order)
        return row && { new: true, contact: createdContactOf(row, generation) }
      })
    },
  )
}

/** What an upsert changes of a contact that is there. UPSTREAM: behaviour-contacts.md §3.2 */
function changeOf({ email, phone, gender: _gender, ...others }: Omit<Body, 'locationId'>) {
  return { ...others, ...(email && { email }), ...(phone && { phone }) }
}

type Body = Omit<Static<typeof UpsertBody>, 'createNewIfDuplicateAllowed'>

/**
 * Keys that an upsert leaves as they are: one by which it found another contact than by the first
 * key, and one that the contact has as an additional address or number.
 * UPSTREAM: behaviour-contacts.md §3.7. DEVIATION: an additional address stays additional.
 */
function keptKeysOf(row: ContactRow, matches: readonly Match[], values: Keys) {
  const isOfOther = (key: keyof Keys) =>
    matches.some((match) => match.key === key && match.row.id !== row.id)
  const isAdditional = {
    email: row.additionalEmails.some(({ email }) => email === values.email),
    phone: row.additionalPhones.some(({ phone }) => phone === values.phone),
  }
  return (['email', 'phone'] as const).filter((key) => isOfOther(key) || isAdditional[key])
}

const description =
  'Please find the list of acceptable values for the `country` field here ' +
  'The Upsert API will adhere to the configuration defined under the “Allow Duplicate Contact” ' +
  'setting at the Location level. If the setting is configured to check both Email and Phone, ' +
  'the API will attempt to identify an existing contact based on the priority sequence specified ' +
  'in the setting, and will create or update the contact accordingly. If two separate contacts ' +
  'already exist—one with the same email and another with the same phone—and an upsert request ' +
  'includes both the email and phone, the API will update the contact that matches the first ' +
  'field in the configured sequence, and ignore the second field to prevent duplication.'
