import { Type } from 'typebox'
import { Answer, Named, Query, Strict } from '../../http/shapes.ts'
import { limits } from '../../limits.ts'
import {
  Flag,
  Id,
  MaybeText,
  Numeric,
  OneOf,
  Optional,
  OptionalOneOf,
  OptionalText,
  Text,
} from '../../resource/words.ts'
import { userScopes } from './user-scopes.ts'

/** Bounds of users alone. */
export const userLimits = {
  /** An e-mail address: RFC 3696's 64 before the @, and 255 after it. */
  emailCharsMax: 320,
  passwordCharsMin: 8,
  /** What v3 of the contract asks for. */
  passwordCharsMinV3: 12,
  passwordCharsMax: 1_024,
} as const

const userTypes = ['account', 'agency'] as const
const roles = ['admin', 'user'] as const
const languages = [
  'en_US',
  'es',
  'fr_CA',
  'fr_FR',
  'nl',
  'de',
  'pt_PT',
  'pt_BR',
  'it',
  'sv',
  'da',
  'fi',
  'no',
] as const

/** What a user may do, and whether one may to whom nothing was said. UPSTREAM: PermissionsDto */
export const permissionDefaults = {
  campaignsEnabled: true,
  campaignsReadOnly: false,
  contactsEnabled: true,
  workflowsEnabled: true,
  workflowsReadOnly: false,
  triggersEnabled: true,
  funnelsEnabled: true,
  websitesEnabled: false,
  opportunitiesEnabled: true,
  dashboardStatsEnabled: true,
  bulkRequestsEnabled: true,
  appointmentsEnabled: true,
  reviewsEnabled: true,
  onlineListingsEnabled: true,
  phoneCallEnabled: true,
  conversationsEnabled: true,
  assignedDataOnly: false,
  adwordsReportingEnabled: false,
  membershipEnabled: false,
  facebookAdsReportingEnabled: false,
  attributionsReportingEnabled: false,
  settingsEnabled: true,
  tagsEnabled: true,
  leadValueEnabled: true,
  marketingEnabled: true,
  agentReportingEnabled: true,
  botService: false,
  socialPlanner: true,
  bloggingEnabled: true,
  invoiceEnabled: true,
  affiliateManagerEnabled: true,
  contentAiEnabled: true,
  refundsEnabled: true,
  recordPaymentEnabled: true,
  cancelSubscriptionEnabled: true,
  paymentsEnabled: true,
  communitiesEnabled: true,
  exportPaymentsEnabled: true,
} as const

const mapPermissions = <T>(make: (isAllowed: boolean) => T) =>
  Object.fromEntries(
    Object.entries(permissionDefaults).map(([name, isAllowed]) => [name, make(isAllowed)]),
  ) as Record<keyof typeof permissionDefaults, T>

const PermissionsInput = Strict(
  mapPermissions((isAllowed) => Optional(Type.Boolean({ examples: [isAllowed] }))),
  { title: 'PermissionsInput' },
)
const Permissions = Named(
  'Permissions',
  mapPermissions((isAllowed) => Type.Boolean({ examples: [isAllowed] })),
)

const userId = Text('082goXVW3lIExEQPOnd3')
const companyId = Id('5DP4iH6HLkQsiKESj6rh')
const locationIds = Type.Array(Type.String({ minLength: 1 }), {
  examples: [['ve9EPM428h8vShlRW1KT']],
})
const scopes = Type.Array(OneOf(userScopes, { title: 'UserScope' }), {
  examples: [['contacts.write', 'campaigns.readonly']],
  description: 'Scopes allowed for users. Only scopes that have been passed will be enabled.',
})
const phones = Type.Record(Type.String(), Type.String(), {
  examples: [{ ve9EPM428h8vShlRW1KT: '+18832327657' }],
})
const emailLength = { minLength: 1, maxLength: userLimits.emailCharsMax }
const password = Type.String({
  maxLength: userLimits.passwordCharsMax,
  examples: ['Groundlevel-2026'],
  description:
    'Of 8 characters or more. Under v3 of 12 or more, with an uppercase and a lowercase letter, ' +
    'a number and a special character.',
})
const firstName = Type.String({ pattern: '\\S', examples: ['John'] })
const lastName = Type.String({ pattern: '\\S', examples: ['Deo'] })

export const UserParams = Type.Object({ userId })

/** The properties that both bodies may leave out. */
const optionalFields = {
  phone: OptionalText('+18832327657'),
  permissions: Optional(PermissionsInput),
  scopes: Optional(scopes),
  scopesAssignedToOnly: Optional(scopes),
  profilePhoto: OptionalText('https://img.png'),
  twilioPhone: Optional(phones),
  platformLanguage: OptionalOneOf(languages, { examples: ['en_US'] }),
}

