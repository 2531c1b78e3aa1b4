import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { appendEvents, type NewEvent } from '../../../events/outbox.ts'
import type { Reaction } from '../../../events/reactions.ts'
import { coversLocation } from './covers-location.ts'

/** An install as its events tell of it. */
type Install = {
  id: string
  appId: string
  companyId: string
  /** '' for an agency's. */
  locationId: string
}

/** Who installed which app for which agency. */
type Installation = Record<'appId' | 'versionId' | 'companyId' | 'userId', string>

type Company = { name: string; domain: string | null; logoUrl: string | null }

/**
 * Tells that an app was installed, or consented to again. UPSTREAM: webhook-events/AppInstall.md
 * DEVIATION: an agency's install is told of once for the agency, and once for each location that
 * it reaches.
 */
export async function tellInstalled(
  tx: Queryable,
  install: Install & Installation,
  now: Date,
): Promise<void> {
  const { id, companyId, locationId } = install
  const company = await findCompany(tx, companyId)
  if (locationId !== '') return appendEvents(tx, [installed(install, company, locationId)], now)
  const places = await locationsOf(tx, id)
  const told = [undefined, ...places.map((place) => place.id)]
  await appendEvents(
    tx,
    told.map((place) => installed(install, company, place)),
    now,
  )
}

/**
 * Tells each app that an agency installed in the locations to come that there is another one.
 * UPSTREAM: webhook-events/AppInstall.md, "app installation via future locations"
 */
export const installsOfNewLocation: Reaction<'locationCreated'> = {
  async step(tx, { locationId }, now) {
    const installs = await tx.query<Installation>(sql`
      select i.app_id as "appId", a.version_id as "versionId", i.company_id as "companyId",
        i.user_id as "userId"
      from locations l
      join oauth_installs i on i.company_id = l.company_id
      join oauth_apps a on a.id = i.app_id
      where l.location_id = ${locationId} and i.uninstalled_at is null and ${coversLocation}
      order by i.installed_at, i.id`)
    const [first] = installs
    if (!first) return 0
    const company = await findCompany(tx, first.companyId)
    await appendEvents(
      tx,
      installs.map((install) => installed(install, company, locationId)),
      now,
    )
    return installs.length
  },
}

/** The event of an install in a location, or with none in the agency. */
function installed(
  { appId, versionId, companyId, userId }: Installation,
  company: Company,
  locationId: string | undefined,
): NewEvent {
  const isAgency = locationId === undefined
  const payload = {
    ...{ appId, versionId, installType: isAgency ? 'Company' : 'Location' },
    ...(isAgency ? {} : { locationId }),
    ...{ companyId, userId, ...whitelabelOf(company) },
  }
  return { locationId: locationId ?? companyId, type: 'INSTALL', payload }
}

async function findCompany(tx: Queryable, companyId: string): Promise<Company> {
  const [company] = await tx.query<Company>(sql`
    select c.name, c.domain, c.logo_url as "logoUrl" from companies c where c.id = ${companyId}`)
  if (!company) throw new Error('An app is installed in an agency')
  return company
}

/**
 * Tells that an app was taken out. UPSTREAM: webhook-events/AppUninstall.md. DEVIATION: with an
 * agency's install, the locations that have no install of their own are told of too.
 */
export async function tellUninstalled(
  tx: Queryable,
  { id, appId, companyId, locationId }: Install,
  now: Date,
): Promise<void> {
  const ofLocation = (place: string): NewEvent => ({
    locationId: place,
    type: 'UNINSTALL',
    payload: { appId, locationId: place },
  })
  if (locationId !== '') return appendEvents(tx, [ofLocation(locationId)], now)
  const ofAgency = { locationId: companyId, type: 'UNINSTALL', payload: { appId, companyId } }
  const places = (await locationsOf(tx, id)).filter(({ hasOwn }) => !hasOwn)
  await appendEvents(tx, [ofAgency, ...places.map((place) => ofLocation(place.id))], now)
}

/** DEVIATION: an agency counts as white-labelled when it has a domain. */
function whitelabelOf({ name, domain, logoUrl }: Company) {
  const isWhitelabelCompany = domain !== null
  const details = { domain, ...(logoUrl === null ? {} : { logoUrl }) }
  return {
    companyName: name,
    isWhitelabelCompany,
    whitelabelDetails: isWhitelabelCompany ? details : {},
  }
}

/** The locations that an agency's install reaches, and whether each has an install of its own. */
function locationsOf(tx: Queryable, installId: string) {
  return tx.query<{ id: string; hasOwn: boolean }>(sql`
    select l.location_id as id, exists (
      select from oauth_installs own
      where own.app_id = i.app_id and own.company_id = i.company_id
        and own.location_id = l.location_id and own.uninstalled_at is null) as "hasOwn"
    from oauth_installs i
    join locations l on l.company_id = i.company_id and l.deleted_at is null
    where i.id = ${installId} and ${coversLocation}
    order by l.created_at, l.location_id`)
}
