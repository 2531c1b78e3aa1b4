import { ApiError, frameworkError, unprocessable } from '../../http/errors.ts'
import { notFound, notFoundById } from '../../resource/refusals.ts'
import { opportunityLimits } from './limits.ts'

/** UPSTREAM: behaviour.md §1.5; the same for an opportunity of another location. */
export const opportunityNotFound = () => notFound('Opportunity')

/** UPSTREAM: behaviour.md §1.5 */
export const duplicateOpportunity = (existingId: string) =>
  new ApiError({
    statusCode: 400,
    message: 'Can not create duplicate opportunity for the contact.',
    code: 'OPPORTUNITY_NO_DUPLICATE',
    meta: { existingId },
    error: 'Bad Request',
  })

/** UPSTREAM: behaviour.md §1.5 */
export const pipelineInvalid = () =>
  new ApiError({ statusCode: 400, message: 'The pipeline id is invalid.', error: 'Bad Request' })

/** UPSTREAM: behaviour.md §1.5, where it is recorded for contacts. */
export const contactNotFound = (id: string) => notFoundById('Contact', id)

/** DEVIATION: a date in none of the documented formats. */
export const closeDateInvalid = () =>
  unprocessable([
    'forecastExpectedCloseDate must be a date such as YYYY-MM-DD, MM/DD/YYYY or ISO 8601',
  ])

/** DEVIATION: a date in none of the forms that searches take. */
export const dateInvalid = (name: string) =>
  unprocessable([`${name} must be a date as mm-dd-yyyy or in milliseconds`])

/** UPSTREAM: public-reports.md 1, a page beyond 10,000 rows; what it has besides is not recorded. */
export const pageBeyondWindow = () =>
  new ApiError({
    statusCode: 400,
    code: 'SEARCH_USE_START_AFTER_PAGINATION',
    message: 'Please use startAfter and startAfterId for pagination.',
    error: 'Bad Request',
  })

/** UPSTREAM: public-reports.md 20. DEVIATION: the words of a refused `limit` or `page`. */
export const limitTooHigh = () =>
  frameworkError(400, `limit must not be greater than ${opportunityLimits.searchRowsMax}`)

/** UPSTREAM: public-reports.md 27. DEVIATION: the words of a refused `limit` or `page`. */
export const pageBesideCursor = () =>
  frameworkError(400, 'page should not exist beside searchAfter')

export const startAfterInvalid = () => unprocessable(['startAfter must be a time in milliseconds'])

/** DEVIATION: a `startAfterId` that nothing of the search has. */
export const startAfterIdNotFound = () =>
  unprocessable(['startAfterId must be the id of a contact or of an opportunity of the search'])

/** DEVIATION: the contact of an opportunity cannot be changed; its own is taken. */
export const contactIdNotAllowed = () => unprocessable(['property contactId should not exist'])

/** DEVIATION: a stage on a change that the pipeline does not have; the words are a client's. */
export const stageInvalid = () =>
  new ApiError({ statusCode: 400, message: 'pipelineStageId is invalid', error: 'Bad Request' })

/** DEVIATION: an unknown lost reason; nobody recorded upstream's words. */
export const lostReasonNotFound = (id: string) =>
  unprocessable([`Lost reason with id ${id} not found`])

/** DEVIATION: a lost reason without status `lost`. */
export const lostReasonNotLost = () =>
  unprocessable(['lostReasonId should not exist unless status is lost'])
