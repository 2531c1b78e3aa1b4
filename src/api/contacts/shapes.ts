import { Type } from 'typebox'
import { Answer, Named } from '../../http/shapes.ts'
import { Flag, MaybeText, Nullable, OneOf, Text, Time } from '../../resource/words.ts'

export const ContactParams = Type.Object({
  contactId: Text('ocQHyuzHvysMo5N5VsXc', 'Contact Id'),
})

const DndSetting = Named('DndSetting', {
  status: OneOf(['active', 'inactive', 'permanent'], {
    examples: ['active'],
    description: 'Blocked, allowed, or blocked by the carrier for good',
  }),
  message: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
})

/** A channel by its name in v2 and in v3. RCS is in no DTO. UPSTREAM: behaviour-contacts.md §5 */
export const dndChannels = {
  Call: 'call',
  Email: 'email',
  SMS: 'sms',
  WhatsApp: 'whatsApp',
  GMB: 'gmb',
  FB: 'fb',
  RCS: 'rcs',
} as const

const channelNames = Object.entries(dndChannels).flat()

/** In the names of v2 or of v3. */
export const DndSettings = Named(
  'DndSettings',
  Object.fromEntries(channelNames.map((name) => [name, Type.Optional(DndSetting)])),
)

export const InboundDndSettings = Named('InboundDndSettings', {
  all: Type.Optional(
    Type.Object({
      status: OneOf(['active', 'inactive'], { examples: ['active'] }),
      message: Type.Optional(Type.String()),
    }),
  ),
})

/** What is kept of where a contact came from is answered as it was given. */
const AttributionSource = Type.Object(
  {
    url: MaybeText('Trigger Link'),
    campaign: MaybeText('summer'),
    utmSource: MaybeText('google'),
    utmMedium: MaybeText('cpc'),
    utmContent: MaybeText('banner'),
    referrer: MaybeText('https://www.google.com'),
    campaignId: MaybeText('1001'),
    fbclid: MaybeText('2001'),
    gclid: MaybeText('3001'),
    msclikid: MaybeText('4001'),
    dclid: MaybeText('5001'),
    fbc: MaybeText('6001'),
    fbp: MaybeText('7001'),
    fbEventId: MaybeText('8001'),
    userAgent: MaybeText('Mozilla/5.0'),
    ip: MaybeText('58.111.106.198'),
    medium: MaybeText('survey'),
    mediumId: Type.Optional(Nullable(Text('FglfHAn30PRwsZVyQlKp'))),
  },
  { title: 'AttributionSource', additionalProperties: true },
)

const Writer = Named('ContactWriter', {
  source: Text('INTEGRATION'),
  channel: Text('OAUTH'),
  sourceId: Text('6dvNaf7VhkQ9snc5vnjJ'),
  sourceName: MaybeText('Olivia Hart'),
  timestamp: Time('When the contact was written'),
})

const ContactCustomField = Named('ContactCustomField', {
  id: Text('MgobCB14YMVKuE4Ka8p1'),
  value: Type.Unknown({ examples: ['name'], description: 'The value, in the type of its field' }),
})

const names = {
  firstName: MaybeText('rubika'),
  firstNameLowerCase: MaybeText('rubika'),
  fullNameLowerCase: MaybeText('rubika deo'),
  lastName: MaybeText('Deo'),
  lastNameLowerCase: MaybeText('deo'),
}

const email = {
  email: MaybeText('rubika@deos.com'),
  emailLowerCase: MaybeText('rubika@deos.com'),
}

const lists = {
  followers: Type.Array(Type.String(), { examples: [['sx6wyHhbFdRXh302Lunr']] }),
  tags: Type.Array(Type.String(), { examples: [['nisi sint commodo amet', 'consequat']] }),
  customFields: Type.Array(ContactCustomField),
  additionalEmails: Type.Array(Type.Object({ email: Text('rubika@example.com') })),
  additionalPhones: Type.Array(
    Type.Object({
      phone: Text('+18832327658'),
      phoneLabel: Type.Optional(Nullable(Text('mobile'))),
    }),
  ),
}

const details = {
  phone: MaybeText('+18832327657'),
  country: MaybeText('US'),
  timezone: MaybeText('Asia/Calcutta'),
  attributionSource: Type.Optional(AttributionSource),
  lastAttributionSource: Type.Optional(AttributionSource),
  createdBy: Type.Optional(Writer),
  lastUpdatedBy: Type.Optional(Writer),
  city: MaybeText('Dolomite'),
  address1: MaybeText('3535 1st St N'),
  state: MaybeText('AL'),
  postalCode: MaybeText('35061'),
  website: MaybeText('https://www.tesla.com'),
  gender: MaybeText('male'),
  dateOfBirth: MaybeText('1990-09-25'),
  source: MaybeText('public api'),
  assignedTo: MaybeText('ve9EPM428h8vShlRW1KT'),
  dnd: Type.Optional(Flag(true)),
  dndSettings: Type.Optional(DndSettings),
  inboundDndSettings: Type.Optional(InboundDndSettings),
  companyName: MaybeText('DGS VolMAX'),
  businessId: MaybeText('641c094001436dbc2081e642'),
}

const type = Text('lead', 'The stored key of the contact type')
const validEmail = {
  validEmail: Type.Optional(Nullable(Type.Boolean())),
  validEmailDate: Type.Optional(Nullable(Type.String())),
}

/** A contact by its id; what is unset is absent. UPSTREAM: behaviour-contacts.md §1.1 */
export const contactRow = {
  id: Text('seD4PfOuKoVMLkEZqohJ'),
  name: Type.Optional(Text('rubika deo', 'In v3 alone')),
  dateAdded: Time('When the contact was created'),
  type,
  locationId: Text('ve9EPM428h8vShlRW1KT'),
  ...names,
  ...email,
  ...details,
  ...validEmail,
  followers: lists.followers,
  tags: lists.tags,
  dateUpdated: Time('When the contact was updated last'),
  customFields: lists.customFields,
  additionalEmails: lists.additionalEmails,
  additionalPhones: lists.additionalPhones,
}

export const ContactAnswer = Answer(
  { contact: Named('Contact', contactRow) },
  { title: 'ContactAnswer', description: 'Successful response' },
)
