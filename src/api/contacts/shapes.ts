import { Type } from 'typebox'
import { Answer, Named, Query, Strict } from '../../http/shapes.ts'
import { Flag, Id, MaybeText, Nullable, OneOf, Optional, Text, Time } from '../../resource/words.ts'
import { CustomFieldInput } from '../custom-fields/shapes.ts'
import { contactLimits } from './limits.ts'

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

/** A new contact has some members more, set or not. UPSTREAM: behaviour-contacts.md §1.2 */
const createdRow = {
  id: contactRow.id,
  dateAdded: contactRow.dateAdded,
  dateUpdated: contactRow.dateUpdated,
  deleted: Type.Optional(Flag(false)),
  tags: contactRow.tags,
  type: contactRow.type,
  customFields: contactRow.customFields,
  locationId: contactRow.locationId,
  name: contactRow.name,
  ...names,
  ...email,
  bounceEmail: Type.Optional(Flag(false)),
  unsubscribeEmail: Type.Optional(Flag(false)),
  ...details,
  lastSessionActivityAt: MaybeText('2021-07-16T11:39:30.564Z'),
  ...validEmail,
  followers: contactRow.followers,
  additionalEmails: contactRow.additionalEmails,
  additionalPhones: contactRow.additionalPhones,
}

const CreatedContact = Named('CreatedContact', createdRow)

export const CreatedAnswer = Answer(
  { contact: CreatedContact },
  { description: 'Successful response' },
)

export const UpdatedAnswer = Answer(
  {
    succeded: Type.Optional(Flag(true, 'The spelling of the dated versions')),
    succeeded: Type.Optional(Flag(true)),
    contact: Named('Contact', contactRow),
  },
  { description: 'Successful response' },
)

export const UpsertAnswer = Answer(
  { new: Flag(true, 'Whether the contact was created'), contact: CreatedContact },
  { description: 'Successful response' },
)

export const DeletedAnswer = Answer(
  {
    succeded: Flag(true, 'The spelling of the dated versions'),
    succeeded: Type.Optional(Flag(true)),
  },
  { description: 'Successful response' },
)

export const DuplicateQuery = Query({
  locationId: Id('ve9EPM428h8vShlRW1KT', 'Location Id'),
  number: MaybeText('+1423164516', 'Phone Number - Pass in URL Encoded form'),
  email: MaybeText('abc@gmail.com', 'Email - Pass in URL Encoded form'),
  phone: MaybeText('+1423164516', 'Not in the contract; sent by clients in place of number'),
})

export const DuplicateAnswer = Answer(
  { contact: Nullable(Named('Contact', contactRow)) },
  { description: 'Successful response' },
)

const BoundText = (example: string) =>
  Type.String({ maxLength: contactLimits.textCharsMax, examples: [example] })

const channelSettings = Strict(
  Object.fromEntries(
    channelNames.map((name) => [
      name,
      Type.Optional(
        Strict({
          status: OneOf(['active', 'inactive', 'permanent'], { examples: ['active'] }),
          message: Type.Optional(Type.String()),
          code: Type.Optional(Type.String()),
        }),
      ),
    ]),
  ),
)

export const TagsBody = Strict({
  tags: Type.Array(BoundText('minim'), { examples: [['minim', 'velit magna']] }),
})

const writable = {
  firstName: Optional(BoundText('Rosan')),
  lastName: Optional(BoundText('Deo')),
  name: Optional(BoundText('Rosan Deo')),
  email: Optional(BoundText('rosan@deos.com')),
  phone: Optional(BoundText('+1 888-888-8888')),
  address1: Optional(BoundText('3535 1st St N')),
  city: Optional(BoundText('Dolomite')),
  state: Optional(BoundText('AL')),
  postalCode: Optional(BoundText('35061')),
  website: Optional(BoundText('https://www.tesla.com')),
  timezone: Optional(BoundText('America/Chihuahua')),
  dnd: Optional(Flag(true)),
  dndSettings: Optional(channelSettings),
  inboundDndSettings: Optional(
    Strict({
      all: Type.Optional(
        Strict({
          status: OneOf(['active', 'inactive'], { examples: ['active'] }),
          message: Type.Optional(Type.String()),
        }),
      ),
    }),
  ),
  tags: Optional(
    Type.Array(BoundText('minim'), { examples: [['nisi sint commodo amet', 'consequat']] }),
  ),
  customFields: Optional(
    Type.Array(CustomFieldInput, {
      examples: [[{ id: '6dvNaf7VhkQ9snc5vnjJ', field_value: '9039160788' }]],
    }),
  ),
  source: Optional(BoundText('public api')),
  dateOfBirth: Optional(
    Text(
      '1990-09-25',
      'The birth date of the contact. Supported formats: YYYY/MM/DD, MM/DD/YYYY, YYYY-MM-DD, ' +
        'MM-DD-YYYY, YYYY.MM.DD, MM.DD.YYYY, YYYY_MM_DD, MM_DD_YYYY',
    ),
  ),
  country: Optional(BoundText('US')),
  assignedTo: Optional(Text('082goXVW3lIExEQPOnd3', "User's Id")),
  companyName: Optional(BoundText('DGS VolMAX')),
}

