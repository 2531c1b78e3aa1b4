import { sql } from '../../../src/db/sql.ts'
import type { TestServer } from '../test-server.ts'

/**
 * Makes a function that reads every table there is, so that one which is made later is read too.
 * When a token was used, and how often somebody asked, is not of the data.
 */
export async function allowReadingAll(server: TestServer): Promise<void> {
  await server.db.transaction((tx) =>
    tx.script(`
      create or replace function everything() returns table (place text, line text) language plpgsql as $$
      declare name text;
      begin
        for name in select t.table_name from information_schema.tables t
          where t.table_schema = 'public' and t.table_type = 'BASE TABLE'
            and t.table_name not in ('rate_limits', 'schema_migrations')
        loop
          return query execute format(
            'select %L::text, (to_jsonb(t) - ''last_used_at'')::text from %I t', name, name);
        end loop;
      end $$`),
  )
}

/** What each table holds, in short. */
export async function checksums(server: TestServer): Promise<Record<string, string>> {
  const rows = await server.db.query<{ place: string; sum: string }>(sql`
    select place, count(*) || ' rows, ' || md5(string_agg(line, ' ' order by line)) as sum
    from everything() group by place order by place`)
  return Object.fromEntries(rows.map(({ place, sum }) => [place, sum]))
}

/** Every row of every table as text, in an order of their own. */
export async function everything(server: TestServer): Promise<string[]> {
  const rows = await server.db.query<{ line: string }>(sql`
    select place || ' ' || line as line from everything() order by line`)
  return rows.map(({ line }) => line)
}
