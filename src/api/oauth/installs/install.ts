import { hash, randomBytes } from 'node:crypto'
import { hashToken } from '../../../auth/private-integrations.ts'
import type { Database, Queryable } from '../../../db/database.ts'
import { sql } from '../../../db/sql.ts'
import { newHexId } from '../../../ids.ts'
import { oauthLimits } from '../limits.ts'
import type { App } from './apps.ts'
import { emitInstalled, emitUninstalled } from './events.ts'

/** What somebody consented to. */
export type Consent = {
  app: App
  companyId: string
  /** Undefined: the agency. */
  locationId: string | undefined
  userId: string
  scopes: readonly string[]
  isBulk: boolean
  approveAllLocations: boolean
  installToFutureLocations: boolean
  approvedLocations: readonly string[]
  redirectUri: string
  codeChallenge?: string
  codeChallengeMethod?: 'S256' | 'plain'
}

/**
 * Installs an app, or installs it again, and returns the code that it gets its tokens for. What
 * an earlier consent gave, its codes too, ends here. Each consent emits an event.
 */
export function installApp(db: Database, consent: Consent, now: Date): Promise<{ code: string }> {
  // UPSTREAM: behaviour.md §6.1: 40 hex digits.
  const code = randomBytes(20).toString('hex')
  const expiresAt = new Date(now.getTime() + oauthLimits.codeMsMax)
  return db.transaction(async (tx) => {
    const installId = await writeInstall(tx, consent, now)
    await endGrants(tx, installId, now)
    const { app, companyId, locationId = '', userId } = consent
    const { id: appId, versionId } = app
    const install = { id: installId, appId, versionId, companyId, locationId, userId }
    await emitInstalled(tx, install, now)
    await tx.query(sql`
      insert into oauth_codes (hash, install_id, redirect_uri, code_challenge, expires_at)
      values (${hashToken(code)}, ${installId}, ${consent.redirectUri}, ${challengeOf(consent)},
        ${expiresAt})`)
    return { code }
  })
}

/** The challenge in the form of S256: a plain one is the verifier itself, which is not stored. */
function challengeOf({ codeChallenge, codeChallengeMethod }: Consent): string | null {
  if (!codeChallenge) return null
  return codeChallengeMethod === 'S256' ? codeChallenge : challengeOfVerifier(codeChallenge)
}

/** RFC 7636 §4.2, `S256`. */
export function challengeOfVerifier(verifier: string): string {
  return hash('sha256', verifier, 'base64url')
}

/** Writes the one install of an app in an agency or location, and locks it until the commit. */
async function writeInstall(tx: Queryable, consent: Consent, now: Date): Promise<string> {
  const { app, companyId, locationId = '', userId, scopes } = consent
  const { approveAllLocations, installToFutureLocations } = consent
  const [install] = await tx.query<{ id: string }>(sql`
    insert into oauth_installs as i (id, app_id, company_id, location_id, user_id, scopes, is_bulk,
      approve_all_locations, install_to_future_locations, approved_locations, known_locations,
      installed_at)
    select ${newHexId(now.getTime())}, ${app.id}, c.id, ${locationId}, ${userId},
      ${scopes}::text[], ${consent.isBulk}, ${approveAllLocations},
      ${installToFutureLocations},
      array(select l.location_id from locations l
        where l.location_id = any(${consent.approvedLocations}::text[]) and l.company_id = c.id
        order by l.location_id),
      array(select l.location_id from locations l
        where l.company_id = c.id and ${approveAllLocations !== installToFutureLocations}
        order by l.location_id),
      ${now}
    from companies c
    where c.id = ${companyId} and (${locationId} = '' or exists (
      select from locations l where l.location_id = ${locationId} and l.company_id = c.id
        and l.deleted_at is null))
    on conflict (app_id, company_id, location_id) do update set
      user_id = excluded.user_id, scopes = excluded.scopes, is_bulk = excluded.is_bulk,
      approve_all_locations = excluded.approve_all_locations,
      install_to_future_locations = excluded.install_to_future_locations,
      approved_locations = excluded.approved_locations, known_locations = excluded.known_locations,
      installed_at = excluded.installed_at, uninstalled_at = null
    returning i.id`)
  if (!install) throw new Error('An app can be installed only where its user belongs')
  return install.id
}

/** The id of an app's install in a location, or in the agency when `locationId` is empty. */
export async function findInstall(
  db: Queryable,
  { clientId, companyId, locationId }: Record<'clientId' | 'companyId' | 'locationId', string>,
): Promise<string | undefined> {
  const [install] = await db.query<{ id: string }>(sql`
    select i.id from oauth_installs i
    join oauth_apps a on a.id = i.app_id
    where a.client_id = ${clientId} and i.uninstalled_at is null
      and i.location_id = ${locationId} and (${locationId} <> '' or i.company_id = ${companyId})`)
  return install?.id
}

type InstallTenant = Record<'appId' | 'companyId' | 'locationId', string>

/** Uninstalls an app and ends all its tokens; false when it was not installed. */
export function uninstallApp(db: Database, installId: string, now: Date): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [install] = await tx.query<InstallTenant>(sql`
      update oauth_installs set uninstalled_at = ${now}
      where id = ${installId} and uninstalled_at is null
      returning app_id as "appId", company_id as "companyId", location_id as "locationId"`)
    if (!install) return false
    await endGrants(tx, installId, now)
    await emitUninstalled(tx, { id: installId, ...install }, now)
    return true
  })
}

/**
 * Ends all that an install gave: its own tokens, and for an agency those of its locations. Codes
 * go first, so that one that is being exchanged meanwhile has its grant ended as well.
 */
async function endGrants(tx: Queryable, installId: string, now: Date): Promise<void> {
  await tx.query(sql`delete from oauth_codes where install_id = ${installId}`)
  await revokeInstallGrants(tx, installId, now)
}

export async function revokeInstallGrants(
  db: Queryable,
  installId: string,
  now: Date,
): Promise<void> {
  await db.query(sql`
    update oauth_grants set revoked_at = ${now}
    where install_id = ${installId} and revoked_at is null`)
}
