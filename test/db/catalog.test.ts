import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { coordinatorTables, distributedTables, referenceTables } from '../../src/db/citus/tables.ts'
import type { Database } from '../../src/db/database.ts'
import { type Sql, sql } from '../../src/db/sql.ts'
import { isOnCitus, openOwnDatabase } from '../test-database.ts'

type Index = { table: string; name: string; columns: (string | null)[]; isUnique: boolean }
type ForeignKey = {
  table: string
  name: string
  columns: string[]
  to: string
  toColumns: string[]
}
type Column = { table: string; name: string; type: string; collation: string | null }

/** On Citus the shards of tables that every node has stand in the catalog too. */
const isTable = (c: Sql) => (isOnCitus ? sql`not relation_is_a_known_shard(${c})` : sql`true`)

describe('catalog', () => {
  let db: Database
  let tables: string[]
  const isTenant = ({ table }: { table: string }) =>
    (distributedTables as readonly string[]).includes(table)

  before(async () => {
    const opened = await openOwnDatabase()
    db = opened.db
    const rows = await db.query<{ name: string }>(sql`
      select relname::text as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and ${isTable(sql`oid`)}
      order by relname collate "C"`)
    tables = rows.map(({ name }) => name)
  })

  after(() => db.close())

  /** The columns of each index in order; null stands for an expression. */
  const indexes = () =>
    db.query<Index>(sql`
      select i.indrelid::regclass::text as table, i.indexrelid::regclass::text as name,
        i.indisunique as "isUnique",
        array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality k (number, place)
          left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
          where k.place <= i.indnkeyatts order by k.place) as columns
      from pg_index i join pg_class c on c.oid = i.indrelid
      where c.relnamespace = 'public'::regnamespace and ${isTable(sql`i.indrelid`)}`)

  const foreignKeys = () =>
    db.query<ForeignKey>(sql`
      select f.conrelid::regclass::text as table, f.conname::text as name,
        f.confrelid::regclass::text as to,
        array(select a.attname::text from unnest(f.conkey) with ordinality k (number, place)
          join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.number
          order by k.place) as columns,
        array(select a.attname::text from unnest(f.confkey) with ordinality k (number, place)
          join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.number
          order by k.place) as "toColumns"
      from pg_constraint f
      where f.contype = 'f' and f.connamespace = 'public'::regnamespace
        and ${isTable(sql`f.conrelid`)}`)

  const columns = () =>
    db.query<Column>(sql`
      select c.relname::text as table, a.attname::text as name,
        format_type(a.atttypid, a.atttypmod) as type, l.collname::text as collation
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      left join pg_collation l on l.oid = a.attcollation
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and a.attnum > 0 and not a.attisdropped and ${isTable(sql`c.oid`)}`)

  test('every table stands in exactly one list of where Citus keeps it', () => {
    const listed = [...referenceTables, ...distributedTables, ...coordinatorTables]
    assert.deepEqual([...listed].sort(), tables)
  })

  test('every distributed table belongs to a location', async () => {
    const tenant = tables.filter((table) => isTenant({ table }))
    assert.ok(tenant.length >= 5)
    const having = (await columns()).filter(({ name }) => name === 'location_id')
    for (const table of tenant) {
      assert.ok(
        having.some((column) => column.table === table),
        `${table} has no location_id`,
      )
    }
  })

  test('every tenant table has a primary key, and each unique index begins with the location', async () => {
    const found = (await indexes()).filter(isTenant)
    for (const table of tables.filter((table) => isTenant({ table }))) {
      assert.ok(
        found.some((index) => index.table === table && index.name === `${table}_pkey`),
        `${table} has no primary key`,
      )
    }
    for (const { name, columns } of found.filter(({ isUnique }) => isUnique)) {
      assert.equal(columns[0], 'location_id', name)
    }
  })

  test('every foreign key between tenant tables begins with the location on both sides', async () => {
    const found = await foreignKeys()
    const between = found.filter((key) => isTenant(key) && isTenant({ table: key.to }))
    assert.ok(between.length >= 4)
    for (const { name, columns, toColumns } of between) {
      assert.equal(columns[0], 'location_id', name)
      assert.equal(toColumns[0], 'location_id', name)
    }
  })

  test('no foreign key points from a global table to a tenant’s', async () => {
    const wrong = (await foreignKeys()).filter(
      (key) => !isTenant(key) && isTenant({ table: key.to }),
    )
    assert.deepEqual(wrong, [])
  })

  test('every text column in a key sorts by its bytes', async () => {
    const inKeys = new Set(
      [...(await indexes()), ...(await foreignKeys())].flatMap(({ table, columns }) =>
        columns.map((column) => `${table}.${column}`),
      ),
    )
    const texts = (await columns()).filter(
      ({ table, name, type }) => inKeys.has(`${table}.${name}`) && /^(text|character)/.test(type),
    )
    assert.ok(texts.length > 20)
    for (const { table, name, collation } of texts) {
      assert.equal(collation, 'C', `${table}.${name}`)
    }
  })

  test('every time has a zone and milliseconds, and nothing finer', async () => {
    const times = (await columns()).filter(({ type }) => /^(time|interval)/.test(type))
    assert.ok(times.length > 10)
    for (const { table, name, type } of times) {
      assert.equal(type, 'timestamp(3) with time zone', `${table}.${name}`)
    }
  })

  test('no trigger, rule, policy or sequence: what happens stands in a statement', async () => {
    const extras = await db.query(sql`
      select 'trigger' as kind, t.tgname::text as name from pg_trigger t
        join pg_class c on c.oid = t.tgrelid
        where not t.tgisinternal and c.relnamespace = 'public'::regnamespace
      union all select 'rule', r.rulename::text from pg_rewrite r
        join pg_class c on c.oid = r.ev_class
        where c.relnamespace = 'public'::regnamespace and c.relname not like 'citus_%'
      union all select 'policy', polname::text from pg_policy
      union all select 'row security', relname::text from pg_class where relrowsecurity
      union all select 'sequence', relname::text from pg_class
        where relkind = 'S' and relnamespace = 'public'::regnamespace`)
    assert.deepEqual(extras, [])
  })
})
