import type { Difference } from './compare.ts'

/** Differences of one pattern that `docs/deviations.md` explains once for every operation. */
export type Rule = { name: string; matches: (difference: Difference) => boolean }

const officialVersions = { v2: 'one of 2021-07-28, required', v3: 'one of v3, required' }
const versions = 'one of v3, 2023-02-21, 2021-07-28, 2021-04-15, legacy, required'

/** The spellings of the contract's generations. */
const successFlags = ['succeded', 'succeeded', 'success']

/** In the order of the table in `docs/deviations.md`. */
export const rules: readonly Rule[] = [
  {
    name: 'all versions',
    matches: ({ contract, where, official, here }) =>
      where === 'header Version' && official === officialVersions[contract] && here === versions,
  },
  {
    name: 'trace id',
    matches: (found) => /^response \d+ traceId$/.test(found.where) && isAdded(found, 'string'),
  },
  {
    name: 'idempotency key',
    matches: (found) => found.where === 'header Idempotency-Key' && isAdded(found, 'string'),
  },
  addedStatus(403, 'Forbidden'),
  addedStatus(404, 'Not Found'),
  addedStatus(422, 'Unprocessable Entity'),
  {
    name: 'null is left out',
    matches: ({ where, official, here }) =>
      where.startsWith('body ') && !isRequired(official) && here === `${official} or null`,
  },
  {
    name: 'success flags',
    matches: (found) => {
      const [, flag = ''] = /^response 200 (\w+)$/.exec(found.where) ?? []
      const isBesideAnother = found.siblings?.some((name) => successFlags.includes(name))
      return successFlags.includes(flag) && isBesideAnother === true && isAdded(found, 'boolean')
    },
  },
  {
    name: 'whole numbers',
    matches: ({ where, official, here }) =>
      /^(query|body) (limit|page|skip)$/.test(where) &&
      // The address holds text whatever the contract calls it; a body does not.
      (/^number\b/.test(official) || (where.startsWith('query ') && /^string\b/.test(official))) &&
      here === official.replace(/^\w+/, 'integer'),
  },
  {
    name: 'path parameter',
    matches: (found) => found.where.startsWith('path ') && isAdded(found, 'string, required'),
  },
  {
    name: 'listed values',
    matches: ({ where, official, here }) =>
      where.startsWith('response ') &&
      official === 'string' &&
      here.startsWith('one of ') &&
      !here.endsWith(' or null'),
  },
]

function addedStatus(status: number, reason: string): Rule {
  return {
    name: `refusal ${status}`,
    matches: (found) => found.where === `response ${status}` && isAdded(found, reason),
  }
}

/** The contract does not have it, and the server has just that. */
function isAdded({ official, here }: Difference, what: string): boolean {
  return official === 'none' && here === what
}

const isRequired = (text: string) => text.endsWith(', required')
