import type { Static } from 'typebox'
import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { unprocessableParameter } from '../../http/shapes.ts'
import { newId } from '../../ids.ts'
import { operation } from '../../resource/operation.ts'
import { settleRaces } from '../../resource/races.ts'
import { contactNameless, duplicateContact } from './errors.ts'
import { mergeValues, readCustomFields } from './input/custom-fields.ts'
import { readDndSettings } from './input/dnd.ts'
import { type Change, readValues } from './input/values.ts'
import { checkAssignee, type Writer, writerOf } from './input/writer.ts'
import { CreateBody, CreatedAnswer, countriesNote } from './shapes.ts'
import { findMatches, findRules, type Match } from './store/matching.ts'
import { type ContactRow, createdContactOf, fullNameOf } from './store/row.ts'
import { insertContact, type NewContact, type UniqueKeys, uniqueKeysOf } from './store/writes.ts'

export function createContact(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /contacts/',
    {
      description: countriesNote,
      body: CreateBody,
      answer: CreatedAnswer,
      // A contact that nothing names is refused in one text.
      refusesAs: unprocessableParameter,
    },
    async ({ body, request, generation }) => {
      const writer = writerOf(request, context)
      const { db } = context
      const rules = await findRules(db, writer.locationId)
      const values = readValues(body, { ...rules, ...writer })
      const contact = await newContactOf(writer, body, { country: rules.country, ...values })
      if (!contact.email && !contact.phone && !fullNameOf(contact)) throw contactNameless()
      const row = await settleRaces(async () => {
        const [match] = await findMatches(db, writer.locationId, rules, contact)
        if (match && !rules.allowsDuplicate) throw duplicateOf(match)
        return insert(writer, contact, uniqueKeysOf(rules))
      })
      return { contact: createdContactOf(row, generation) }
    },
  )
}

/** The refusal of a contact that there is already. */
export function duplicateOf({ key, row }: Match) {
  const contactName = fullNameOf(row) ?? row.email
  return duplicateContact({ contactId: row.id, contactName, matchingField: key })
}

const unset = {
  firstName: null,
  lastName: null,
  email: null,
  phone: null,
  companyName: null,
  address1: null,
  city: null,
  state: null,
  postalCode: null,
  timezone: null,
  website: null,
  gender: null,
  dateOfBirth: null,
  source: null,
  tags: [],
  assignedTo: null,
  dnd: null,
  inboundDndSettings: {},
  businessId: null,
}

type Body = Omit<Static<typeof CreateBody>, 'locationId'>

/** A new contact of these values. */
export async function newContactOf(
  { context: { db }, locationId, writtenBy, log }: Writer,
  body: Body,
  { country, ...values }: Change & { country: string | null },
): Promise<NewContact> {
  await checkAssignee(db, locationId, values.assignedTo)
  return {
    ...unset,
    ...values,
    country,
    id: newId(),
    dndSettings: body.dndSettings ? readDndSettings(body.dndSettings) : {},
    customFields: mergeValues({}, await readCustomFields(db, locationId, body.customFields, log)),
    createdBy: writtenBy,
  }
}

/** Writes a new contact. */
export function insert(
  { context, locationId }: Writer,
  contact: NewContact,
  unique: UniqueKeys,
): Promise<ContactRow | undefined> {
  return insertContact(context.db, locationId, { contact, unique }, context.now())
}
