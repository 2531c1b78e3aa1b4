import { databaseError } from '../db/sqlstate.ts'
import { ApiError, cannotBeUndefined, frameworkError, unprocessable } from '../http/errors.ts'
import { limits } from '../limits.ts'

/*
 * What nobody recorded of the real service, in the words that it uses elsewhere: one place, so that
 * a recording that turns up is written once.
 */

/** DEVIATION: a missing row; it also stands for one of another location. */
export const notFound = (noun: string) =>
  new ApiError({
    statusCode: 404,
    error: 'Not Found',
    message: `${noun} not found`,
    code: `${noun.toUpperCase().replaceAll(' ', '_')}_NOT_FOUND`,
  })

/** A missing row, of another location too, in the words of contacts. UPSTREAM: behaviour.md §1.5 */
export const notFoundById = (noun: string, id: string) =>
  new ApiError({
    statusCode: 400,
    message: `${noun} with id ${id} not found`,
    error: 'Bad Request',
  })

/** DEVIATION: a name that another row has; case does not count. */
export const nameTaken = (noun: string) =>
  frameworkError(400, `A ${noun.toLowerCase()} with this name already exists.`)

/** DEVIATION: unknown users; nobody recorded upstream's words. */
export const usersNotFound = (ids: readonly string[]) =>
  unprocessable(ids.slice(0, limits.violationsMax).map((id) => `User with id ${id} not found`))

/** DEVIATION: an eleventh follower; nobody recorded upstream's words. */
export const tooManyFollowers = (followersMax: number) =>
  unprocessable([`followers must contain no more than ${followersMax} elements`])

/** Refuses a write that gave a table a name twice: of two concurrent ones the database lets one. */
export const refuseTakenName = (table: string, noun: string) => (error: unknown) => {
  throw databaseError(error)?.constraint === `${table}_name_key` ? nameTaken(noun) : error
}

/** Refuses a list that names no location before anything else of it. UPSTREAM: behaviour.md §1.4 */
export const refuseMissingLocationId = ({ query }: { query: unknown }) =>
  (query as { locationId?: unknown }).locationId ? undefined : cannotBeUndefined('locationId')
