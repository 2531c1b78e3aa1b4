import type { Database, Queryable, Transaction } from '../database.ts'
import { sql } from '../sql.ts'
import { StartupError } from '../startup-error.ts'
import { mendNodes } from './nodes.ts'
import { coordinatorTables, distributedTables, findMisplaced, referenceTables } from './tables.ts'

/** Whether this node is one of the workers, where no table can be made. */
export async function isWorker(db: Queryable): Promise<boolean> {
  const [node] = await db.query<{ isWorker: boolean }>(sql`
    select groupid > 0 as "isWorker" from pg_dist_local_group`)
  return node?.isWorker === true
}

/**
 * Distributes the tables that are not yet, with their rows, and returns their names; it runs after
 * every migration.
 */
export async function distributeTables(tx: Transaction): Promise<string[]> {
  const pending = await findMisplaced(tx)
  if (pending.size === 0) return []
  await checkCluster(tx)
  // Or every table that is linked to a reference table by foreign keys would follow it.
  await tx.script(`set local client_min_messages = warning;
    set local citus.enable_local_reference_table_foreign_keys = off`)
  const isPending = (name: string) => pending.has(name)
  const foreignKeys = await dropForeignKeys(tx, coordinatorTables.filter(isPending))
  for (const name of referenceTables.filter(isPending)) {
    await tx.script(`select create_reference_table('${name}')`)
  }
  const [first] = distributedTables
  for (const name of distributedTables.filter(isPending)) {
    const colocation = name === first ? '' : `, colocate_with => '${first}'`
    await tx.script(`select create_distributed_table('${name}', 'location_id'${colocation})`)
  }
  await tx.script('set local citus.enable_local_reference_table_foreign_keys = on')
  for (const name of coordinatorTables.filter(isPending)) {
    await tx.script(`select citus_add_local_table_to_metadata('${name}')`)
  }
  for (const { table, name, definition } of foreignKeys) {
    await tx.script(`alter table ${table} add constraint ${name} ${definition}`)
  }
  return [...pending]
}

/** What follows the commit of a distribution; a failure leaves work to `groundlevel doctor`. */
export async function finishDistribution(db: Database, tables: readonly string[]): Promise<void> {
  const isDistributed = (name: string) => tables.includes(name)
  // Children first: the rows that were copied to the shards still lie on the coordinator.
  for (const name of distributedTables.filter(isDistributed).reverse()) {
    await db.transaction((tx) =>
      tx.script(`select truncate_local_data_after_distributing_table('${name}')`),
    )
  }
  await mendNodes(db)
}

async function checkCluster(tx: Queryable): Promise<void> {
  const [nodes] = await tx.query<{ hasCoordinator: boolean; hasShards: boolean }>(sql`
    select coalesce(bool_or(n.groupid = 0), false) as "hasCoordinator",
      coalesce(bool_or(n.shouldhaveshards), false) as "hasShards"
    from pg_dist_node n where n.isactive and n.noderole = 'primary'`)
  if (!nodes?.hasCoordinator) {
    throw new StartupError(
      'Citus does not know this node by an address that the others reach. On the coordinator, ' +
        "once: select citus_set_coordinator_host('its address', 5432);",
    )
  }
  if (!nodes.hasShards) {
    throw new StartupError(
      'Citus has no node that holds shards. On the coordinator, for each worker: ' +
        "select citus_add_node('its address', 5432);",
    )
  }
}

type ForeignKey = { table: string; name: string; definition: string }

/** Drops the foreign keys of tables, which are added again once the tables stand where they belong. */
async function dropForeignKeys(tx: Transaction, tables: readonly string[]): Promise<ForeignKey[]> {
  const keys = await tx.query<ForeignKey>(sql`
    select c.conrelid::regclass::text as table, quote_ident(c.conname) as name,
      pg_get_constraintdef(c.oid) as definition
    from pg_constraint c
    where c.contype = 'f' and c.conrelid::regclass::text = any(${tables}::text[])`)
  for (const { table, name } of keys) {
    await tx.script(`alter table ${table} drop constraint ${name}`)
  }
  return keys
}
