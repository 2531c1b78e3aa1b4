import { Type } from 'typebox'
import { accessTokenSeconds } from '../../auth/access-tokens.ts'
import { formType } from '../../http/form.ts'
import { Answer, Named } from '../../http/shapes.ts'
import { Flag, Numeric, Text } from '../../resource/words.ts'
import type { IssuedTokens } from './tokens/grants.ts'

const tokenProperties = {
  access_token: Text('ab12dc0ae1234a7898f9ff06d4f69gh', 'The OAuth2 access token'),
  token_type: Text('Bearer'),
  expires_in: Numeric(86399, 'Seconds until the token expires'),
  refresh_token: Text('xy34dc0ae1234a4858f9ff06d4f66ba', 'Gets the next tokens, once'),
}
const scope = Text('conversations/message.readonly conversations/message.write')

const tokenPropertiesV3 = {
  accessToken: tokenProperties.access_token,
  tokenType: tokenProperties.token_type,
  expiresIn: tokenProperties.expires_in,
  refreshToken: tokenProperties.refresh_token,
}

/** The names of tokens that v3 spells in camelCase, each with its older spelling. */
export const renamedTokenProperties = {
  accessToken: 'access_token',
  tokenType: 'token_type',
  expiresIn: 'expires_in',
  refreshToken: 'refresh_token',
} as const

/** The content types that the operations of tokens read. */
export const tokenContentTypes = [formType, 'application/json'] as const

function tokenFields({ accessToken, refreshToken }: IssuedTokens) {
  return { accessToken, tokenType: 'Bearer', expiresIn: accessTokenSeconds, refreshToken }
}

const tokenHolderProperties = {
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
 * optional, because required properties are written first and the tokens must be.
 */
export const TokenAnswer = Answer(
  Type.Partial(
    Type.Object({
      ...tokenProperties,
      ...tokenPropertiesV3,
      scope,
      refreshTokenId: Text('6578278e879ad2646715ba9c'),
      ...tokenHolderProperties,
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

/** The answer of `POST /oauth/token`; some properties are of an agency's token only. */
export function tokenAnswer(issued: IssuedTokens) {
  const { grant, refreshTokenId } = issued
  const isAgency = grant.userType === 'Company'
  return {
    ...tokenFields(issued),
    scope: grant.scopes.join(' '),
    refreshTokenId,
    ...(isAgency ? agencyFields(issued) : locationFields(issued)),
    isBulkInstallation: grant.isBulk,
    ...(isAgency && {
      approvedLocations: grant.approvedLocations,
      installToFutureLocations: grant.installToFutureLocations,
      approveAllLocations: grant.approveAllLocations,
    }),
  }
}

const appProperties = {
  appId: Text('6578278e879ad2646715ba9c', 'App ID of the installed application'),
  versionId: Text('6578278e879ad2646715ba9c', 'Version ID of the installed app version'),
}

export const LocationTokenAnswer = Answer({
  ...tokenPropertiesV3,
  scope,
  ...tokenHolderProperties,
  ...appProperties,
})

export function locationTokenAnswer(issued: IssuedTokens) {
  const { scopes, appId, versionId } = issued.grant
  const scope = scopes.join(' ')
  return { ...tokenFields(issued), scope, ...locationFields(issued), appId, versionId }
}

function locationFields({ grant: { userType, companyId, locationId, userId } }: IssuedTokens) {
  return { userType, companyId, locationId, userId }
}

function agencyFields({ grant: { userType, companyId, userId } }: IssuedTokens) {
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
