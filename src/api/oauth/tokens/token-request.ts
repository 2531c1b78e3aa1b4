import { type Static, Type } from 'typebox'
import { unprocessable } from '../../../http/errors.ts'
import { notOneOf } from '../../../http/schema/violations.ts'
import type { Generation } from '../../../http/version.ts'
import { invalidParameter, missingParameter } from '../errors.ts'
import type { UserType } from './grants.ts'

const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const
const userTypes = ['Company', 'Location'] as const
export type GrantType = (typeof grantTypes)[number]

const textParameter = (description: string, example?: string) =>
  Type.Optional(Type.String({ description, ...(example && { examples: [example] }) }))

/**
 * Both spellings are taken whatever the version, and what is not named here is ignored: client
 * libraries send parameters of OAuth that upstream has no use for.
 */
export const TokenBody = Type.Object({
  client_id: textParameter(
    'The ID provided by GHL for your integration',
    '6578278e879ad2646715ba9c-kq3x8v2l',
  ),
  client_secret: textParameter(
    'The secret that goes with it',
    'b1b0f0f4-7a2e-4c8e-9d5c-2f1f4c9a6f10',
  ),
  grant_type: textParameter(`One of ${grantTypes.join(', ')}`, 'authorization_code'),
  code: textParameter(
    'The authorization code received from the authorization endpoint',
    'ab12dc0ae1234a7898f9ff06d4f69gh',
  ),
  refresh_token: textParameter('The refresh token used to obtain a new access token'),
  user_type: textParameter('The type of token to be requested: Company or Location', 'Location'),
  redirect_uri: textParameter('The redirect URI for your application'),
  code_verifier: textParameter('Proves that the code is yours, when a challenge was sent for it'),
  clientId: textParameter('v3: client_id'),
  clientSecret: textParameter('v3: client_secret'),
  grantType: textParameter('v3: grant_type'),
  refreshToken: textParameter('v3: refresh_token'),
  userType: textParameter('v3: user_type'),
  redirectUri: textParameter('v3: redirect_uri'),
  codeVerifier: textParameter('v3: code_verifier'),
})

/** The parameters that v3 spells in camelCase, each with its older spelling. */
export const renamedParameters = {
  clientId: 'client_id',
  clientSecret: 'client_secret',
  grantType: 'grant_type',
  refreshToken: 'refresh_token',
  userType: 'user_type',
  redirectUri: 'redirect_uri',
  codeVerifier: 'code_verifier',
} as const

export type TokenRequest = {
  clientId: string
  clientSecret: string
  grantType: GrantType
  code: string | undefined
  refreshToken: string | undefined
  userType: UserType | undefined
  redirectUri: string | undefined
  codeVerifier: string | undefined
}

/** Reads the parameters of a token request, and refuses those that nobody could grant. */
export function readTokenRequest(
  body: Omit<Static<typeof TokenBody>, (typeof renamedParameters)[keyof typeof renamedParameters]>,
  generation: Generation,
): TokenRequest {
  const request = {
    clientId: body.clientId,
    clientSecret: body.clientSecret,
    grantType: body.grantType,
    // An empty parameter counts as missing.
    code: body.code || undefined,
    refreshToken: body.refreshToken || undefined,
    userType: body.userType || undefined,
    redirectUri: body.redirectUri || undefined,
    codeVerifier: body.codeVerifier || undefined,
  }
  if (generation === 'v3') refuseFirstFault(request)
  else refuseAllFaults(request)
  return request as TokenRequest
}

type RawTokenRequest = Record<keyof TokenRequest, string | undefined>

const isOneOf = (values: readonly string[], value: string | undefined) =>
  value !== undefined && values.includes(value)

/** UPSTREAM: v3 names the first parameter that is wrong, as oauth2-server does. */
function refuseFirstFault({ clientId, clientSecret, grantType, userType }: RawTokenRequest): void {
  if (!clientId) throw missingParameter('v3', 'client_id')
  if (!clientSecret) throw missingParameter('v3', 'client_secret')
  if (!grantType) throw missingParameter('v3', 'grant_type')
  if (!isOneOf(grantTypes, grantType)) throw invalidParameter('v3', 'grant_type')
  if (userType && !isOneOf(userTypes, userType)) throw invalidParameter('v3', 'user_type')
}

/** UPSTREAM: before v3 class-validator names all of them at once. behaviour.md §6.2 */
function refuseAllFaults({ clientId, clientSecret, grantType, userType }: RawTokenRequest): void {
  const messages = [
    ...emptyMessages('client_id', clientId),
    ...emptyMessages('client_secret', clientSecret),
  ]
  if (!isOneOf(grantTypes, grantType)) messages.push('grant_type must be a valid enum value')
  if (!grantType) messages.push('grant_type should not be empty')
  if (userType && !isOneOf(userTypes, userType)) {
    messages.push(notOneOf('user_type', userTypes))
  }
  if (messages.length > 0) throw unprocessable(messages)
}

function emptyMessages(name: string, value: string | undefined): string[] {
  if (value) return []
  const empty = `${name} should not be empty`
  return value === undefined ? [`${name} must be a string`, empty] : [empty]
}
