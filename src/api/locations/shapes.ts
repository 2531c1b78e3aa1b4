import { Type } from 'typebox'
import { Answer, Named, OneOf, Optional, OptionalOneOf, Strict } from '../../http/shapes.ts'
import { limits } from '../../limits.ts'
import { countries } from './countries.ts'

const input = (example: string, description?: string) =>
  Optional(Type.String({ examples: [example], ...(description ? { description } : {}) }))

const shown = (example: string, description?: string) =>
  Type.Optional(Type.String({ examples: [example], ...(description ? { description } : {}) }))

const locationId = Type.String({ examples: ['ve9EPM428h8vShlRW1KT'], description: 'Location Id' })

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

const mapped = <P extends keyof typeof socials, T>(make: (example: string) => T) =>
  Object.fromEntries(
    Object.entries(socials).map(([name, example]) => [name, make(example)]),
  ) as Record<P, T>

const SocialInput = Strict(mapped(input), { title: 'LocationSocialInput' })
const Social = Named('LocationSocial', mapped(shown))

/** By what a contact is recognised, in this order. */
const uniqueIdentifiers = ['email', 'phone'] as const

const CrmSettings = {
  deSyncOwners: Type.Optional(Type.Boolean()),
  syncFollowers: Type.Optional(Strict({ contact: Type.Boolean(), opportunity: Type.Boolean() })),
}

const flag = Type.Boolean({ examples: [false] })

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

const words = {
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
  phone: input('+1410039940', words.phone),
  address: input('4th fleet street', words.address),
  city: input('New York', words.city),
  state: input('Illinois', words.state),
  country: OptionalOneOf(countries, {
    title: 'CountryOrNull',
    examples: ['US'],
    description: words.country,
  }),
  postalCode: input('567654', words.postalCode),
  website: input('https://yourwebsite.com', words.website),
  timezone: input('US/Central', words.timezone),
  prospectInfo: Optional(
    Strict({
      firstName: Type.String({ examples: ['John'], description: 'First name of the prospect' }),
      lastName: Type.String({ examples: ['Doe'], description: 'Last name of the prospect' }),
      email: Type.String({
        examples: ['john.doe@mail.com'],
        description: 'Email of the prospect',
      }),
    }),
  ),
  settings: Optional(SettingsInput),
  social: Optional(SocialInput),
  twilio: Optional(
    Strict({
      sid: Type.String({ examples: ['AC_XXXXXXXXXXX'] }),
      authToken: Type.String({ examples: ['77_XXXXXXXXXXX'] }),
    }),
  ),
  mailgun: Optional(
    Strict({
      apiKey: Type.String({ examples: ['key-XXXXXXXXXXX'] }),
      domain: Type.String({ examples: ['replies.yourdomain.com'] }),
    }),
  ),
}

const name = Type.String({ pattern: '\\S', examples: ['Mark Shoes'], description: words.name })
const companyId = Type.String({
  minLength: 1,
  examples: ['5DP4iH6HLkQsiKESj6rh'],
  description: 'Company/Agency Id',
})

export const CreateLocationBody = Strict({
  name,
  companyId,
  ...profileInput,
  snapshotId: input('XXXXXXXXXXX', 'The snapshot ID to be loaded into the location.'),
})

export const UpdateLocationBody = Strict({
  name: Optional(name),
  companyId,
  ...profileInput,
  snapshot: Optional(
    Strict({
      id: Type.String({ examples: ['XXXXXXXXXXX'] }),
      override: Optional(Type.Boolean({ examples: [false] })),
    }),
  ),
})

export const SearchLocationsQuery = Strict({
  companyId: Type.Optional(
    Type.String({
      examples: ['5DP4iH6HLkQsiKESj6rh'],
      description: 'The company/agency id on which you want to perform the search',
    }),
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
  email: Type.Optional(Type.String({ examples: ['johndoe@mail.com'] })),
})

export const DeleteLocationQuery = Strict({
  deleteTwilioAccount: Type.Boolean({
    examples: [false],
    description: 'Boolean value to indicate whether to delete Twilio Account or not',
  }),
})

const profile = {
  id: locationId,
  name: Type.String({ examples: ['Mark Shoes'], description: words.name }),
  phone: shown('+1410039940', words.phone),
  email: shown('john.doe@mail.com', 'The email for the sub-account/location'),
  address: shown('4th fleet street', words.address),
  city: shown('New York', words.city),
  state: shown('Illinois', words.state),
  country: shown('US', words.country),
  postalCode: shown('567654', words.postalCode),
  website: shown('https://yourwebsite.com', words.website),
  timezone: Type.String({ examples: ['US/Central'], description: words.timezone }),
  settings: Settings,
  social: Social,
}

export const LocationsAnswer = Answer(
  { locations: Type.Array(Type.Object(profile)) },
  { description: 'Successful response' },
)

const written = { ...profile, companyId, domain: shown('test.msgsndr.com') }

export const CreatedLocationAnswer = Answer(written, { description: 'Successful response' })

export const UpdatedLocationAnswer = Answer(written, { description: 'Successful update response' })

const logoUrl = shown('https://dummyimage.com/logo.jpeg')

export const LocationAnswer = Answer(
  {
    location: Type.Object({
      ...written,
      logoUrl,
      firstName: shown('Dr. Rane'),
      lastName: shown('deo'),
      business: Type.Object({
        name: shown('dentist'),
        address: shown('MIG 14, Delhi'),
        city: shown('delhi'),
        state: shown('delhi'),
        country: shown('IN'),
        postalCode: shown('567654'),
        website: shown('https://gohighlevel.com/'),
        timezone: shown('America/Chicago'),
        logoUrl,
      }),
    }),
  },
  { description: 'Successful response' },
)

export const LocationDeletedAnswer = Answer(
  {
    success: Type.Boolean({ examples: [true], description: 'Success status of the API' }),
    message: Type.String({
      examples: ['Deleted location with id: ve9EPM428h8vShlRW1KT'],
      description: 'Success message of the API',
    }),
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
