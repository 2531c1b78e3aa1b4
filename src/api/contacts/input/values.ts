import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import emailRule from 'validator/lib/isEmail.js'
import { unprocessable } from '../../../http/errors.ts'
import { countries } from '../../../resource/countries.ts'
import { readDay } from '../../../resource/dates.ts'
import { isTimezone, timezoneWords } from '../../../resource/timezones.ts'
import type { CreateBody, UpdateBody } from '../shapes.ts'
import type { ContactValues } from '../store/row.ts'
import { readPhone } from './phone.ts'
import { readTags } from './tags.ts'

type Body = Omit<Static<typeof CreateBody>, 'locationId' | 'source' | 'assignedTo'> &
  Pick<Static<typeof UpdateBody>, 'source' | 'assignedTo'>

/** What a write changes; null unsets. The settings of channels and custom fields are merged later. */
export type Change = Partial<Omit<ContactValues, 'dndSettings' | 'customFields'>>

/** A country that national phone numbers are of. */
type Reading = { country: string | null; log: FastifyRequest['log'] }

/** What a body says of a contact, or the refusal of all that is wrong there. */
export function readValues(body: Body, { country, log }: Reading): Change {
  const { timezone, dateOfBirth, tags } = body
  const day = dateOfBirth && readDay(dateOfBirth.replaceAll('_', '-'))
  const ownCountry = body.country?.toUpperCase()
  const violations = [
    typeof body.email === 'string' &&
      !emailRule.default(body.email.trim()) &&
      'email must be an email',
    ownCountry && !countries.includes(ownCountry) && 'country must be a valid enum value',
    timezone && !isTimezone(timezone) && timezoneWords,
    typeof dateOfBirth === 'string' && !day && 'dateOfBirth must be a valid date',
  ].filter((words) => typeof words === 'string' && words !== '')
  if (violations.length > 0) throw unprocessable(violations as string[])
  return withoutUndefined({
    ...namesOf(body),
    email: body.email?.trim().toLowerCase() ?? body.email,
    phone: phoneOf(body.phone, { country: ownCountry || country, log }),
    companyName: emptyIsNull(body.companyName),
    address1: emptyIsNull(body.address1),
    city: emptyIsNull(body.city),
    state: emptyIsNull(body.state),
    // Null is as if it was not there where the contract does not let it unset.
    postalCode: emptyIsNull(body.postalCode ?? undefined),
    country: ownCountry || undefined,
    timezone: emptyIsNull(timezone ?? undefined),
    website: emptyIsNull(body.website),
    gender: emptyIsNull(body.gender ?? undefined),
    dateOfBirth: dateOfBirth === null ? null : day,
    source: emptyIsNull(body.source),
    assignedTo: emptyIsNull(body.assignedTo),
    tags: tags ? readTags(tags) : undefined,
    dnd: body.dnd ?? undefined,
    inboundDndSettings: body.inboundDndSettings ?? undefined,
  })
}

const emptyIsNull = (text: string | null | undefined) => (text === '' ? null : text)

/** DEVIATION: `name` alone is split at its first blank; first and last name that are sent win. */
function namesOf({ name, firstName, lastName }: Body) {
  const [, first, last] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(name ?? '') ?? []
  return {
    firstName: emptyIsNull(firstName === undefined ? first : firstName),
    lastName: emptyIsNull(lastName === undefined && last ? last : lastName),
  }
}

/** DEVIATION: a phone number that is none; it is left out, which the log says. */
function phoneOf(sent: string | null | undefined, { country, log }: Reading) {
  if (!sent) return emptyIsNull(sent)
  const phone = readPhone(sent, country)
  if (phone === undefined) log.warn('what was sent as a phone number is none: it is left out')
  return phone
}

function withoutUndefined(change: object): Change {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}
