import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { appendEvents, type NewEvent } from '../events/outbox.ts'
import type { App } from './apps.ts'
import { coversLocation } from './covers-location.ts'

/** An install as its events tell of it. */
type Install = {
  id: string
  appId: string
  companyId: string
  /** '' for an agency's. */
  locationId: string
}

type Company = { name: string; domain: string | null; logoUrl: string | null }

/**
 * Tells that an app was installed, or consented to again. UPSTREAM: webhook-events/AppInstall.md
 * DEVIATION: an agency's install is told of once for the agency, and once for each location that
 * it reaches.
 */
export async function tellInstalled(
  tx: Queryable,
  install: Install & { userId: string; versionId: App['versionId'] },
  now: Date,
): Promise<void> {
  const { id, appId, versionId, companyId, locationId, userId } = install
  const [company] = await tx.query<Company>(sql`
    select c.name, c.domain, c.logo_url as "logoUrl" from companies c where c.id = ${companyId}`)
  if (!company) throw new Error('An app is installed in an agency')
  const about = { companyId, userId, ...whitelabelOf(company) }
  const ofLocation = (place: string): NewEvent => ({
    locationId: place,
    type: 'INSTALL',
    payload: { appId, versionId, installType: 'Location', locationId: place, ...about },
  })
  if (locationId !== '') return appendEvents(tx, [ofLocation(locationId)], now)
  const ofAgency: NewEvent = {
    locationId: companyId,
    type: 'INSTALL',
    payload: { appId, versionId, installType: 'Company', ...about },
  }
  const places = await locationsOf(tx, id)
  await appendEvents(tx, [ofAgency, ...places.map((place) => ofLocation(place.id))], now)
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
