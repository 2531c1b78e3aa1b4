import type { Static } from 'typebox'
import type { Database, Queryable } from '../../db/database.ts'
import { allOf, type Sql, sql } from '../../db/sql.ts'
import { changeSeveral, commitChange } from '../../events/outbox.ts'
import { type AllReactions, react } from '../../events/reactions.ts'
import { newId } from '../../ids.ts'
import { limits } from '../../limits.ts'
import { jsonWithoutNulls, type RowOf, withoutNulls } from '../../resource/row.ts'
import { locationCreate, locationUpdate } from './events.ts'
import type { LocationAnswer, UpdateLocationBody } from './shapes.ts'

/** A location with all its fields; the shape of an answer decides which of them it shows. */
export type Location = Static<typeof LocationAnswer>['location']

/** What a `LocationRow` has of a location `l`. */
const locationColumns = sql`l.location_id as id, l.company_id as "companyId", l.name, l.phone, l.email,
  l.address, l.city, l.state, l.country, l.postal_code as "postalCode", l.website, l.timezone,
  l.domain, l.logo_url as "logoUrl", l.first_name as "firstName", l.last_name as "lastName",
  l.social, l.business, l.allow_duplicate_contact as "allowDuplicateContact",
  l.allow_duplicate_opportunity as "allowDuplicateOpportunity",
  l.allow_facebook_name_merge as "allowFacebookNameMerge",
  l.disable_contact_timezone as "disableContactTimezone",
  l.contact_unique_identifiers as "contactUniqueIdentifiers", l.crm_settings as "crmSettings"`

type LocationRow = RowOf<Omit<Location, 'settings'> & Omit<Location['settings'], 'saasSettings'>>

/** A location as clients see it; its business is as the location itself where nothing else is said. */
function locationOf(row: LocationRow): Location {
  const {
    allowDuplicateContact,
    allowDuplicateOpportunity,
    allowFacebookNameMerge,
    disableContactTimezone,
    contactUniqueIdentifiers,
    crmSettings,
    ...profile
  } = row
  const { name, address, city, state, country, postalCode, website, timezone, logoUrl } = profile
  const own = { name, address, city, state, country, postalCode, website, timezone, logoUrl }
  return withoutNulls<Location>({
    ...profile,
    settings: {
      allowDuplicateContact,
      allowDuplicateOpportunity,
      allowFacebookNameMerge,
      disableContactTimezone,
      contactUniqueIdentifiers,
      saasSettings: {},
      crmSettings,
    },
    business: { ...own, ...profile.business },
  })
}

/** Whether `l` is this location of this agency; a deleted one counts as missing. */
const isLocationOfCompany = (companyId: string, locationId: string) => sql`
  l.location_id = ${locationId} and l.company_id = ${companyId} and l.deleted_at is null`

export async function findLocation(
  db: Queryable,
  companyId: string,
  locationId: string,
): Promise<Location | undefined> {
  const [row] = await db.query<LocationRow>(sql`
    select ${locationColumns} from locations l where ${isLocationOfCompany(companyId, locationId)}`)
  return row && locationOf(row)
}

export type LocationSearch = {
  /** Limits the search to one location, for a caller who has no other. */
  locationId: string | undefined
  email: string | undefined
  order: 'asc' | 'desc'
  skip: number
  limit: number
}

/** The locations of an agency, by the time they were made. */
export async function findLocations(
  db: Queryable,
  companyId: string,
  { locationId, email, order, skip, limit }: LocationSearch,
): Promise<Location[]> {
  const direction = order === 'desc' ? sql`desc` : sql`asc`
  const rows = await db.query<LocationRow>(sql`
    select ${locationColumns} from locations l
    where ${allOf(
      sql`l.company_id = ${companyId} and l.deleted_at is null`,
      locationId && sql`l.location_id = ${locationId}`,
      email && sql`lower(l.email) = lower(${email})`,
    )}
    order by l.created_at ${direction}, l.location_id ${direction}
    limit ${Math.min(limit, limits.accountRowsMax)} offset ${skip}`)
  return rows.map(locationOf)
}

/** The values to write into a location; null counts as left out. */
export type LocationValues = Omit<Static<typeof UpdateLocationBody>, 'companyId'>

const withoutDuplicates = (items: readonly string[] | null | undefined) =>
  items && [...new Set(items)]

/** Makes a location, its event and the reactions to it; undefined without such an agency. */
export function insertLocation(
  db: Database,
  companyId: string,
  values: LocationValues & { name: string },
  now: Date,
  reactions: AllReactions,
): Promise<Location | undefined> {
  const locationId = newId()
  return db.transaction(async (tx) => {
    const inserted = await tx.query(insertStatement(companyId, locationId, values, now))
    if (inserted.length === 0) return undefined
    const change = sql`
      select l.*, l.location_id as id from locations l where l.location_id = ${locationId}`
    await changeSeveral(tx, { locationId, now, change, events: [locationCreate] })
    await react('locationCreated', reactions, tx, { locationId }, now)
    return findLocation(tx, companyId, locationId)
  })
}

