import { unprocessable } from '../../http/errors.ts'
import { limits } from '../../limits.ts'

/** DEVIATION: a page beyond 10,000 rows; they are reached by `startAfter` or `searchAfter`. */
export const pageTooFar = () =>
  unprocessable([`page * limit must not be greater than ${limits.skipMax}`])
