import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, describe, test } from 'node:test'
import type { Database } from '../../src/db/database.ts'
import { type Migration, migrate, readMigrations } from '../../src/db/migrate.ts'
import { sql } from '../../src/db/sql.ts'
import { databaseError } from '../../src/db/sqlstate.ts'
import { StartupError } from '../../src/db/startup-error.ts'
import { limits } from '../../src/limits.ts'
import { closeDatabases, emptyDatabase, openSecond } from './empty-database.ts'

after(closeDatabases)

const all = readMigrations()
const names = all.map(({ name }) => name)

/** Migrations as the files would give them. */
const migrations = (...texts: string[]): Migration[] =>
  texts.map((text, i) => ({
    version: i + 1,
    name: `000${i + 1}-test.sql`,
    text,
    checksum: createHash('sha256').update(text).digest('hex'),
  }))

async function tablesOf(db: Database): Promise<string[]> {
  const rows = await db.query<{ name: string }>(sql`
    select table_name as name from information_schema.tables
    where table_schema = 'public' order by table_name collate "C"`)
  return rows.map(({ name }) => name)
}

const appliedIn = (db: Database) =>
  db.query<{ version: number; name: string; checksum: string }>(
    sql`select version, name, checksum from schema_migrations order by version`,
  )

describe('migrate', { timeout: 120_000 }, () => {
  test('applies each migration once, in order, and then none', async () => {
    const { db } = await emptyDatabase()
    assert.ok(names.length > 0)
    assert.deepEqual(await migrate(db), names)
    const tables = await tablesOf(db)
    assert.ok(tables.includes('opportunities') && tables.includes('outbox'))
    assert.deepEqual(await migrate(db), [])
    assert.deepEqual(await tablesOf(db), tables)
    assert.deepEqual(
      await appliedIn(db),
      all.map(({ version, name, checksum }) => ({ version, name, checksum })),
    )
  })

  test('applies only what is missing', async () => {
    const { db } = await emptyDatabase()
    const [first, second, third] = ['a', 'b', 'c'].map((name) => `create table ${name} (id int)`)
    assert.ok(first && second && third)
    assert.deepEqual(await migrate(db, migrations(first)), ['0001-test.sql'])
    const more = migrations(first, second, third)
    assert.deepEqual(await migrate(db, more), ['0002-test.sql', '0003-test.sql'])
    assert.deepEqual(await tablesOf(db), ['a', 'b', 'c', 'schema_migrations'])
  })

  for (const count of [2, 8]) {
    test(`applies each once when ${count} start at once on an empty database`, async () => {
      const { db, url } = await emptyDatabase()
      const starting = Array.from({ length: count }, () => (url ? openSecond(url) : db))
      const databases = await Promise.all(starting)
      const applied = await Promise.all(databases.map((database) => migrate(database)))
      assert.deepEqual(applied.flat(), names)
      assert.equal((await appliedIn(db)).length, names.length)
    })
  }

  test('a name stands once in a location, beside that of a deleted row', async () => {
    const { db } = await emptyDatabase()
    await migrate(db)
    const at = "'2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'"
    const write = (text: string) => db.transaction((tx) => tx.script(text))
    await write(`
      insert into companies (id, name, created_at, updated_at) values ('c', 'C', ${at});
      insert into locations (location_id, company_id, name, created_at, updated_at)
        values ('l', 'c', 'L', ${at});`)
    for (const table of ['pipelines', 'lost_reasons']) {
      const isOrdered = table === 'pipelines'
      // A position stands once, too.
      const named = (id: string) => `
        insert into ${table} (location_id, id, name, name_key, ${isOrdered ? 'position,' : ''}
          created_at, updated_at)
        values ('l', '${id}', 'Sales', 'sales', ${isOrdered ? `'${id}',` : ''} ${at});`
      await write(named('first'))
      await assert.rejects(write(named('second')), { constraint: `${table}_name_key` })
      await write(`update ${table} set deleted_at = created_at; ${named('second')}`)
      await assert.rejects(write(named('third')), { constraint: `${table}_name_key` })
    }
  })

  test('refuses a database of another history, and says what to do', async () => {
    const { db } = await emptyDatabase()
    const [before] = migrations('create table a (id int)')
    assert.ok(before)
    await migrate(db, [{ ...before, name: '0001-foundation.sql' }])
    await assert.rejects(migrate(db), (error) => {
      assert.ok(error instanceof StartupError)
      assert.equal(
        error.message,
        'The database was made by a Groundlevel from before the first release, which this one ' +
          'cannot open (it has 0001-foundation.sql where 0001-server.sql is expected). ' +
          'Start with an empty database.',
      )
      return true
    })
    assert.deepEqual(await tablesOf(db), ['a', 'schema_migrations'])
  })

  test('refuses a database that is newer than the code, in a sentence', async () => {
    const { db } = await emptyDatabase()
    const newer = migrations('create table a (id int)', 'create table b (id int)')
    await migrate(db, newer)
    await assert.rejects(migrate(db, newer.slice(0, 1)), (error) => {
      assert.ok(error instanceof StartupError)
      assert.equal(
        error.message,
        'The database has migration 0002-test.sql, which this Groundlevel does not know. ' +
          'It was made by a newer one: start that.',
      )
      return true
    })
    assert.deepEqual(await migrate(db, newer), [])
  })

  test('refuses a migration that was changed after it had been applied', async () => {
    const { db } = await emptyDatabase()
    await migrate(db, migrations('create table a (id int)'))
    const changed = migrations('create table a (id bigint)', 'create table b (id int)')
    await assert.rejects(migrate(db, changed), (error) => {
      assert.ok(error instanceof StartupError)
      assert.equal(
        error.message,
        'The database was made by another version of Groundlevel, from before or after this one, ' +
          'and this one cannot open it (its 0001-test.sql differs). To keep what it holds, go on ' +
          'with the version that made it. Otherwise: Start with an empty database.',
      )
      return true
    })
    assert.deepEqual(await tablesOf(db), ['a', 'schema_migrations'])
  })

  test('leaves nothing behind when one fails, and the mended ones apply', async () => {
    const { db } = await emptyDatabase()
    const good = 'create table a (id int); insert into a values (1);'
    const bad = 'create table b (id int); insert into b values (1 / 0); create table c (id int);'
    await assert.rejects(
      migrate(db, migrations(good, bad)),
      (error) => databaseError(error)?.code === '22012',
    )
    assert.deepEqual(await tablesOf(db), [])
    const mended = migrations(good, bad.replace('1 / 0', '1'))
    assert.deepEqual(await migrate(db, mended), ['0001-test.sql', '0002-test.sql'])
    assert.deepEqual(await tablesOf(db), ['a', 'b', 'c', 'schema_migrations'])
  })

  test('takes the time that a migration needs, and so does whoever waits for it', async () => {
    const { db, url } = await emptyDatabase()
    const seconds = (limits.answerMsMax + 500) / 1000
    const slow = migrations(`select pg_sleep(${seconds}); create table a (id int)`)
    const otherDatabase = url ? await openSecond(url) : db
    const applied = await Promise.all([migrate(db, slow), migrate(otherDatabase, slow)])
    assert.deepEqual(applied.flat(), ['0001-test.sql'])
    assert.deepEqual(await tablesOf(db), ['a', 'schema_migrations'])
  })
})