/** DEVIATION: `companyName` on an update, which the contract's DTO lacks. */
export const UpdateBody = Strict({
  ...writable,
  email: Optional(BoundText('rubika@deos.com')),
  phone: Optional(BoundText('+1 883-232-7657')),
})

const creatable = {
  ...writable,
  gender: Optional(BoundText('male')),
  locationId: Id('ve9EPM428h8vShlRW1KT'),
}

export const CreateBody = Strict(creatable)

export const UpsertBody = Strict({
  ...creatable,
  createNewIfDuplicateAllowed: Optional(
    Flag(false, 'Creates a new contact whenever the location allows duplicates'),
  ),
})

const tagList = (description: string) =>
  Type.Array(Type.String(), { examples: [['minim', 'velit magna']], description })

export const TagsAddedAnswer = Answer(
  {
    tags: tagList('All tags of the contact'),
    tagsAdded: tagList('Those that it did not have before'),
  },
  { description: 'Successful response' },
)

export const TagsRemovedAnswer = Answer(
  { tags: tagList('All tags of the contact'), tagsRemoved: tagList('Those that it had before') },
  { description: 'Successful response' },
)

export const countriesNote =
  'Please find the list of acceptable values for the `country` field here'

const exampleIds = ['byMEV0NQinDhq8ZfiOi2', 'cJAWDskpkJHbRbhAT7bs']

export const BulkTagsBody = Strict({
  contacts: Type.Array(Type.String(), {
    examples: [exampleIds],
    description: 'list of contact ids to be processed',
  }),
  tags: Type.Array(BoundText('tag-1'), {
    examples: [['tag-1', 'tag-2']],
    description: 'list of tags to be added or removed',
  }),
  locationId: Id('ve9EPM428h8vShlRW1KT'),
  removeAllTags: Type.Optional(
    Type.Unsafe<boolean | string | null>({
      type: ['boolean', 'string', 'null'],
      examples: ['false'],
      description: 'Removes all tags from the contacts; only with remove',
    }),
  ),
})

export const BulkTagsAnswer = Answer(
  {
    succeded: Flag(true, 'The spelling of the dated versions'),
    succeeded: Type.Optional(Flag(true)),
    errorCount: Type.Number({ examples: [0] }),
    responses: Type.Array(
      Type.Object({
        contactId: Text('byMEV0NQinDhq8ZfiOi2'),
        message: Text('Tags updated'),
        type: OneOf(['success', 'error'], { examples: ['success'] }),
        oldTags: Type.Optional(Type.Array(Type.String())),
        tagsAdded: Type.Optional(Type.Array(Type.String())),
        tagsRemoved: Type.Optional(Type.Array(Type.String())),
      }),
    ),
  },
  { description: 'Successful response' },
)

export const BulkBusinessBody = Strict({
  locationId: Id('ve9EPM428h8vShlRW1KT'),
  ids: Type.Array(Type.String(), {
    maxItems: contactLimits.bulkBusinessMax,
    examples: [exampleIds],
  }),
  businessId: Nullable(Text('63771dcac1116f0e21de8e12')),
})

export const BulkBusinessAnswer = Answer(
  {
    success: Flag(true),
    ids: Type.Array(Type.String(), { examples: [exampleIds] }),
  },
  { description: 'Successful response' },
)
