import type { Queryable } from '../database.ts'
import { sql } from '../sql.ts'

/**
 * Where Citus keeps each table; every table stands in one of these lists, parents first. On other
 * engines the lists mean nothing.
 */

/**
 * On every node, as rows of locations are joined with them and refer to them there. A write locks
 * the table in the whole cluster and wants every node up, so these are written by administration
 * alone.
 */
export const referenceTables = ['companies', 'users', 'locations'] as const

/** By location, all rows of one on the same node. An agency's stand under the agency's id. */
export const distributedTables = [
  'location_users',
  'pipelines',
  'pipeline_stages',
  'contacts',
  'contact_followers',
  'lost_reasons',
  'custom_fields',
  'custom_values',
  'opportunities',
  'opportunity_counts',
  'opportunity_deltas',
  'opportunity_followers',
  'outbox',
  'idempotency_keys',
  'unfinished_pipelines',
] as const

/** On the coordinator alone, which the other nodes ask: who calls, and how often. */
export const coordinatorTables = [
  'private_integrations',
  'private_integration_tokens',
  'oauth_apps',
  'oauth_installs',
  'oauth_grants',
  'oauth_codes',
  'oauth_refresh_tokens',
  'oauth_signing_keys',
  'sessions',
  'feedback',
  'rate_limits',
  'sign_in_counts',
  'schema_migrations',
] as const

/** The tables of the database that do not stand where they belong. */
export async function findMisplaced(db: Queryable): Promise<Set<string>> {
  const kinds = [
    ...referenceTables.map((name) => [name, 'reference'] as const),
    ...distributedTables.map((name) => [name, 'distributed'] as const),
    ...coordinatorTables.map((name) => [name, 'coordinator'] as const),
  ]
  const rows = await db.query<{ name: string; kind: string | null }>(sql`
    select c.relname::text as name,
      case when p.partmethod = 'h' then 'distributed' when p.repmodel = 't' then 'reference'
        when p.partmethod = 'n' then 'coordinator' end as kind
    from pg_class c left join pg_dist_partition p on p.logicalrelid = c.oid
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'`)
  const placed = new Map(rows.map(({ name, kind }) => [name, kind]))
  return new Set(
    kinds
      .filter(([name, kind]) => placed.has(name) && placed.get(name) !== kind)
      .map(([name]) => name),
  )
}
