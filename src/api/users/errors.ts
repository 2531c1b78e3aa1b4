import { ApiError, unprocessable } from '../../http/errors.ts'

const badRequest = (message: string) =>
  new ApiError({ statusCode: 400, message, error: 'Bad Request' })

/** UPSTREAM: issue #205 (2025-12) on GET. DEVIATION: a missing user on PUT and DELETE. */
export const userNotFound = () =>
  new ApiError({ message: 'The user does not exist.', error: 'Unauthorized', statusCode: 401 })

/** DEVIATION: an e-mail address that another user has; nobody recorded upstream's words. */
export const emailTaken = (email: string) => badRequest(`User with email ${email} already exists`)

/** UPSTREAM: the contract says so of UpdateUserDto; DEVIATION: as the message of a 400. */
export const emailUnchangeable = () =>
  badRequest('Email update is no longer supported due to security reasons.')

export const emailInvalid = () => unprocessable(['email must be an email'])

/** DEVIATION: a sub-account's user without a location. */
export const locationsMissing = () => unprocessable(['locationIds should not be empty'])

/** UPSTREAM: the contract asks an agency for it when it changes a user. */
export const companyMissing = () =>
  unprocessable(['companyId must be a string', 'companyId should not be empty'])

/** DEVIATION: a password that is too easy; the words are class-validator's. */
export const passwordTooEasy = (messages: readonly string[]) => unprocessable(messages)
