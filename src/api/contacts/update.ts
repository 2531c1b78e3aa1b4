import type { Static } from 'typebox'
import type { AppContext } from '../../context.ts'
import type { Queryable } from '../../db/database.ts'
import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import { duplicateOf } from './create.ts'
import { mergeValues, readCustomFields } from './input/custom-fields.ts'
import { readDndSettings, replaceDndSettings } from './input/dnd.ts'
import { readValues } from './input/values.ts'
import { checkAssignee, type Writer, writerOf } from './input/writer.ts'
import { finishContact } from './reactions/follow-up.ts'
import { ContactParams, countriesNote, UpdateBody, UpdatedAnswer } from './shapes.ts'
import { type Changed, changeContact } from './store/change.ts'
import { findMatches, findRules, type Keys, type MatchRules } from './store/matching.ts'
import { type ContactRow, contactOf } from './store/row.ts'
import { uniqueKeysOf } from './store/writes.ts'

export function updateContact(app: Server, context: AppContext): void {
  operation(
    app,
    'PUT /contacts/:contactId',
    {
      description: countriesNote,
      params: ContactParams,
      body: UpdateBody,
      answer: UpdatedAnswer,
    },
    async ({ params, body, request, generation }) => {
      const writer = writerOf(request, context)
      const rules = await findRules(context.db, writer.locationId)
      const { after } = await update(writer, params.contactId, body, { rules })
      const contact = contactOf(after, generation)
      // UPSTREAM: behaviour-contacts.md §9.4
      return { ...(generation === 'v2' && { succeded: true }), succeeded: true, contact }
    },
  )
}

type How = {
  rules: MatchRules
  /** Keys that stay as they are, where the body would change them to another contact's. */
  keptKeys?: (row: ContactRow) => readonly (keyof Keys)[]
}

/** Changes what a body names, or refuses to in the words of the operation. */
export async function update(
  { context, locationId, writtenBy, log }: Writer,
  id: string,
  body: Static<typeof UpdateBody>,
  { rules, keptKeys = () => [] }: How,
): Promise<Changed> {
  const fields = await readCustomFields(context.db, locationId, body.customFields, log)
  const unique = uniqueKeysOf(rules)
  const changed = await changeContact(context, { locationId, id, writtenBy }, async (row, db) => {
    const values = readValues(body, { country: row.country ?? rules.country, log })
    for (const key of keptKeys(row)) delete values[key]
    if (values.assignedTo !== row.assignedTo) {
      await checkAssignee(db, locationId, values.assignedTo)
    }
    await refuseTaken(db, locationId, { rules, values, row })
    const customFields = mergeValues(row.customFields, fields)
    const dndSettings = body.dndSettings
      ? replaceDndSettings(row.dndSettings, readDndSettings(body.dndSettings))
      : row.dndSettings
    return { values: { ...values, customFields, dndSettings }, unique }
  })
  await finishContact(context, changed)
  return changed
}

/** Refuses an address or number that another contact has, where the location forbids it. */
async function refuseTaken(
  db: Queryable,
  locationId: string,
  { rules, values, row }: { rules: MatchRules; values: Keys; row: ContactRow },
): Promise<void> {
  if (rules.allowsDuplicate) return
  const newKeys = {
    email: values.email === row.email ? null : values.email,
    phone: values.phone === row.phone ? null : values.phone,
  }
  const matches = await findMatches(db, locationId, rules, newKeys)
  const other = matches.find((match) => match.row.id !== row.id)
  if (other) throw duplicateOf(other)
}
