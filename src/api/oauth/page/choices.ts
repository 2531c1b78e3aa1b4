import type { SignedIn } from '../../../auth/sessions.ts'
import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import type { RawQuery } from '../../../http/query.ts'
import type { App } from '../installs/apps.ts'
import { oauthLimits } from '../limits.ts'

export type OfferedLocation = { id: string; name: string; place: string }

/** Where somebody may install an app. */
export type Choices = {
  /** The agency itself, by its name. */
  agency: string | undefined
  locations: readonly OfferedLocation[]
  /** Whether several locations may be chosen at once: an agency's bulk installation. */
  maySeveral: boolean
  /** Whether there are more locations than are listed. */
  isCut: boolean
}

/** Where somebody decided to install it. */
export type Selection =
  | { kind: 'agency' }
  | { kind: 'one'; location: OfferedLocation }
  | { kind: 'several'; locations: readonly OfferedLocation[] }
  | { kind: 'all'; locations: readonly OfferedLocation[]; withFuture: boolean }

/**
 * Where an app can be installed by somebody: an agency's administrator has the agency and all its
 * locations, any other administrator the locations that they work in. Nobody else installs apps.
 */
export async function choicesOf(db: Queryable, app: App, user: SignedIn): Promise<Choices> {
  // DEVIATION: users whose role is `admin` install; upstream says no more than that.
  const none = { agency: undefined, locations: [], maySeveral: false, isCut: false }
  if (user.role !== 'admin') return none
  const isOfAgency = user.type === 'agency' && !user.isRestricted
  const agency = isOfAgency && app.target !== 'sub-account' ? user.companyName : undefined
  if (app.target === 'agency') return { ...none, agency }
  const found = await (isOfAgency ? locationsOfAgency(db, user) : locationsOfUser(db, user))
  return {
    agency,
    locations: found.slice(0, oauthLimits.locationsOfferedMax),
    maySeveral: isOfAgency,
    isCut: found.length > oauthLimits.locationsOfferedMax,
  }
}

function locationsOfAgency(db: Queryable, { companyId }: SignedIn): Promise<OfferedLocation[]> {
  return db.query(sql`
    select l.location_id as id, l.name, concat_ws(', ', l.address, l.city) as place
    from locations l
    where l.company_id = ${companyId} and l.deleted_at is null
    order by lower(l.name) collate "C", l.location_id
    limit ${oauthLimits.locationsOfferedMax + 1}`)
}

function locationsOfUser(db: Queryable, { id, companyId }: SignedIn): Promise<OfferedLocation[]> {
  return db.query(sql`
    select l.location_id as id, l.name, concat_ws(', ', l.address, l.city) as place
    from location_users m
    join locations l on l.location_id = m.location_id
    where m.user_id = ${id} and m.left_at is null and l.company_id = ${companyId}
      and l.deleted_at is null
    order by lower(l.name) collate "C", l.location_id
    limit ${oauthLimits.locationsOfferedMax + 1}`)
}

/** The selection that needs no choosing, when there is but one. */
export function onlySelection({ agency, locations }: Choices): Selection | undefined {
  const [location, another] = locations
  if (agency !== undefined) return location ? undefined : { kind: 'agency' }
  return location && !another ? { kind: 'one', location } : undefined
}

/** What a form selects, or what is wrong with it in a sentence. Only what is offered counts. */
export function selectionOf(choices: Choices, form: RawQuery): Selection | string {
  const { agency, locations, maySeveral } = choices
  if (form.where === 'agency') {
    return agency === undefined ? 'The agency itself cannot be chosen.' : { kind: 'agency' }
  }
  if (form.where === 'all') {
    if (!maySeveral || locations.length === 0) return 'Choose one location.'
    return { kind: 'all', locations, withFuture: form.future === 'yes' }
  }
  const ids = new Set([form.locations ?? []].flat())
  const chosen = locations.filter(({ id }) => ids.has(id))
  if (chosen.length < ids.size) return 'A location that was chosen cannot be chosen any more.'
  const [location, another] = chosen
  if (!location) return maySeveral ? 'Choose at least one location.' : 'Choose a location.'
  if (!another) return { kind: 'one', location }
  return maySeveral ? { kind: 'several', locations: chosen } : 'Choose one location.'
}
