import type { SignedInUser } from '../../../auth/sessions.ts'
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
  /** Whether several locations may be chosen together, for an agency's bulk installation. */
  mayChooseSeveral: boolean
  /** Whether there are more locations than are listed. */
  isTruncated: boolean
}

/** Where somebody decided to install it. */
export type Selection =
  | { kind: 'agency' }
  | { kind: 'one'; location: OfferedLocation }
  | { kind: 'several'; locations: readonly OfferedLocation[] }
  | { kind: 'all'; locations: readonly OfferedLocation[]; withFuture: boolean }

/**
 * Finds where a user may install an app: an agency's administrator in the agency and all its
 * locations, any other administrator in the locations where they work, other users nowhere.
 */
export async function findChoices(db: Queryable, app: App, user: SignedInUser): Promise<Choices> {
  // DEVIATION: users whose role is `admin` install; upstream says no more than that.
  const noChoices = {
    agency: undefined,
    locations: [],
    mayChooseSeveral: false,
    isTruncated: false,
  }
  if (user.role !== 'admin') return noChoices
  const isOfAgency = user.type === 'agency' && !user.isRestricted
  const agency = isOfAgency && app.target !== 'sub-account' ? user.companyName : undefined
  if (app.target === 'agency') return { ...noChoices, agency }
  const locations = await (isOfAgency ? locationsOfAgency(db, user) : locationsOfUser(db, user))
  return {
    agency,
    locations: locations.slice(0, oauthLimits.locationsOfferedMax),
    mayChooseSeveral: isOfAgency,
    isTruncated: locations.length > oauthLimits.locationsOfferedMax,
  }
}

function locationsOfAgency(db: Queryable, { companyId }: SignedInUser): Promise<OfferedLocation[]> {
  return db.query(sql`
    select l.location_id as id, l.name, concat_ws(', ', l.address, l.city) as place
    from locations l
    where l.company_id = ${companyId} and l.deleted_at is null
    order by lower(l.name) collate "C", l.location_id
    limit ${oauthLimits.locationsOfferedMax + 1}`)
}

function locationsOfUser(
  db: Queryable,
  { id, companyId }: SignedInUser,
): Promise<OfferedLocation[]> {
  return db.query(sql`
    select l.location_id as id, l.name, concat_ws(', ', l.address, l.city) as place
    from location_users m
    join locations l on l.location_id = m.location_id
    where m.user_id = ${id} and m.left_at is null and l.company_id = ${companyId}
      and l.deleted_at is null
    order by lower(l.name) collate "C", l.location_id
    limit ${oauthLimits.locationsOfferedMax + 1}`)
}

/** The selection to make without asking, when there is only one. */
export function soleSelection({ agency, locations }: Choices): Selection | undefined {
  const [location, secondLocation] = locations
  if (agency !== undefined) return location ? undefined : { kind: 'agency' }
  return location && !secondLocation ? { kind: 'one', location } : undefined
}

/** What a form selects of the choices, or a sentence that says what is wrong with it. */
export function selectionOf(choices: Choices, form: RawQuery): Selection | string {
  const { agency, locations, mayChooseSeveral } = choices
  if (form.where === 'agency') {
    return agency === undefined ? 'The agency itself cannot be chosen.' : { kind: 'agency' }
  }
  if (form.where === 'all') {
    if (!mayChooseSeveral || locations.length === 0) return 'Choose one location.'
    return { kind: 'all', locations, withFuture: form.future === 'yes' }
  }
  const ids = new Set([form.locations ?? []].flat())
  const chosen = locations.filter(({ id }) => ids.has(id))
  if (chosen.length < ids.size) return 'A location that was chosen cannot be chosen any more.'
  const [location, secondLocation] = chosen
  if (!location) return mayChooseSeveral ? 'Choose at least one location.' : 'Choose a location.'
  if (!secondLocation) return { kind: 'one', location }
  return mayChooseSeveral ? { kind: 'several', locations: chosen } : 'Choose one location.'
}
