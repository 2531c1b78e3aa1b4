import type { Database, Queryable } from '../database.ts'
import { sql } from '../sql.ts'

/**
 * Settings of the database on each node: sessions between nodes do not have those that a server
 * asks for. Compiled plans take seconds where a node has to guess how many rows another one sent.
 */
export const nodeSettings = { jit: 'off', random_page_cost: '1.1' } as const

/** What a node answers to a command. */
type NodeAnswer = { nodeid: number; success: boolean; result: string }

/** A node of the cluster, and what of it is not as it should be. */
export type Node = { name: string; isWorker: boolean; isReachable: boolean; wrong: string[] }

/** Asks every node for its settings; a node that does not answer is not reachable. */
export async function examineNodes(db: Queryable): Promise<Node[]> {
  const settings = Object.keys(nodeSettings).map((name) => `'${name}=' || ${settingOf(name)}`)
  const command = `select ${settings.join(" || ',' || ")}`
  const nodes = await db.query<{ id: number; name: string; isWorker: boolean }>(sql`
    select nodeid as id, nodename || ':' || nodeport as name, groupid > 0 as "isWorker"
    from pg_dist_node where noderole = 'primary' order by groupid`)
  const answers = await onAllNodes(db, command)
  return nodes.map(({ id, ...node }) => {
    const answer = answers.find(({ nodeid }) => nodeid === id)
    const settings = answer?.success ? answer.result.split(',') : []
    const wanted = Object.entries(nodeSettings).map((pair) => pair.join('='))
    const wrong = wanted.filter((setting) => !settings.includes(setting))
    return { ...node, isReachable: answer?.success === true, wrong: answer?.success ? wrong : [] }
  })
}

/** What a new session will have; those between nodes are kept open, and have what they began with. */
const settingOf = (name: string) => `coalesce((
  select split_part(entry, '=', 2)
  from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase, unnest(s.setconfig) entry
  where d.datname = current_database() and s.setrole = 0 and entry like '${name}=%'),
  current_setting('${name}'))`

/** Sets what every node should have: a new node or a moved shard lacks it. */
export async function mendNodes(db: Database): Promise<void> {
  const [database] = await db.query<{ name: string }>(sql`
    select quote_ident(current_database()) as name`)
  for (const [name, value] of Object.entries(nodeSettings)) {
    // Where Citus itself tells the workers they refuse to be told again.
    await onAllNodes(db, `alter database ${database?.name} set ${name} = ${value}`)
  }
  for (const { table, column, option } of await findPlannerOptions(db)) {
    const command = `alter table %s alter column ${column} set (${option})`
    await db.query(sql`select run_command_on_shards(${table}, ${command})`)
  }
}

/** The planner's values of columns, which a shard does not take over from its table. */
const findPlannerOptions = (db: Queryable) =>
  db.query<{ table: string; column: string; option: string }>(sql`
    select a.attrelid::regclass::text as table, quote_ident(a.attname) as column, o.option
    from pg_attribute a join pg_dist_partition p on p.logicalrelid = a.attrelid,
      unnest(a.attoptions) o (option)
    where p.partmethod = 'h' and o.option like 'n_distinct=%'`)

function onAllNodes(db: Queryable, command: string): Promise<NodeAnswer[]> {
  return db.query<NodeAnswer>(sql`
    select nodeid, success, result
    from run_command_on_all_nodes(${command}, give_warning_for_connection_errors => true)`)
}
