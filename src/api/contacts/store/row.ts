import type { Static } from 'typebox'
import { nameKey } from '../../../db/name-key.ts'
import { sql } from '../../../db/sql.ts'
import type { Generation } from '../../../http/version.ts'
import { type ContactAnswer, type CreatedAnswer, dndChannels } from '../shapes.ts'

export type ContactDetail = Static<typeof ContactAnswer>['contact']

export type CreatedContact = Static<typeof CreatedAnswer>['contact']

export type DndSetting = { status: string; message?: string; code?: string }
/** By channel, in the names of v2. */
export type DndSettings = Readonly<Record<string, DndSetting | undefined>>

/** Who wrote a contact. UPSTREAM: behaviour-contacts.md §1.1 */
export type WrittenBy = { source: string; channel: string; sourceId: string; timestamp: string }

/** What clients may set of a contact, as it is stored. */
export type ContactValues = {
  firstName: string | null
  lastName: string | null
  email: string | null
  phone: string | null
  companyName: string | null
  address1: string | null
  city: string | null
  state: string | null
  postalCode: string | null
  country: string | null
  timezone: string | null
  website: string | null
  gender: string | null
  /** `YYYY-MM-DD` */
  dateOfBirth: string | null
  source: string | null
  tags: readonly string[]
  assignedTo: string | null
  dnd: boolean | null
  dndSettings: DndSettings
  inboundDndSettings: object
  /** By the ids of the fields. */
  customFields: Readonly<Record<string, unknown>>
  businessId: string | null
}

/** A contact as the database gives it: every member, and null for what is unset. */
export type ContactRow = ContactValues & {
  id: string
  locationId: string
  type: string
  phoneLabel: string | null
  additionalEmails: { email: string }[]
  additionalPhones: { phone: string; phoneLabel?: string | null }[]
  followers: string[]
  attributionSource: object | null
  lastAttributionSource: object | null
  createdBy: WrittenBy | null
  lastUpdatedBy: WrittenBy | null
  validEmail: boolean | null
  validEmailDate: string | null
  bounceEmail: boolean
  unsubscribeEmail: boolean
  lastSessionActivityAt: string | null
  dateAdded: string
  dateUpdated: string
  version: number
}

/** What a `ContactRow` has of a contact `c`. */
export const contactColumns = sql`c.id, c.location_id as "locationId", c.type,
  c.first_name as "firstName", c.last_name as "lastName", c.email, c.phone,
  c.phone_label as "phoneLabel", c.additional_emails as "additionalEmails",
  c.additional_phones as "additionalPhones", c.company_name as "companyName",
  c.business_id as "businessId", c.address1, c.city, c.state, c.postal_code as "postalCode",
  c.country, c.timezone, c.website, c.gender, c.date_of_birth as "dateOfBirth", c.source, c.tags,
  c.assigned_to as "assignedTo", c.followers, c.dnd, c.dnd_settings as "dndSettings",
  c.inbound_dnd_settings as "inboundDndSettings", c.custom_fields as "customFields",
  c.attribution_source as "attributionSource",
  c.last_attribution_source as "lastAttributionSource", c.created_by as "createdBy",
  c.last_updated_by as "lastUpdatedBy", c.valid_email as "validEmail",
  c.valid_email_date as "validEmailDate", c.bounce_email as "bounceEmail",
  c.unsubscribe_email as "unsubscribeEmail",
  c.last_session_activity_at as "lastSessionActivityAt", c.created_at as "dateAdded",
  c.updated_at as "dateUpdated", c.index_version as version`

/** First and last name; null for a contact without either. */
export function fullNameOf({
  firstName,
  lastName,
}: Pick<ContactRow, 'firstName' | 'lastName'>): string | null {
  return [firstName, lastName].filter((name) => name).join(' ') || null
}

/** A name as it is compared. */
export const lowerCase = (name: string | null) => (name === null ? null : nameKey(name))

const customFieldsOf = ({ customFields }: ContactRow) =>
  Object.entries(customFields).map(([id, value]) => ({ id, value }))

/** The settings by channel, in the names of a generation. */
export function dndSettingsOf(settings: DndSettings, generation: Generation): DndSettings {
  if (generation === 'v2') return settings
  const names: Readonly<Record<string, string>> = dndChannels
  return Object.fromEntries(
    Object.entries(settings).map(([channel, setting]) => [names[channel] ?? channel, setting]),
  )
}

const orNull = <T extends object>(value: T): T | null =>
  Object.keys(value).length > 0 ? value : null

/**
 * A contact by its id: what is unset is absent. UPSTREAM: behaviour-contacts.md §1.1. `name` is of
 * v3's own example; no recording of older versions has it.
 */
export function contactOf(row: ContactRow, generation: Generation): ContactDetail {
  const { version: _version, phoneLabel: _label, bounceEmail: _bounce, ...members } = row
  const { unsubscribeEmail: _unsubscribed, lastSessionActivityAt: _activity, ...own } = members
  const fullName = fullNameOf(row)
  return withoutNull({
    ...own,
    ...(generation === 'v3' && { name: fullName }),
    firstNameLowerCase: lowerCase(row.firstName),
    fullNameLowerCase: lowerCase(fullName),
    lastNameLowerCase: lowerCase(row.lastName),
    emailLowerCase: row.email,
    dndSettings: orNull(dndSettingsOf(row.dndSettings, generation)),
    inboundDndSettings: orNull(row.inboundDndSettings),
    customFields: customFieldsOf(row),
  }) as ContactDetail
}

function withoutNull(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== null))
}

/** A new contact, with what only its first answer shows. UPSTREAM: behaviour-contacts.md §1.2 */
export function createdContactOf(row: ContactRow, generation: Generation): CreatedContact {
  const { bounceEmail, unsubscribeEmail, lastSessionActivityAt: activeAt } = row
  const { validEmail, validEmailDate } = row
  return {
    ...contactOf(row, generation),
    deleted: false,
    bounceEmail,
    unsubscribeEmail,
    ...(activeAt && { lastSessionActivityAt: activeAt }),
    validEmail,
    validEmailDate,
  }
}