export const CreateUserBody = Strict({
  companyId,
  firstName,
  lastName,
  email: Type.String({ ...emailLength, examples: ['john@deo.com'] }),
  password,
  type: OneOf(userTypes, { examples: ['account'] }),
  role: OneOf(roles, { examples: ['admin'] }),
  locationIds,
  ...optionalFields,
})

export const UpdateUserBody = Strict({
  firstName: Optional(firstName),
  lastName: Optional(lastName),
  // The address can no longer be changed, so there is no example of it.
  email: Optional(Type.String(emailLength)),
  password: Optional(password),
  type: OptionalOneOf(userTypes, { examples: ['account'] }),
  role: OptionalOneOf(roles, { examples: ['admin'] }),
  companyId: Optional(companyId),
  locationIds: Optional(locationIds),
  ...optionalFields,
})

export const UsersQuery = Query({
  locationId: Id('ve9EPM428h8vShlRW1KT'),
})

const skip = Type.Integer({ minimum: 0, maximum: limits.skipMax, examples: [0] })
const limit = Type.Integer({ minimum: 1, examples: [25] })

/** What users are sorted by; the default is the first and last name. */
export const userOrders = ['name', 'firstName', 'lastName', 'email', 'dateAdded'] as const

/** UPSTREAM: a refusal of what it does not name is recorded. */
export const SearchUsersQuery = Strict({
  companyId,
  query: Type.Optional(
    Text('John', 'Is looked for in the full name, the e-mail address and the phone number'),
  ),
  skip: Type.Optional(skip),
  limit: Type.Optional(limit),
  locationId: Type.Optional(Text('ve9EPM428h8vShlRW1KT')),
  type: Type.Optional(OneOf(userTypes, { examples: ['agency'] })),
  role: Type.Optional(OneOf(roles, { examples: ['admin'] })),
  ids: Type.Optional(
    Type.Array(Type.String(), { examples: [['082goXVW3lIExEQPOnd3', 'sx6wyHhbFdRXh302LLss']] }),
  ),
  sort: Type.Optional(OneOf(userOrders, { examples: ['dateAdded'] })),
  sortDirection: Type.Optional(OneOf(['asc', 'desc'], { examples: ['asc'] })),
  enabled2waySync: Type.Optional(Type.Boolean()),
})

export const FilterByEmailBody = Strict({
  companyId,
  emails: Id(
    'user1@example.com,user2@example.com',
    'Comma-separated list of email addresses to filter users',
  ),
  deleted: Optional(Flag(false, 'Filter deleted users')),
  skip: OptionalText('0'),
  limit: OptionalText('25'),
  projection: Optional(
    Text(
      'all',
      'Projection fields to return. Use "all" for all fields, or specify comma-separated ' +
        'field names. Default returns only id and email',
    ),
  ),
})

/** UPSTREAM: UserSchema. Of the last three the contract says only that they can be written. */
const userFields = {
  id: userId,
  name: Text('John Deo'),
  firstName: Text('John'),
  lastName: Text('Deo'),
  email: Text('john@deo.com'),
  phone: MaybeText('+1 808-868-8888'),
  extension: MaybeText(''),
  permissions: Permissions,
  scopes,
  roles: Named('UserRoles', {
    type: OneOf(userTypes, { examples: ['account'] }),
    role: OneOf(roles, { examples: ['admin'] }),
    locationIds,
    restrictSubAccount: Flag(false),
  }),
  lcPhone: Type.Object({}, { description: 'LC Phone Inbound Phone Numbers' }),
  platformLanguage: OneOf(languages, { examples: ['en_US'] }),
  scopesAssignedToOnly: scopes,
  profilePhoto: MaybeText('https://img.png'),
  twilioPhone: phones,
}

const success = { description: 'Successful response' }

export const UserAnswer = Answer(userFields, { title: 'UserAnswer', ...success })

const ListedUser = Named('ListedUser', { ...userFields, deleted: Flag(false) })

export const UsersAnswer = Answer({ users: Type.Array(ListedUser) }, success)

const count = Numeric(1231)

export const FoundUsersAnswer = Answer({ users: Type.Array(ListedUser), count }, success)

/** All properties are optional, because the client chooses them. */
export const FilteredUsersAnswer = Answer(
  { users: Type.Array(Type.Partial(ListedUser)), count },
  success,
)

/** UPSTREAM: the older spelling under the dated versions, the newer under v3. */
export const UserDeletedAnswer = Answer(
  {
    succeded: Type.Optional(Flag(true)),
    succeeded: Type.Optional(Flag(true)),
    message: MaybeText(
      'Queued deleting user with e-mail john@deo.com and name John Deo. ' +
        'Will take effect in a few minutes.',
    ),
  },
  success,
)
