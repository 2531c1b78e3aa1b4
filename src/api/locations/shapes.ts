import { Type } from 'typebox'
import { Answer, Named, Query, Strict } from '../../http/shapes.ts'
import { limits } from '../../limits.ts'
import { countries } from '../../resource/countries.ts'
import {
  Flag,
  Id,
  MaybeText,
  OneOf,
  Optional,
  OptionalOneOf,
  OptionalText,
  Text,
} from '../../resource/words.ts'

const locationId = Text('ve9EPM428h8vShlRW1KT', 'Location Id')

export const LocationParams = Type.Object({ locationId })

/** UPSTREAM: the contract's SocialSchema; the address of each, and an id of Google's. */
const socials = {
  facebookUrl: 'https://www.facebook.com/',
  googlePlus: 'https://www.googleplus.com/',
  linkedIn: 'https://www.linkedIn.com/',
  foursquare: 'https://www.foursquare.com/',
  twitter: 'https://www.foutwitterrsquare.com/',
  yelp: 'https://www.yelp.com/',
  instagram: 'https://www.instagram.com/',
  youtube: 'https://www.youtube.com/',
  pinterest: 'https://www.pinterest.com/',
  blogRss: 'https://www.blogRss.com/',
  googlePlacesId: 'ChIJJGPdVbQTrjsRGUkefteUeFk',
} as const

const mapSocials = <P extends keyof typeof socials, T>(make: (example: string) => T) =>
  Object.fromEntries(
    Object.entries(socials).map(([name, example]) => [name, make(example)]),
  ) as Record<P, T>

const SocialInput = Strict(
  mapSocials((example) => OptionalText(example)),
  { title: 'LocationSocialInput' },
)
const Social = Named(
  'LocationSocial',
  mapSocials((example) => MaybeText(example)),
)

/** By what a contact is recognised, in this order. */
const uniqueIdentifiers = ['email', 'phone'] as const

const CrmSettings = {
  deSyncOwners: Type.Optional(Type.Boolean()),
  syncFollowers: Type.Optional(Strict({ contact: Type.Boolean(), opportunity: Type.Boolean() })),
}

const flag = Flag(false)

/** DEVIATION: the last two settings can be written too; the contract lists neither. */
const SettingsInput = Strict({
  allowDuplicateContact: Optional(flag),
  allowDuplicateOpportunity: Optional(flag),
  allowFacebookNameMerge: Optional(flag),
  disableContactTimezone: Optional(flag),
  contactUniqueIdentifiers: Optional(
    Type.Array(OneOf(uniqueIdentifiers), { minItems: 1, examples: [['email', 'phone']] }),
  ),
  crmSettings: Optional(Strict(CrmSettings)),
})

/** UPSTREAM: behaviour.md §4.2, §5.5 for the last two, which the contract does not list. */
const Settings = Named('LocationSettings', {
  allowDuplicateContact: flag,
  allowDuplicateOpportunity: flag,
  allowFacebookNameMerge: flag,
  disableContactTimezone: flag,
  contactUniqueIdentifiers: Type.Array(OneOf(uniqueIdentifiers)),
  /** Nothing is sold here. UPSTREAM: behaviour.md §5.5 */
  saasSettings: Type.Object({}),
  crmSettings: Type.Object(CrmSettings),
})

const descriptions = {
  name: 'The name for the sub-account/location',
  phone: 'The phone number of the business for which sub-account is created',
  address: 'The address of the business for which sub-account is created',
  city: 'The city where the business is located for which sub-account is created',
  state: 'The state in which the business operates for which sub-account is created',
  country: 'The country in which the business is present for which sub-account is created',
  postalCode: 'The postal code of the business for which sub-account is created',
  website: 'The website of the business for which sub-account is created',
  timezone: 'The timezone of the business for which sub-account is created',
}

const profileInput = {
  phone: OptionalText('+1410039940', descriptions.phone),
  address: OptionalText('4th fleet street', descriptions.address),
  city: OptionalText('New York', descriptions.city),
  state: OptionalText('Illinois', descriptions.state),
  country: OptionalOneOf(countries, {
    title: 'CountryOrNull',
    examples: ['US'],
    description: descriptions.country,
  }),
  postalCode: OptionalText('567654', descriptions.postalCode),
  website: OptionalText('https://yourwebsite.com', descriptions.website),
  timezone: OptionalText('US/Central', descriptions.timezone),
  prospectInfo: Optional(
    Strict({
      firstName: Text('John', 'First name of the prospect'),
      lastName: Text('Doe', 'Last name of the prospect'),
      email: Text('john.doe@mail.com', 'Email of the prospect'),
    }),
  ),
  settings: Optional(SettingsInput),
  social: Optional(SocialInput),
  twilio: Optional(
    Strict({
      sid: Text('AC_XXXXXXXXXXX'),
      authToken: Text('77_XXXXXXXXXXX'),
    }),
  ),
  mailgun: Optional(
    Strict({
      apiKey: Text('key-XXXXXXXXXXX'),
      domain: Text('replies.yourdomain.com'),
    }),
  ),
}

