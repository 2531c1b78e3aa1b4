import { ApiError } from '../../http/errors.ts'
import type { Generation } from '../../http/version.ts'

/** A parameter's name as the caller's generation writes it: `refresh_token` is `refreshToken`. */
export function parameterName(generation: Generation, name: string): string {
  if (generation === 'v2') return name
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** UPSTREAM: v3's documented 400s, in the words of npm's oauth2-server. behaviour.md §6.2 */
const badRequest = (message: string) => new ApiError({ statusCode: 400, message })

export const missingParameter = (generation: Generation, name: string) =>
  badRequest(`Missing parameter: ${parameterName(generation, name)}`)

export const invalidParameter = (generation: Generation, name: string) =>
  badRequest(`Invalid parameter: ${parameterName(generation, name)}`)

/** UPSTREAM: documented for refreshes; the same token works once the location is active again. */
export const locationNotActive = () => badRequest('Location is not active')

/** DEVIATION: another app, before v3. */
export const appNotFound = (appId: string) =>
  new ApiError({ statusCode: 400, message: `The requested App '${appId}' was not found.` })

/** Why a token request is refused. It is returned, not thrown, so that its changes commit. */
export const tokenFaults = [
  'code',
  'client',
  'refresh token',
  'redirect_uri',
  'code_verifier missing',
  'code_verifier',
  'location',
  'grant type',
] as const
export type TokenFault = (typeof tokenFaults)[number]

/** UPSTREAM: behaviour.md §6.2 for both; what is recorded of neither is oauth2-server's wording. */
export function tokenRefusal(fault: TokenFault, generation: Generation): ApiError {
  switch (fault) {
    case 'code':
      if (generation === 'v2') return unauthorized('Authorization code not found')
      return badRequest('Invalid grant: authorization code is invalid')
    case 'client':
      // UPSTREAM: clients' logs quote the first, with its status.
      if (generation === 'v2') return unauthorized('Invalid client credentials!')
      return new ApiError({
        statusCode: 401,
        message: 'Invalid client: client is invalid',
        error: 'Unauthorized',
      })
    case 'refresh token':
      return invalidRefreshToken(generation)
    case 'redirect_uri':
      return badRequest(`Invalid request: ${parameterName(generation, 'redirect_uri')} is invalid`)
    case 'code_verifier missing':
      return missingParameter(generation, 'code_verifier')
    case 'code_verifier':
      return badRequest('Invalid grant: code verifier is invalid')
    case 'location':
      return locationNotActive()
    case 'grant type':
      return badRequest(
        `Unsupported grant type: ${parameterName(generation, 'grant_type')} is invalid`,
      )
  }
}

/** UPSTREAM: the form of the recorded 401; it has neither status nor message. */
function unauthorized(description: string): ApiError {
  return new ApiError(
    { statusCode: 401, message: description },
    { error: 'UnAuthorized!', error_description: description },
  )
}

/**
 * DEVIATION: bad refresh token below v3. Clients look for `invalid_grant`, and for `Invalid refresh
 * token` in its description; these stand beside v3's documented text.
 */
function invalidRefreshToken(generation: Generation): ApiError {
  const body = { statusCode: 400, message: 'Invalid grant: refresh token is invalid' }
  if (generation === 'v3') return new ApiError(body)
  const legacyFields = { error: 'invalid_grant', error_description: 'Invalid refresh token' }
  return new ApiError(body, { ...body, ...legacyFields })
}

/** An error of `POST /oauth/revoke`, which upstream does not have: RFC 6749 §5.2. */
export function oauthError(statusCode: number, error: string, description: string): ApiError {
  return new ApiError(
    { statusCode, message: description },
    { error, error_description: description },
  )
}

/** Only OAuth's v3 routes have this form. UPSTREAM: behaviour.md §6.4 */
function aipError(
  statusCode: number,
  error: { code: string; message: string; details: object; resolution: string },
): ApiError {
  return new ApiError({ statusCode, message: error.message }, { error })
}

export const resourceNotFound = (resource: string, identifier: string) =>
  aipError(404, {
    code: 'RESOURCE_NOT_FOUND',
    message: `The requested ${resource} '${identifier}' was not found.`,
    details: { resource, identifier },
    resolution: `Verify the ${resource} exists and you have permission to access it.`,
  })

export const invalidArgument = (field: string, message: string, resolution: string) =>
  aipError(400, { code: 'INVALID_ARGUMENT', message, details: { field }, resolution })
