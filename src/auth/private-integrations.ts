import { hash, randomUUID } from 'node:crypto'
import type { Database, Queryable } from '../db/database.ts'
import { allOf, sql } from '../db/sql.ts'
import { newId } from '../ids.ts'
import { limits } from '../limits.ts'
import type { Caller } from './caller.ts'
import { isScope, type Scope } from './scopes.ts'

/** What a Private Integration Token looks like. UPSTREAM: behaviour.md §6.6 */
export const privateIntegrationToken =
  /^pit-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A new token; it is shown once, and only its hash is kept. */
export function newPrivateIntegrationToken(): string {
  return `pit-${randomUUID()}`
}

/** The hash of a token, which is all that is stored of it. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex')
}

/**
 * Finds the caller of a token's hash; undefined when the token is unknown or has ended. Its use
 * is recorded once a minute in the background, and a failure of that is ignored.
 */
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
    lastUsedAt: string | null
  }>(sql`
    select i.id as "sourceId", i.company_id as "companyId", i.location_id as "locationId",
      i.scopes, t.expires_at as "expiresAt", t.last_used_at as "lastUsedAt"
    from private_integration_tokens t
    join private_integrations i on i.id = t.private_integration_id
    left join locations l on l.location_id = i.location_id
    where t.hash = ${hash} and t.revoked_at is null and l.deleted_at is null
      and (t.expires_at is null or t.expires_at > ${now})`)
  if (!row) return undefined
  const staleSince = new Date(now.getTime() - limits.tokenUseNotedEveryMs)
  if (!row.lastUsedAt || Date.parse(row.lastUsedAt) <= staleSince.getTime()) {
    recordUse(db, hash, now, staleSince).catch(() => undefined)
  }
  return {
    kind: 'private-integration',
    sourceId: row.sourceId,
    companyId: row.companyId,
    locationId: row.locationId ?? undefined,
    scopes: new Set(row.scopes.filter(isScope)),
    expiresAt: row.expiresAt ? Date.parse(row.expiresAt) : Number.POSITIVE_INFINITY,
  }
}

/** The statement compares the time again, because another process may have recorded the use. */
function recordUse(db: Queryable, hash: string, now: Date, staleSince: Date): Promise<unknown> {
  return db.query(sql`
    update private_integration_tokens set last_used_at = ${now}
    where hash = ${hash} and (last_used_at is null or last_used_at <= ${staleSince})
    returning hash`)
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

/** An integration as it is listed, without its tokens, of which only hashes exist. */
export type PrivateIntegration = {
  id: string
  name: string
  companyId: string
  locationId: string | null
  scopes: string[]
  createdAt: string
  updatedAt: string
  /** How many tokens are valid: more than one while an old one overlaps after a rotation. */
  activeTokens: number
  /** When the last overlapping token ends. */
  overlapEndsAt: string | null
  lastUsedAt: string | null
}

/** The integrations of a company, of one of its locations alone, or all that there are. */
export function listPrivateIntegrations(
  db: Queryable,
  { companyId, locationId }: { companyId?: string; locationId?: string },
  now: Date,
): Promise<PrivateIntegration[]> {
  return db.query(sql`
    select i.id, i.name, i.company_id as "companyId", i.location_id as "locationId", i.scopes,
      i.created_at as "createdAt", i.updated_at as "updatedAt",
      count(*) filter (where t.works) as "activeTokens",
      max(t.expires_at) filter (where t.works) as "overlapEndsAt",
      max(t.last_used_at) as "lastUsedAt"
    from private_integrations i
    left join lateral (
      select t.expires_at, t.last_used_at,
        t.revoked_at is null and (t.expires_at is null or t.expires_at > ${now}) as works
      from private_integration_tokens t where t.private_integration_id = i.id) t on true
    where ${allOf(
      companyId && sql`i.company_id = ${companyId}`,
      locationId && sql`i.location_id = ${locationId}`,
    )}
    group by i.id order by i.created_at, i.id`)
}

/** Sets what an integration's tokens may do, from now on; false: there is no such integration. */
export async function setScopes(
  db: Queryable,
  { id, scopes }: { id: string; scopes: readonly Scope[] },
  now: Date,
): Promise<boolean> {
  const changed = await db.query(sql`
    update private_integrations set scopes = ${scopes}::text[], updated_at = ${now}
    where id = ${id} returning id`)
  return changed.length > 0
}

/**
 * Makes a new token and returns it this once. The old one ends now, or in some days, as
 * upstream has it; a token that an earlier rotation left some days keeps its own. Undefined:
 * there is no such integration. UPSTREAM: behaviour.md §6.6
 */
export function rotateToken(
  db: Database,
  { id, oldTokenEnds }: { id: string; oldTokenEnds: 'now' | 'later' },
  now: Date,
): Promise<{ token: string; oldTokenEndsAt: Date } | undefined> {
  const token = newPrivateIntegrationToken()
  const overlapEndsAt = new Date(now.getTime() + limits.tokenOverlapMs)
  const oldTokenEndsAt = oldTokenEnds === 'now' ? now : overlapEndsAt
  return db.transaction(async (tx) => {
    // The lock serializes concurrent rotations, so that each ends the token of the one before.
    const [integration] = await tx.query(sql`
      select id from private_integrations where id = ${id} for no key update`)
    if (!integration) return undefined
    if (oldTokenEnds === 'now') await revokeTokens(tx, { id }, now)
    await tx.query(sql`
      update private_integration_tokens set expires_at = ${oldTokenEndsAt}
      where private_integration_id = ${id} and revoked_at is null and expires_at is null`)
    await tx.query(sql`
      insert into private_integration_tokens (hash, private_integration_id, created_at)
      values (${hashToken(token)}, ${id}, ${now})`)
    return { token, oldTokenEndsAt }
  })
}

/** Ends the old tokens that a rotation left some days; returns how many ended. */
export async function cancelOverlap(db: Queryable, id: string, now: Date): Promise<number> {
  const ended = await db.query<{ worked: boolean }>(sql`
    update private_integration_tokens set revoked_at = ${now}
    where private_integration_id = ${id} and revoked_at is null and expires_at is not null
    returning expires_at > ${now} as worked`)
  return ended.filter(({ worked }) => worked).length
}

/** Ends the tokens of an integration, or one token; returns how many ended. */
export async function revokeTokens(
  db: Queryable,
  { id, token }: { id?: string; token?: string },
  now: Date,
): Promise<number> {
  // One that has expired by this clock may be good by the clock of a server.
  const ended = await db.query<{ worked: boolean }>(sql`
    update private_integration_tokens set revoked_at = ${now}
    where revoked_at is null
      and (private_integration_id = ${id ?? null}
        or hash = ${token === undefined ? null : hashToken(token)})
    returning expires_at is null or expires_at > ${now} as worked`)
  return ended.filter(({ worked }) => worked).length
}

/** Removes an integration, and its tokens with it; false: there is no such integration. */
export async function deletePrivateIntegration(db: Queryable, id: string): Promise<boolean> {
  const deleted = await db.query(
    sql`delete from private_integrations where id = ${id} returning id`,
  )
  return deleted.length > 0
}
