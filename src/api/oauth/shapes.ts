import { Type } from 'typebox'
import { accessTokenSeconds } from '../../auth/access-tokens.ts'
import { Answer, Named } from '../../http/shapes.ts'
import { Flag, Numeric, Text } from '../../resource/words.ts'
import type { Issued } from './tokens/grants.ts'

const tokens = {
  access_token: Text('ab12dc0ae1234a7898f9ff06d4f69gh', 'The OAuth2 access token'),
  token_type: Text('Bearer'),
  expires_in: Numeric(86399, 'Seconds until the token expires'),
  refresh_token: Text('xy34dc0ae1234a4858f9ff06d4f66ba', 'Gets the next tokens, once'),
}
const scope = Text('conversations/message.readonly conversations/message.write')

const tokensV3 = {
  accessToken: tokens.access_token,
  tokenType: tokens.token_type,
  expiresIn: tokens.expires_in,
  refreshToken: tokens.refresh_token,
}

/** The names of tokens that v3 spells in camelCase, each with its older spelling. */
export const tokenNames = {
  accessToken: 'access_token',
  tokenType: 'token_type',
  expiresIn: 'expires_in',
  refreshToken: 'refresh_token',
} as const

/** What the operations of tokens read. */
export const forms = ['application/x-www-form-urlencoded', 'application/json'] as const

function tokensOf({ accessToken, refreshToken }: Issued) {
  return { accessToken, tokenType: 'Bearer', expiresIn: accessTokenSeconds, refreshToken }
}

const holder = {
  userType: Text('Location'),
  companyId: Text('l1C08ntBrFjLS0elLIYU', 'Company ID'),
  locationId: Text(
    'l1C08ntBrFjLS0elLIYU',
    'Location ID - Present only for Sub-Account Access Token',
  ),
  userId: Text('l1C08ntBrFjLS0elLIYU', 'Who installed the app'),
}

/**
 * What `POST /oauth/token` answers: the tokens in snake_case, and in camelCase under v3. All is
 * optional, for what is required would be written first, and the tokens are read first.
 */
export const TokenAnswer = Answer(
  Type.Partial(
    Type.Object({
      ...tokens,
      ...tokensV3,
      scope,
      refreshTokenId: Text('6578278e879ad2646715ba9c'),
      ...holder,
      isBulkInstallation: Type.Boolean(),
      approvedLocations: Type.Array(Type.String(), {
        description: 'Approved locations to generate location access token',
      }),
      installToFutureLocations: Type.Boolean(),
      approveAllLocations: Type.Boolean(),
    }),
  ).properties,
  { description: 'Successful response' },
)

/** The answer of `POST /oauth/token`. What only an agency's token has is left out of others. */
export function tokenAnswer(issued: Issued) {
  const { grant, refreshTokenId } = issued
  const isAgency = grant.userType === 'Company'
  return {
    ...tokensOf(issued),
    scope: grant.scopes.join(' '),
    refreshTokenId,
    ...(isAgency ? agencyOf(issued) : locationOf(issued)),
    isBulkInstallation: grant.isBulk,
    ...(isAgency && {
      approvedLocations: grant.approvedLocations,
      installToFutureLocations: grant.installToFutureLocations,
      approveAllLocations: grant.approveAllLocations,
    }),
  }
}

const installed = {
  appId: Text('6578278e879ad2646715ba9c', 'App ID of the installed application'),
  versionId: Text('6578278e879ad2646715ba9c', 'Version ID of the installed app version'),
}

export const LocationTokenAnswer = Answer({ ...tokensV3, scope, ...holder, ...installed })

export function locationTokenAnswer(issued: Issued) {
  const { scopes, appId, versionId } = issued.grant
  const scope = scopes.join(' ')
  return { ...tokensOf(issued), scope, ...locationOf(issued), appId, versionId }
}

function locationOf({ grant: { userType, companyId, locationId, userId } }: Issued) {
  return { userType, companyId, locationId, userId }
}

function agencyOf({ grant: { userType, companyId, userId } }: Issued) {
  return { userType, companyId, userId }
}

/** A location as `GET /oauth/installedLocations` lists it. */
export const InstalledLocation = Named('InstalledLocation', {
  _id: Text('0IHuJvc2ofPAAA8GzTRi', 'Location ID'),
  name: Text('John Deo'),
  address: Text('47 W 13th St, New York, NY 10011, USA'),
  isInstalled: Flag(true),
  versionId: Type.Optional(Text('6578278e879ad2646715ba9c')),
  installedAt: Type.Optional(Text('2024-01-15T10:30:00.000Z')),
})

export const InstalledLocationsAnswer = Answer({
  locations: Type.Array(InstalledLocation),
  count: Numeric(1231),
  installToFutureLocations: Flag(true),
})

export const InstalledLocationsV3Answer = Answer({
  items: Type.Array(InstalledLocation),
  pagination: Type.Object({
    totalRecords: Numeric(1231),
    hasNextPage: Type.Boolean(),
    hasPrevPage: Type.Boolean(),
    nextPageToken: Type.Optional(Text('eyJvZmZzZXQiOjIwfQ')),
    prevPageToken: Type.Optional(Text('eyJvZmZzZXQiOjB9')),
    currentPageSize: Numeric(20),
  }),
  metadata: Type.Object({
    filterApplied: Type.Object({}, { additionalProperties: true }),
    sortApplied: Type.Object({ installedAt: Text('desc') }),
  }),
  installToFutureLocations: Flag(true),
})

/** How v3's list says that something is wrong. UPSTREAM: behaviour.md §6.4 */
const AipError = Named('AipError', {
  code: Text('RESOURCE_NOT_FOUND'),
  message: Text("The requested App 'abc' was not found."),
  details: Type.Object(
    {},
    { additionalProperties: true, examples: [{ resource: 'App', identifier: 'abc' }] },
  ),
  resolution: Text('Verify the App exists and you have permission to access it.'),
})

/** Before v3 without status and message; under v3 without a description. See `tokenRefusal`. */
export const TokenRefusal = Answer(
  {
    statusCode: Type.Optional(Numeric(401)),
    message: Type.Optional(Text('Invalid token: access token is invalid')),
    error: Text('Unauthorized'),
    error_description: Type.Optional(Type.String()),
  },
  { description: 'Unauthorized' },
)

export const aipRefusals = {
  400: Answer({ error: AipError }, { description: 'Invalid argument (AIP error envelope)' }),
  404: Answer({ error: AipError }, { description: 'App not found (AIP error envelope)' }),
}
