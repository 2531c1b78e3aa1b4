import { databaseError } from '../../../db/sqlstate.ts'
import { ApiError, frameworkError } from '../../../http/errors.ts'

/** DEVIATION: a missing lost reason. */
export const lostReasonNotFound = () =>
  new ApiError({
    statusCode: 404,
    error: 'Not Found',
    message: 'Lost reason not found',
    code: 'LOST_REASON_NOT_FOUND',
  })

/** DEVIATION: a name that another lost reason has. Of two at once, the database lets the first. */
export function refuseTakenName(error: unknown): never {
  if (databaseError(error)?.constraint !== 'lost_reasons_name_key') throw error
  throw frameworkError(400, 'A lost reason with this name already exists.')
}
