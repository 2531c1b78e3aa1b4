import { ApiError } from '../http/errors.ts'

const unauthorized = (message: string) => new ApiError({ statusCode: 401, message })

/** UPSTREAM: behaviour.md §1.3, the recorded refusals. */
export const invalidPrivateIntegrationToken = () =>
  unauthorized('Invalid Private Integration token')

export const invalidAccessToken = () =>
  new ApiError({
    statusCode: 401,
    message: 'Invalid token: access token is invalid',
    error: 'Unauthorized',
  })

/**
 * A token that is neither a private integration's nor in the form of a JWT.
 * UPSTREAM: highlevel-api-docs issue #213
 */
export const invalidJwt = () => unauthorized('Invalid JWT')

export const missingScope = () => unauthorized('The token is not authorized for this scope.')

/** An agency's private integration on a route of users. */
export const userTypeMismatch = () => unauthorized("Token's user type mismatch!")

/** An agency's OAuth token on a sub-account's route. */
export const authClassNotAllowed = () =>
  unauthorized(
    'This authClass type is not allowed to access this scope. ' +
      'Please verify your IAM configuration if this is not the case.',
  )

/** A location's token on an agency's route. */
export const userTypeNotSupported = () =>
  unauthorized("This token's user type is not yet supported!")

export const otherLocation = () =>
  new ApiError({ statusCode: 403, message: 'The token does not have access to this location.' })

/** DEVIATION: another agency named; nobody recorded upstream's words. */
export const otherCompany = () =>
  new ApiError({ statusCode: 403, message: 'The token does not have access to this company.' })
