import type { Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { appendEvents, type NewEvent } from '../../../events/outbox.ts'
import type { Reaction } from '../../../events/reactions.ts'
import { coversLocation } from './covers-location.ts'

/** Which install an event is about. */
type InstallReference = {
  id: string
  appId: string
  companyId: string
  /** '' for an agency's. */
  locationId: string
}

/** The fields that the event of an install is made from. */
type InstallEventSource = Record<'appId' | 'versionId' | 'companyId' | 'userId', string>

type Company = { name: string; domain: string | null; logoUrl: string | null }

/**
 * Emits that an app was installed, or consented to again. UPSTREAM: webhook-events/AppInstall.md
 * DEVIATION: an agency's install is told of once for the agency, and once for each location that
 * it reaches.
 */
export async function emitInstalled(
  tx: Queryable,
  install: InstallReference & InstallEventSource,
  now: Date,
): Promise<void> {
  const { id, companyId, locationId } = install
  const company = await findCompany(tx, companyId)
  if (locationId !== '') return appendEvents(tx, [installEvent(install, company, locationId)], now)
  const locations = await locationsOf(tx, id)
  const locationIds = [undefined, ...locations.map((location) => location.id)]
  await appendEvents(
    tx,
    locationIds.map((location) => installEvent(install, company, location)),
    now,
  )
}

/**
 * Emits an install for each app that an agency installed in its future locations too.
 * UPSTREAM: webhook-events/AppInstall.md, "app installation via future locations"
 */
export const emitInstallsOfNewLocation: Reaction<'locationCreated'> = {
  async apply(tx, { locationId }, now) {
    const installs = await tx.query<InstallEventSource>(sql`
      select i.app_id as "appId", a.version_id as "versionId", i.company_id as "companyId",
        i.user_id as "userId"
      from locations l
      join oauth_installs i on i.company_id = l.company_id
      join oauth_apps a on a.id = i.app_id
      where l.location_id = ${locationId} and i.uninstalled_at is null and ${coversLocation}
      order by i.installed_at, i.id`)
    const [firstInstall] = installs
    if (!firstInstall) return 0
    const company = await findCompany(tx, firstInstall.companyId)
    await appendEvents(
      tx,
      installs.map((install) => installEvent(install, company, locationId)),
      now,
    )
    return installs.length
  },
}

/** The event of an install in a location, or in the agency when there is none. */
function installEvent(
  { appId, versionId, companyId, userId }: InstallEventSource,
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
 * Emits that an app was uninstalled. UPSTREAM: webhook-events/AppUninstall.md. DEVIATION: with an
 * agency's install, the locations that have no install of their own are told of too.
 */
export async function emitUninstalled(
  tx: Queryable,
  { id, appId, companyId, locationId }: InstallReference,
  now: Date,
): Promise<void> {
  const uninstallEvent = (location: string): NewEvent => ({
    locationId: location,
    type: 'UNINSTALL',
    payload: { appId, locationId: location },
  })
  if (locationId !== '') return appendEvents(tx, [uninstallEvent(locationId)], now)
  const agencyEvent = { locationId: companyId, type: 'UNINSTALL', payload: { appId, companyId } }
  const locations = (await locationsOf(tx, id)).filter(({ hasOwn }) => !hasOwn)
  await appendEvents(
    tx,
    [agencyEvent, ...locations.map((location) => uninstallEvent(location.id))],
    now,
  )
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
