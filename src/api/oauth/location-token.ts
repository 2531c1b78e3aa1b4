import { Type } from 'typebox'
import type { Caller } from '../../auth/caller.ts'
import { otherCompany, otherLocation } from '../../auth/errors.ts'
import type { AppContext } from '../../context.ts'
import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Server } from '../../http/server.ts'
import { newHexId } from '../../ids.ts'
import { operation } from '../../resource/operation.ts'
import { locationNotActive } from './errors.ts'
import { coversLocation } from './installs/covers-location.ts'
import {
  LocationTokenAnswer,
  locationTokenAnswer,
  renamedTokenProperties,
  tokenContentTypes,
} from './shapes.ts'
import {
  createGrant,
  type Grant,
  grantColumns,
  type IssuedTokens,
  newRefreshToken,
  signAccessToken,
  storeRefreshToken,
} from './tokens/grants.ts'

/** Other properties are ignored, because clients send `appId` along. */
const LocationTokenBody = Type.Object({
  companyId: Type.String({
    minLength: 1,
    description: 'Company Id of location you want to request token for',
    examples: ['5DP4iH6HLkQsiKESj6rh'],
  }),
  locationId: Type.String({
    minLength: 1,
    description: 'The location ID for which you want to obtain accessToken',
    examples: ['ve9EPM428h8vShlRW1KT'],
  }),
})

export function getLocationAccessToken(app: Server, context: AppContext): void {
  operation(
    app,
    ['POST /oauth/locationToken', 'POST /oauth/location-token'],
    {
      description: 'This API allows you to generate locationAccessToken from AgencyAccessToken',
      answersSecret: true,
      consumes: tokenContentTypes,
      query: 'ignored',
      body: LocationTokenBody,
      // DEVIATION: also in snake_case, to which the official Python SDK falls back.
      bodyAliases: { companyId: 'company_id', locationId: 'location_id' },
      // DEVIATION: 200 and 86399, as documented; recordings show 201 and 86400.
      answer: LocationTokenAnswer,
      renamings: { answer: renamedTokenProperties },
      refuses: [403],
    },
    async ({ caller, body, reply }) => {
      reply.header('cache-control', 'no-store')
      return locationTokenAnswer(await issueTokens(context, caller, body))
    },
  )
}

/** Issues tokens of a location that the agency's or its own install covers. */
async function issueTokens(
  { db, keys, now }: AppContext,
  caller: Caller,
  { companyId, locationId }: { companyId: string; locationId: string },
): Promise<IssuedTokens> {
  if (companyId !== caller.companyId) throw otherCompany()
  const time = now()
  const refreshToken = newRefreshToken()
  const stored = await db.transaction(async (tx) => {
    const install = await lockInstall(tx, caller, locationId)
    // DEVIATION: a location that the agency did not approve.
    if (!install) throw otherLocation()
    if (!install.isActive) throw locationNotActive()
    const grant = await findOrCreateGrant(tx, install, locationId, time)
    return { grant, refreshTokenId: await storeRefreshToken(tx, grant.id, refreshToken, time) }
  })
  const stamp = { serial: newHexId(time.getTime()), issuedAt: time }
  return { ...stored, refreshToken, accessToken: await signAccessToken(keys, stored.grant, stamp) }
}

type LockedInstall = { id: string; scopes: string[]; isActive: boolean }

/** Locks the install that covers a location, so that it cannot end before the commit. */
async function lockInstall(
  tx: Queryable,
  { sourceId, companyId }: Caller,
  locationId: string,
): Promise<LockedInstall | undefined> {
  const [install] = await tx.query<LockedInstall>(sql`
    select i.id, i.scopes, l.deleted_at is null as "isActive"
    from oauth_installs i
    join oauth_apps a on a.id = i.app_id
    join locations l on l.location_id = ${locationId} and l.company_id = i.company_id
    where a.client_id = ${sourceId} and i.company_id = ${companyId}
      and i.uninstalled_at is null and ${coversLocation}
    order by i.location_id limit 1
    for share of i`)
  return install
}

/** Reuses the grant of an install and location, so that repeated requests add no rows. */
async function findOrCreateGrant(
  tx: Queryable,
  install: LockedInstall,
  locationId: string,
  now: Date,
): Promise<Grant> {
  const [existing] = await tx.query<Grant>(sql`
    select ${grantColumns}
    from oauth_grants g
    join oauth_installs i on i.id = g.install_id
    join oauth_apps a on a.id = i.app_id
    where g.install_id = ${install.id} and g.location_id = ${locationId}
      and g.by_agency and g.revoked_at is null
    order by g.created_at limit 1
    for key share of g`)
  if (existing) return existing
  // UPSTREAM: recorded answers have these two more than was asked for. behaviour.md §6.4
  const scopes = [...new Set([...install.scopes, 'oauth.readonly', 'oauth.write'])]
  const { id: installId } = install
  const newGrant = { installId, userType: 'Location', locationId, byAgency: true, scopes } as const
  return createGrant(tx, newGrant, now)
}
