import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database } from '../src/db/database.ts'
import { migrate, readMigrations } from '../src/db/migrate.ts'
import { openPglite } from '../src/db/pglite/open.ts'
import { sql } from '../src/db/sql.ts'

type Table = {
  name: string
  kind: string
  options: string | null
  parts: string[]
  after: string[]
}

/**
 * `generated/schema.sql`: every table whole, as in a database that was just migrated. Opening one
 * takes seconds, so the file holds a hash of its sources and is kept while they are unchanged.
 */
export async function describeSchema(root: string): Promise<string> {
  const file = join(root, 'generated/schema.sql')
  const presentText = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const body = presentText.slice(presentText.indexOf('\n') + 1)
  return presentText === withStamp(body) ? presentText : withStamp(await makeSchema())
}

/** The text below a hash of itself and of its sources. */
function withStamp(body: string): string {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)))
  for (const { name, text } of readMigrations()) hash.update(name).update(text)
  const pglite = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  hash.update(readFileSync(pglite)).update(body)
  return `-- ${hash.digest('hex')}\n${body}`
}

async function makeSchema(): Promise<string> {
  const db = await openPglite(undefined, undefined)
  try {
    await migrate(db)
    return await schemaOf(db)
  } finally {
    await db.close()
  }
}

/** The tables of a database from its catalog, grouped by the migration that makes them. */
async function schemaOf(db: Database): Promise<string> {
  const [extensions, tables] = await Promise.all([findExtensions(db), findTables(db)])
  const groups = new Map<string, Table[]>()
  const migrationOfTable = new Map(
    readMigrations().flatMap(({ name, text }) =>
      [...text.matchAll(/^create (?:unlogged )?table (\w+)/gm)].map(([, table]) => [table, name]),
    ),
  )
  for (const table of tables) {
    const origin = migrationOfTable.get(table.name) ?? 'src/db/migrate.ts'
    groups.set(origin, [...(groups.get(origin) ?? []), table])
  }
  const sections = [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([origin, members]) => [`-- ── ${origin}`, ...members.map(writeTable)].join('\n\n'))
  return `${[heading, extensions.join('\n'), ...sections].join('\n\n')}\n`
}

const heading = `-- Every table whole, as a database has it that was just migrated: written by
-- \`npm run generate\` from the catalog, to be read. What is applied stands in migrations/.`

async function findExtensions(db: Database): Promise<string[]> {
  const rows = await db.query<{ name: string }>(sql`
    select extname::text as name from pg_extension where extname <> 'plpgsql' order by 1`)
  return rows.map(({ name }) => `create extension ${name};`)
}

/** A primary key comes first, then unique, check and foreign keys, each by its name. */
function findTables(db: Database): Promise<Table[]> {
  return db.query<Table>(sql`
    select c.relname::text as name,
      case c.relpersistence when 'u' then 'unlogged table' else 'table' end as kind,
      array_to_string(c.reloptions, ', ') as options,
      array(select a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
          || case when a.attcollation = t.typcollation then ''
            else ' collate ' || quote_ident(l.collname) end
          || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
          || case when a.attnotnull then ' not null' else '' end
        from pg_attribute a join pg_type t on t.oid = a.atttypid
        left join pg_collation l on l.oid = a.attcollation
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum)
      || array(select 'constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
        from pg_constraint k where k.conrelid = c.oid and k.contype <> 'n'
        order by position(k.contype::text in 'pucf'), k.conname collate "C") as parts,
      array(select pg_get_indexdef(i.indexrelid)
        from pg_index i join pg_class x on x.oid = i.indexrelid
        where i.indrelid = c.oid
          and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
        order by x.relname collate "C")
      || array(select 'alter table ' || c.relname || ' alter column ' || a.attname
          || ' set (' || array_to_string(a.attoptions, ', ') || ')'
        from pg_attribute a where a.attrelid = c.oid and a.attoptions is not null
        order by a.attnum) as after
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    order by c.oid`)
}

function writeTable({ name, kind, options, parts, after }: Table): string {
  const lines = parts.map((part) => `  ${inPublic(part)}`).join(',\n')
  const table = `create ${kind} ${name} (\n${lines}\n)${options ? ` with (${options})` : ''};`
  return [table, ...after.map((statement) => `${inPublic(statement)};`)].join('\n')
}

/** Everything is in the schema `public`, so the prefix is left out. */
const inPublic = (text: string) => text.replaceAll('public.', '')