const name = Type.String({
  pattern: '\\S',
  examples: ['Mark Shoes'],
  description: descriptions.name,
})
const companyId = Id('5DP4iH6HLkQsiKESj6rh', 'Company/Agency Id')

export const CreateLocationBody = Strict({
  name,
  companyId,
  ...profileInput,
  snapshotId: OptionalText('XXXXXXXXXXX', 'The snapshot ID to be loaded into the location.'),
})

export const UpdateLocationBody = Strict({
  name: Optional(name),
  companyId,
  ...profileInput,
  snapshot: Optional(
    Strict({
      id: Text('XXXXXXXXXXX'),
      override: Optional(Flag(false)),
    }),
  ),
})

export const SearchLocationsQuery = Query({
  companyId: Type.Optional(
    Text('5DP4iH6HLkQsiKESj6rh', 'The company/agency id on which you want to perform the search'),
  ),
  skip: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: limits.skipMax,
      examples: [0],
      description: 'The value by which the results should be skipped. Default will be 0',
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      examples: [10],
      description: 'The value by which the results should be limited. Default will be 10',
    }),
  ),
  order: Type.Optional(OneOf(['asc', 'desc'], { examples: ['asc'] })),
  email: Type.Optional(Text('johndoe@mail.com')),
})

export const DeleteLocationQuery = Query({
  deleteTwilioAccount: Flag(
    false,
    'Boolean value to indicate whether to delete Twilio Account or not',
  ),
})

const profile = {
  id: locationId,
  name: Text('Mark Shoes', descriptions.name),
  phone: MaybeText('+1410039940', descriptions.phone),
  email: MaybeText('john.doe@mail.com', 'The email for the sub-account/location'),
  address: MaybeText('4th fleet street', descriptions.address),
  city: MaybeText('New York', descriptions.city),
  state: MaybeText('Illinois', descriptions.state),
  country: MaybeText('US', descriptions.country),
  postalCode: MaybeText('567654', descriptions.postalCode),
  website: MaybeText('https://yourwebsite.com', descriptions.website),
  timezone: Text('US/Central', descriptions.timezone),
  settings: Settings,
  social: Social,
}

export const LocationsAnswer = Answer(
  { locations: Type.Array(Type.Object(profile)) },
  { description: 'Successful response' },
)

const fullProfile = { ...profile, companyId, domain: MaybeText('test.msgsndr.com') }

export const CreatedLocationAnswer = Answer(fullProfile, { description: 'Successful response' })

export const UpdatedLocationAnswer = Answer(fullProfile, {
  description: 'Successful update response',
})

const logoUrl = MaybeText('https://dummyimage.com/logo.jpeg')

export const LocationAnswer = Answer(
  {
    location: Type.Object({
      ...fullProfile,
      logoUrl,
      firstName: MaybeText('Dr. Rane'),
      lastName: MaybeText('deo'),
      business: Type.Object({
        name: MaybeText('dentist'),
        address: MaybeText('MIG 14, Delhi'),
        city: MaybeText('delhi'),
        state: MaybeText('delhi'),
        country: MaybeText('IN'),
        postalCode: MaybeText('567654'),
        website: MaybeText('https://gohighlevel.com/'),
        timezone: MaybeText('America/Chicago'),
        logoUrl,
      }),
    }),
  },
  { description: 'Successful response' },
)

export const LocationDeletedAnswer = Answer(
  {
    success: Flag(true, 'Success status of the API'),
    message: Text('Deleted location with id: ve9EPM428h8vShlRW1KT', 'Success message of the API'),
  },
  { description: 'Successful response' },
)

export const TimezonesAnswer = Answer(
  { timeZones: Type.Array(Type.String(), { examples: [['America/Chicago', 'US/Central']] }) },
  { description: 'Successful response' },
)

/** What a sub-account may use. UPSTREAM: the contract's PermissionsResponseDto of v3. */
export const locationPermissions = [
  '2-way-text-messaging',
  'gmb-messaging',
  'web-chat',
  'reputation-management',
  'facebook-messenger',
  'gmb-call-tracking',
  'missed-call-text-back',
  'text-to-pay',
  'calendar',
  'crm',
  'opportunities',
  'email-marketing',
  'form-builder',
  'survey-builder',
  'trigger-links',
  'html-builder',
  'sms-email-templates',
  'funnels',
  'websites',
  'workflow',
  'membership',
  'all-reports',
  'triggers',
  'campaigns',
  'launchpad',
] as const

const permissions = (description: string) =>
  Type.Array(OneOf(locationPermissions, { title: 'LocationPermission' }), {
    examples: [['crm', 'workflow']],
    description,
  })

export const UpdatePermissionsBody = Strict({
  permissions: permissions('Permission plan values to apply for the sub-account'),
})

export const PermissionsAnswer = Answer(
  { permissions: permissions('Enabled permission names for the sub-account') },
  { title: 'PermissionsAnswer', description: 'Successful response' },
)
