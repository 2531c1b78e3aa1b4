import type { AppContext } from '../context.ts'
import type { AllReactions } from '../events/reactions.ts'
import type { Family } from '../resource/family.ts'
import { companies } from './companies.ts'
import { contacts } from './contacts/index.ts'
import { customFields } from './custom-fields/index.ts'
import { locations } from './locations/index.ts'
import { oauth } from './oauth/index.ts'
import { opportunities } from './opportunities/index.ts'
import { server } from './server.ts'
import { users } from './users/index.ts'

/** All families of the API. A new family is one more line; reactions lock in this order. */
export const families: readonly Family[] = [
  server,
  oauth,
  contacts,
  customFields,
  opportunities,
  companies,
  locations,
  users,
]

/** The reactions of all families. */
export function reactionsOfFamilies(
  options: Pick<AppContext, 'extraOpportunityUpdate'>,
): AllReactions {
  return families.map(({ reactions }) => reactions?.(options) ?? {})
}
