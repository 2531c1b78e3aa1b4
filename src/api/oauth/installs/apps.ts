import { randomBytes, randomUUID } from 'node:crypto'
import { hashToken } from '../../../auth/private-integrations.ts'
import type { Queryable } from '../../../db/database.ts'
import { type Sql, sql } from '../../../db/sql.ts'
import { isoText } from '../../../db/wire-types.ts'
import { newHexId } from '../../../ids.ts'

export const targets = ['sub-account', 'agency', 'both'] as const
export type Target = (typeof targets)[number]

/** What upstream's developer portal makes: a program that people install to act for them. */
export type App = {
  id: string
  clientId: string
  versionId: string
  name: string
  redirectUris: string[]
  scopes: string[]
  target: Target
  webhookUrl: string | null
}

export type NewApp = Pick<App, 'name' | 'target' | 'webhookUrl'> & {
  redirectUris: readonly string[]
  scopes: readonly string[]
  /** Given only where they must be known beforehand: the sandbox. */
  fixedCredentials?: { clientId: string; clientSecret: string; versionId: string }
}

const appColumns: Sql = sql`
  id, client_id as "clientId", version_id as "versionId", name, redirect_uris as "redirectUris",
  scopes, target, webhook_url as "webhookUrl"`

export async function findApp(db: Queryable, clientId: string): Promise<App | undefined> {
  const [app] = await db.query<App>(sql`
    select ${appColumns} from oauth_apps where client_id = ${clientId}`)
  return app
}

/** A client id begins with the id of its app. UPSTREAM: behaviour.md §6.1 */
export function appIdOf(clientId: string): string {
  return clientId.split('-')[0] ?? ''
}

/** Finds the app whose client id and secret these are. */
export async function authenticateApp(
  db: Queryable,
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
): Promise<App | undefined> {
  const [app] = await db.query<App>(sql`
    select ${appColumns} from oauth_apps
    where client_id = ${clientId} and client_secret_hash = ${hashToken(clientSecret)}`)
  return app
}

/** Makes an app and returns it with its secret, which cannot be read again. */
export async function createApp(
  db: Queryable,
  { name, redirectUris, scopes, target, webhookUrl, fixedCredentials }: NewApp,
  now: Date,
): Promise<App & { clientSecret: string }> {
  const { clientId, clientSecret, versionId } = fixedCredentials ?? newCredentials(now)
  const [app] = await db.query<App>(sql`
    insert into oauth_apps (id, client_id, client_secret_hash, version_id, name, redirect_uris,
      scopes, target, webhook_url, created_at, updated_at)
    values (${appIdOf(clientId)}, ${clientId}, ${hashToken(clientSecret)}, ${versionId},
      ${name}, ${redirectUris}::text[], ${scopes}::text[], ${target}, ${webhookUrl},
      ${now}, ${now})
    returning ${appColumns}`)
  if (!app) throw new Error('The app was not made')
  return { ...app, clientSecret }
}

/** UPSTREAM: behaviour.md §6.1: a client id is the app's id, a dash, and 8 characters. */
function newCredentials(now: Date) {
  const id = newHexId(now.getTime())
  // Eight lower case letters and digits, as `kq3x8v2l`.
  const suffix = BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(13, '0')
  return {
    clientId: `${id}-${suffix.slice(-8)}`,
    clientSecret: randomUUID(),
    versionId: id,
  }
}

/** An app as the command line lists it, with where it is installed. */
export type ListedApp = App & {
  installs: { companyId: string; locationId: string | null; installedAt: string }[]
}

export function listApps(db: Queryable): Promise<ListedApp[]> {
  return db.query(sql`
    select ${appColumns}, (
      select coalesce(json_agg(json_build_object('companyId', i.company_id,
        'locationId', nullif(i.location_id, ''), 'installedAt', ${isoText(sql`i.installed_at`)})
        order by i.installed_at, i.id), '[]')
      from oauth_installs i
      where i.app_id = oauth_apps.id and i.uninstalled_at is null) as installs
    from oauth_apps order by created_at, id`)
}

/** Gives an app another secret and returns it; undefined when there is no such app. */
export async function rotateClientSecret(
  db: Queryable,
  clientId: string,
  now: Date,
): Promise<string | undefined> {
  const clientSecret = randomUUID()
  const changed = await db.query(sql`
    update oauth_apps set client_secret_hash = ${hashToken(clientSecret)}, updated_at = ${now}
    where client_id = ${clientId} returning id`)
  return changed.length > 0 ? clientSecret : undefined
}

/** Why codes cannot be sent to an address; undefined when they can. */
export function redirectUriFault(uri: string): string | undefined {
  if (!URL.canParse(uri)) return 'is not an address'
  const { protocol, hostname, hash, username, password } = new URL(uri)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  // DEVIATION: `http` on localhost, which a laptop cannot do without.
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal)) {
    return 'must be https, or http on localhost'
  }
  if (hash !== '' || uri.endsWith('#')) return 'must not have a fragment'
  return username || password ? 'must not hold credentials' : undefined
}
