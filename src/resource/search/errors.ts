import { unprocessable } from '../../http/errors.ts'
import { limits } from '../../limits.ts'

/** DEVIATION: a page beyond 10,000 rows of a search by body. */
export const pageTooFar = () =>
  unprocessable([`page * limit must not be greater than ${limits.skipMax}: use searchAfter`])