function insertStatement(
  companyId: string,
  id: string,
  { name, ...values }: LocationValues & { name: string },
  now: Date,
): Sql {
  const { settings, prospectInfo: prospect } = values
  const identifiers = withoutDuplicates(settings?.contactUniqueIdentifiers)
  return sql`
    insert into locations as l (location_id, company_id, name, phone, email, address, city, state,
      country, postal_code, website, timezone, first_name, last_name, social,
      allow_duplicate_contact, allow_duplicate_opportunity, allow_facebook_name_merge,
      disable_contact_timezone, contact_unique_identifiers, crm_settings, created_at, updated_at)
    select ${id}, c.id, ${name}, ${values.phone}, ${prospect?.email}, ${values.address},
      ${values.city}, ${values.state}, ${values.country}, ${values.postalCode},
      ${values.website}, coalesce(${values.timezone}, c.timezone), ${prospect?.firstName},
      ${prospect?.lastName}, ${jsonWithoutNulls(values.social)},
      coalesce(${settings?.allowDuplicateContact}, false),
      coalesce(${settings?.allowDuplicateOpportunity}, false),
      coalesce(${settings?.allowFacebookNameMerge}, false),
      coalesce(${settings?.disableContactTimezone}, false),
      coalesce(${identifiers}::text[], '{email,phone}'),
      ${jsonWithoutNulls(settings?.crmSettings)}, ${now}, ${now}
    from companies c where c.id = ${companyId}
    returning l.location_id`
}

/** Changes the given values only; undefined when the agency has no such location. */
export async function changeLocation(
  db: Database,
  companyId: string,
  locationId: string,
  values: LocationValues,
  now: Date,
): Promise<Location | undefined> {
  const { settings, prospectInfo: prospect } = values
  const identifiers = withoutDuplicates(settings?.contactUniqueIdentifiers)
  const [row] = await commitChange<LocationRow>(db, {
    locationId,
    now,
    change: sql`
      update locations l
      set name = coalesce(${values.name}, l.name), phone = coalesce(${values.phone}, l.phone),
        email = coalesce(${prospect?.email}, l.email),
        address = coalesce(${values.address}, l.address),
        city = coalesce(${values.city}, l.city), state = coalesce(${values.state}, l.state),
        country = coalesce(${values.country}, l.country),
        postal_code = coalesce(${values.postalCode}, l.postal_code),
        website = coalesce(${values.website}, l.website),
        timezone = coalesce(${values.timezone}, l.timezone),
        first_name = coalesce(${prospect?.firstName}, l.first_name),
        last_name = coalesce(${prospect?.lastName}, l.last_name),
        social = l.social || ${jsonWithoutNulls(values.social)},
        allow_duplicate_contact =
          coalesce(${settings?.allowDuplicateContact}, l.allow_duplicate_contact),
        allow_duplicate_opportunity =
          coalesce(${settings?.allowDuplicateOpportunity}, l.allow_duplicate_opportunity),
        allow_facebook_name_merge =
          coalesce(${settings?.allowFacebookNameMerge}, l.allow_facebook_name_merge),
        disable_contact_timezone =
          coalesce(${settings?.disableContactTimezone}, l.disable_contact_timezone),
        contact_unique_identifiers =
          coalesce(${identifiers}::text[], l.contact_unique_identifiers),
        crm_settings = l.crm_settings || ${jsonWithoutNulls(settings?.crmSettings)},
        updated_at = ${now}
      where ${isLocationOfCompany(companyId, locationId)}
      returning l.*`,
    events: [locationUpdate],
    answer: sql`select ${locationColumns} from changed l`,
  })
  return row && locationOf(row)
}

/** Returns whether there was such a location. Its rows stay, but no token reaches them. */
export async function removeLocation(
  db: Queryable,
  companyId: string,
  locationId: string,
  now: Date,
): Promise<boolean> {
  const deleted = await db.query(sql`
    update locations l set deleted_at = ${now}, updated_at = ${now}
    where ${isLocationOfCompany(companyId, locationId)}
    returning l.location_id`)
  return deleted.length > 0
}

/** The permissions as stored; they are null until somebody sets them. */
export async function findPermissions(
  db: Queryable,
  companyId: string,
  locationId: string,
): Promise<{ permissions: unknown } | undefined> {
  const [row] = await db.query<{ permissions: unknown }>(sql`
    select l.permissions from locations l where ${isLocationOfCompany(companyId, locationId)}`)
  return row
}

export async function changePermissions(
  db: Database,
  companyId: string,
  locationId: string,
  permissions: readonly string[],
  now: Date,
): Promise<boolean> {
  const changed = await commitChange(db, {
    locationId,
    now,
    change: sql`
      update locations l set permissions = ${JSON.stringify(permissions)}, updated_at = ${now}
      where ${isLocationOfCompany(companyId, locationId)}
      returning l.*`,
    events: [locationUpdate],
    answer: sql`select location_id from changed`,
  })
  return changed.length > 0
}

/** Finds the agency of a location, for the command line. */
export async function findCompanyOf(
  db: Queryable,
  locationId: string,
): Promise<string | undefined> {
  const [row] = await db.query<{ companyId: string }>(sql`
    select company_id as "companyId" from locations
    where location_id = ${locationId} and deleted_at is null`)
  return row?.companyId
}

/** All locations, for the command line. */
export function listLocations(
  db: Queryable,
): Promise<{ id: string; companyId: string; name: string; timezone: string }[]> {
  return db.query(sql`
    select location_id as id, company_id as "companyId", name, timezone from locations
    where deleted_at is null order by created_at, location_id`)
}
