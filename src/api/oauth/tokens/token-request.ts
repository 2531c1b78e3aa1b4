import { type Static, Type } from 'typebox'
import { unprocessable } from '../../../http/errors.ts'
import type { Generation } from '../../../http/version.ts'
import { invalidParameter, missingParameter } from '../errors.ts'
import type { UserType } from './grants.ts'

const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const
const userTypes = ['Company', 'Location'] as const
export type GrantType = (typeof grantTypes)[number]

const text = (description: string, example?: string) =>
  Type.Optional(Type.String({ description, ...(example && { examples: [example] }) }))

/**
 * Both spellings are taken whatever the version, and what is not named here is ignored: client
 * libraries send parameters of OAuth that upstream has no use for.
 */
export const TokenBody = Type.Object({
  client_id: text(
    'The ID provided by GHL for your integration',
    '6578278e879ad2646715ba9c-kq3x8v2l',
  ),
  client_secret: text('The secret that goes with it', 'b1b0f0f4-7a2e-4c8e-9d5c-2f1f4c9a6f10'),
  grant_type: text(`One of ${grantTypes.join(', ')}`, 'authorization_code'),
  code: text(
    'The authorization code received from the authorization endpoint',
    'ab12dc0ae1234a7898f9ff06d4f69gh',
  ),
  refresh_token: text('The refresh token used to obtain a new access token'),
  user_type: text('The type of token to be requested: Company or Location', 'Location'),
  redirect_uri: text('The redirect URI for your application'),
  code_verifier: text('Proves that the code is yours, when a challenge was sent for it'),
  clientId: text('v3: client_id'),
  clientSecret: text('v3: client_secret'),
  grantType: text('v3: grant_type'),
  refreshToken: text('v3: refresh_token'),
  userType: text('v3: user_type'),
  redirectUri: text('v3: redirect_uri'),
  codeVerifier: text('v3: code_verifier'),
})

/** The parameters that v3 spells in camelCase, each with its older spelling. */
export const renamed = {
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

/** What is asked for, or the refusal of what nobody could grant. */
export function readTokenRequest(
  body: Omit<Static<typeof TokenBody>, (typeof renamed)[keyof typeof renamed]>,
  generation: Generation,
): TokenRequest {
  const sent = {
    clientId: body.clientId,
    clientSecret: body.clientSecret,
    grantType: body.grantType,
    // What is sent empty is not sent.
    code: body.code || undefined,
    refreshToken: body.refreshToken || undefined,
    userType: body.userType || undefined,
    redirectUri: body.redirectUri || undefined,
    codeVerifier: body.codeVerifier || undefined,
  }
  if (generation === 'v3') refuseFirst(sent)
  else refuseAll(sent)
  return sent as TokenRequest
}

type Sent = Record<keyof TokenRequest, string | undefined>

const isOneOf = (values: readonly string[], value: string | undefined) =>
  value !== undefined && values.includes(value)

/** UPSTREAM: v3 names the first parameter that is wrong, as oauth2-server does. */
function refuseFirst({ clientId, clientSecret, grantType, userType }: Sent): void {
  if (!clientId) throw missingParameter('v3', 'client_id')
  if (!clientSecret) throw missingParameter('v3', 'client_secret')
  if (!grantType) throw missingParameter('v3', 'grant_type')
  if (!isOneOf(grantTypes, grantType)) throw invalidParameter('v3', 'grant_type')
  if (userType && !isOneOf(userTypes, userType)) throw invalidParameter('v3', 'user_type')
}

/** UPSTREAM: before v3 class-validator names all of them at once. behaviour.md §6.2 */
function refuseAll({ clientId, clientSecret, grantType, userType }: Sent): void {
  const messages = [
    ...emptyOrMissing('client_id', clientId),
    ...emptyOrMissing('client_secret', clientSecret),
  ]
  if (!isOneOf(grantTypes, grantType)) messages.push('grant_type must be a valid enum value')
  if (!grantType) messages.push('grant_type should not be empty')
  if (userType && !isOneOf(userTypes, userType)) {
    messages.push('user_type must be a valid enum value')
  }
  if (messages.length > 0) throw unprocessable(messages)
}

function emptyOrMissing(name: string, value: string | undefined): string[] {
  if (value) return []
  const empty = `${name} should not be empty`
  return value === undefined ? [`${name} must be a string`, empty] : [empty]
}
