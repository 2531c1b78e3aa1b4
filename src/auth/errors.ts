import { ApiError } from '../http/errors.ts'

/** UPSTREAM: behaviour.md §1.3, the recorded refusals. */
export const invalidPrivateIntegrationToken = () =>
  new ApiError({ statusCode: 401, message: 'Invalid Private Integration token' })

export const invalidAccessToken = () =>
  new ApiError({
    statusCode: 401,
    message: 'Invalid token: access token is invalid',
    error: 'Unauthorized',
  })

export const missingScope = () =>
  new ApiError({ statusCode: 401, message: 'The token is not authorized for this scope.' })

export const otherLocation = () =>
  new ApiError({ statusCode: 403, message: 'The token does not have access to this location.' })
