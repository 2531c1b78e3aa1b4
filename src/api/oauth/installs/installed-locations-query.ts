import type { Queryable } from '../../../db/database.ts'
import { allOf, sql } from '../../../db/sql.ts'
import { coversLocation } from './covers-location.ts'

export type InstalledLocationsFilter = {
  companyId: string
  appId: string
  query?: string
  isInstalled?: boolean
  versionId?: string
  onTrial?: boolean
  planId?: string
  locationId?: string
  restrictToUserLocations?: boolean
}

export type InstalledLocation = {
  _id: string
  name: string
  address: string
  isInstalled: boolean
  versionId?: string
  installedAt?: string
}

type InstalledLocationRow = Omit<InstalledLocation, 'versionId' | 'installedAt'> & {
  versionId: string | null
  installedAt: string | null
  count: number
}

/**
 * The locations of an agency that match, those with the app newest first and then the others,
 * and how many match in all. Nothing is on trial or has a plan here.
 */
export async function listInstalledLocations(
  db: Queryable,
  filter: InstalledLocationsFilter,
  { skip, limit }: { skip: number; limit: number },
): Promise<{ rows: InstalledLocation[]; count: number; installToFutureLocations: boolean }> {
  const { companyId, appId, isInstalled, locationId, query, versionId, onTrial, planId } = filter
  // UPSTREAM: those without the app are the user's own unless said otherwise. behaviour.md §6.4
  const isUsersOwn = filter.restrictToUserLocations ?? filter.isInstalled === false
  const ownLocationIds = isUsersOwn ? await findOwnLocationIds(db, appId, companyId) : 'all'
  const passes = allOf(
    sql`l.company_id = ${companyId} and l.deleted_at is null`,
    isInstalled !== undefined && sql`${isInstalled} = (i.id is not null)`,
    locationId !== undefined && sql`l.location_id = ${locationId}`,
    query && sql`position(lower(${query}) in lower(l.name)) > 0`,
    versionId !== undefined && sql`a.version_id = ${versionId}`,
    (onTrial === true || planId !== undefined) && sql`false`,
    ownLocationIds !== 'all' && sql`l.location_id = any(${ownLocationIds}::text[])`,
  )
  const matchingLocations = sql`
    select l.location_id as "_id", l.name, l.created_at,
      concat_ws(', ', l.address, l.city, nullif(concat_ws(' ', l.state, l.postal_code), ''),
        l.country) as address,
      i.id is not null as "isInstalled", a.version_id as "versionId",
      i.installed_at as "installedAt"
    from locations l
    left join lateral (
      select i.id, i.app_id, i.installed_at from oauth_installs i
      where i.app_id = ${appId} and i.company_id = l.company_id and i.uninstalled_at is null
        and ${coversLocation}
      order by i.location_id desc limit 1) i on true
    left join oauth_apps a on a.id = i.app_id
    where ${passes}`
  const [totals] = await db.query<{ count: number; installToFutureLocations: boolean }>(sql`
    select (select count(*) from (${matchingLocations}) matching) as count,
      coalesce((select i.install_to_future_locations from oauth_installs i
        where i.app_id = ${appId} and i.company_id = ${companyId} and i.location_id = ''),
        false) as "installToFutureLocations"`)
  const rows = await db.query<InstalledLocationRow>(sql`
    select * from (${matchingLocations}) matching
    order by "installedAt" desc nulls last, created_at desc, "_id" desc
    limit ${limit} offset ${skip}`)
  const { count = 0, installToFutureLocations = false } = totals ?? {}
  return { rows: rows.map(withoutNulls), count, installToFutureLocations }
}

/** Where the user works who installed the app for the agency; some of an agency work everywhere. */
async function findOwnLocationIds(
  db: Queryable,
  appId: string,
  companyId: string,
): Promise<string[] | 'all'> {
  const [user] = await db.query<{ id: string; isEverywhere: boolean }>(sql`
    select u.id, u.type = 'agency' and not u.restrict_sub_account as "isEverywhere"
    from oauth_installs i join users u on u.id = i.user_id
    where i.app_id = ${appId} and i.company_id = ${companyId} and i.location_id = ''`)
  if (!user) return []
  if (user.isEverywhere) return 'all'
  const rows = await db.query<{ id: string }>(sql`
    select m.location_id as id from location_users m
    where m.user_id = ${user.id} and m.left_at is null`)
  return rows.map(({ id }) => id)
}

function withoutNulls({ versionId, installedAt, ...row }: InstalledLocationRow): InstalledLocation {
  const { _id, name, address, isInstalled } = row
  if (versionId === null || installedAt === null) return { _id, name, address, isInstalled }
  return { _id, name, address, isInstalled, versionId, installedAt }
}
