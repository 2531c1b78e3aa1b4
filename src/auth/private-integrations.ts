import { hash, randomUUID } from 'node:crypto'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { newId } from '../ids.ts'
import type { Caller } from './caller.ts'
import { isScope, type Scope } from './scopes.ts'

/** What a Private Integration Token looks like. UPSTREAM: behaviour.md §6.6 */
export const privateIntegrationToken =
  /^pit-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A new token; it is shown once, and only its hash is kept. */
export function newPrivateIntegrationToken(): string {
  return `pit-${randomUUID()}`
}

/** What is stored of a token, and what it is found by. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex')
}

/** Who a token's hash stands for; undefined when there is no such token or it was revoked. */
export async function findCaller(
  db: Queryable,
  hash: string,
  now: Date,
): Promise<Caller | undefined> {
  const [row] = await db.query<{
    sourceId: string
    companyId: string
    locationId: string | null
    scopes: string[]
    expiresAt: string | null
  }>(sql`
    select i.id as "sourceId", i.company_id as "companyId", i.location_id as "locationId",
      i.scopes, t.expires_at as "expiresAt"
    from private_integration_tokens t
    join private_integrations i on i.id = t.private_integration_id
    left join locations l on l.location_id = i.location_id
    where t.hash = ${hash} and t.revoked_at is null and l.deleted_at is null
      and (t.expires_at is null or t.expires_at > ${now})`)
  if (!row) return undefined
  return {
    kind: 'private-integration',
    sourceId: row.sourceId,
    companyId: row.companyId,
    locationId: row.locationId ?? undefined,
    scopes: new Set(row.scopes.filter(isScope)),
    expiresAt: row.expiresAt ? Date.parse(row.expiresAt) : Number.POSITIVE_INFINITY,
  }
}

export type NewPrivateIntegration = {
  id?: string
  name: string
  companyId: string
  /** Null: an agency's own integration. */
  locationId: string | null
  scopes: readonly Scope[]
  /** Given only where the token must be known beforehand: the sandbox. */
  token?: string
}

/** Makes an integration with its token, and returns both; the token cannot be read again. */
export async function createPrivateIntegration(
  db: Queryable,
  { id = newId(), name, companyId, locationId, scopes, token }: NewPrivateIntegration,
  now: Date,
): Promise<{ id: string; token: string }> {
  const secret = token ?? newPrivateIntegrationToken()
  await db.query(sql`
    with integration as (
      insert into private_integrations
        (id, company_id, location_id, name, scopes, created_at, updated_at)
      values (${id}, ${companyId}, ${locationId}, ${name}, ${scopes}::text[], ${now}, ${now})
      returning id)
    insert into private_integration_tokens (hash, private_integration_id, created_at)
    select ${hashToken(secret)}, integration.id, ${now} from integration`)
  return { id, token: secret }
}

/** An integration as the command line lists it. */
export type PrivateIntegration = {
  id: string
  name: string
  companyId: string
  locationId: string | null
  scopes: string[]
  createdAt: string
  activeTokens: number
}

export function listPrivateIntegrations(db: Queryable): Promise<PrivateIntegration[]> {
  return db.query(sql`
    select i.id, i.name, i.company_id as "companyId", i.location_id as "locationId", i.scopes,
      i.created_at as "createdAt",
      (select count(*) from private_integration_tokens t
        where t.private_integration_id = i.id and t.revoked_at is null) as "activeTokens"
    from private_integrations i order by i.created_at, i.id limit 1000`)
}

/** Ends the tokens of an integration, or one token; returns how many ended. */
export async function revokeTokens(
  db: Queryable,
  { id, token }: { id?: string; token?: string },
  now: Date,
): Promise<number> {
  const ended = await db.query(sql`
    update private_integration_tokens set revoked_at = ${now}
    where revoked_at is null and (private_integration_id = ${id ?? null}
      or hash = ${token === undefined ? null : hashToken(token)})
    returning hash`)
  return ended.length
}
