import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Database, DatabaseUnavailable } from '../../src/db/database.ts'
import { type Sql, sql } from '../../src/db/sql.ts'
import { databaseError } from '../../src/db/sqlstate.ts'
import { isoText } from '../../src/db/wire-types.ts'
import { engine } from '../test-database.ts'
import { until } from '../until.ts'
import { closeDatabases, emptyDatabase, openSecond } from './empty-database.ts'

after(closeDatabases)

/** The SQLSTATE that a statement fails with. */
async function stateOf(failing: Promise<unknown>): Promise<string | undefined> {
  const error = await failing.then(
    () => undefined,
    (error: unknown) => error,
  )
  return databaseError(error)?.code
}

describe('query', { timeout: 120_000 }, () => {
  let db: Database
  let url: string | undefined

  before(async () => {
    const opened = await emptyDatabase()
    db = opened.db
    url = opened.url
    await db.query(sql`create table things (id int primary key, text text)`)
    await db.query(sql`insert into things values (0, 'taken')`)
  })

  const one = async <T>(statement: Sql) =>
    Object.values((await db.query<Record<string, T>>(statement))[0] ?? {})[0]

  test('answers each of many at once with its own rows, failures between them', async () => {
    const failing: [state: string, (i: number) => Sql][] = [
      ['22012', (i) => sql`select ${i}::int / ${0}::int as i`],
      ['22P02', (i) => sql`select ${`x${i}`}::int as i`],
      ['42P01', (i) => sql`select ${i}::int as i from nowhere`],
      ['23505', (i) => sql`insert into things values (0, ${`x${i}`})`],
      ['42601', () => sql`selec`],
    ]
    const succeeding = [
      (i: number) => sql`select ${i}::int as i`,
      (i: number) => sql`select ${i * 2}::int / ${2}::int as i`,
      (i: number) => sql`select i from generate_series(${i}::int, ${i}::int) i, pg_sleep(0.0001)`,
    ]
    const answers = Array.from({ length: 600 }, async (_, i) => {
      const failure = failing[i % 7]
      if (failure && i % 2 === 0) {
        // A broken text that is sent twice at once may fail as unprepared the second time.
        const state = await stateOf(db.query(failure[1](i)))
        assert.ok(state === failure[0] || state === '26000', `${i}: ${state}`)
      } else {
        const statement = succeeding[i % 3]?.(i) ?? sql``
        assert.deepEqual(await db.query(statement), [{ i }])
      }
    })
    await Promise.all(answers)
    assert.deepEqual(await db.query(sql`select id, text from things`), [{ id: 0, text: 'taken' }])
  })

  test('works on after every kind of failure', async () => {
    const divide = (by: number) => sql`select 6 / ${by}::int as i`
    assert.equal(await stateOf(db.query(divide(0))), '22012')
    assert.deepEqual(await db.query(divide(2)), [{ i: 3 }])
    assert.equal(await stateOf(db.query(sql`select ${'x'}::date as d`)), '22007')
    assert.equal(await stateOf(db.query(sql`this is not sql`)), '42601')
    assert.deepEqual(await db.query(divide(3)), [{ i: 2 }])
  })

  test('runs nothing that sql did not make', async () => {
    const real = sql`select 1`
    for (const forged of [
      'select 1',
      { text: 'select 1' },
      { text: real.text, values: [], name: real.name },
      { ...JSON.parse(JSON.stringify(real)) },
    ]) {
      await assert.rejects(db.query(forged as never), TypeError)
      await assert.rejects(
        db.transaction((tx) => tx.query(forged as never)),
        TypeError,
      )
    }
  })

  test('gives every type the same form on every engine', async () => {
    const [row] = await db.query(sql`
      select 7::int2 as int2, 2147483647::int4 as int4, 9007199254740991::int8 as int8,
        (select count(*) from things) as count, 12.50::numeric as numeric,
        297.1::numeric + 0.2 as sum, 0.5::float8 as float8, true as bool, null::text as nothing,
        'Zoë ''🌱' as text, date '2026-05-20' as date, jsonb '{"a": [1, null, "é"]}' as jsonb,
        json '{"b": 1.50}' as json, array['a b', 'c,"d"', null, '']::text[] as texts,
        array[]::text[] as none, array[1, 2]::int4[] as ints`)
    assert.deepEqual(
      { ...(row as object) },
      {
        int2: 7,
        int4: 2_147_483_647,
        int8: 9_007_199_254_740_991,
        count: 1,
        numeric: 12.5,
        sum: 297.3,
        float8: 0.5,
        bool: true,
        nothing: null,
        text: "Zoë '🌱",
        date: '2026-05-20',
        jsonb: { a: [1, null, 'é'] },
        json: { b: 1.5 },
        texts: ['a b', 'c,"d"', null, ''],
        none: [],
        ints: [1, 2],
      },
    )
  })

  test('writes times in UTC with three digits of a second, in rows and in JSON', async () => {
    const times = [
      ['2021-08-03 04:55:17.355Z', '2021-08-03T04:55:17.355Z'],
      ['2021-08-03 04:55:17.35Z', '2021-08-03T04:55:17.350Z'],
      ['2021-08-03 04:55:17.3Z', '2021-08-03T04:55:17.300Z'],
      ['2021-08-03 04:55:17Z', '2021-08-03T04:55:17.000Z'],
      ['2021-08-03 04:55:17.005Z', '2021-08-03T04:55:17.005Z'],
      ['2021-08-03 23:30:00.1-05:30', '2021-08-04T05:00:00.100Z'],
      ['1969-12-31 23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
      ['0099-01-01 00:00:00Z', '0099-01-01T00:00:00.000Z'],
    ] as const
    for (const [given, expected] of times) {
      const time = sql`${given}::text::timestamptz(3)`
      const [row] = await db.query<object>(sql`select ${time} as time, ${isoText(time)} as json`)
      assert.deepEqual({ ...row }, { time: expected, json: expected })
      const back = await one(sql`select ${new Date(expected)}::timestamptz(3)`)
      assert.equal(back, expected, 'a Date comes back as it went')
    }
  })

  // PGlite belongs to one process, and nobody else sets anything in it.
  if (engine === 'postgres') {
    test('writes times in UTC, whatever the database was set to', async () => {
      const name = await one<string>(sql`select current_database()::text`)
      for (const setting of ["timezone = 'Asia/Kolkata'", "datestyle = 'German'"]) {
        await db.transaction((tx) => tx.script(`alter database ${name} set ${setting}`))
      }
      const fresh = await openSecond(url ?? '')
      const [row] = await fresh.query<object>(sql`
        select timestamptz '2021-08-03 04:55:17.35Z' as time, date '2026-05-20' as date`)
      assert.deepEqual({ ...row }, { time: '2021-08-03T04:55:17.350Z', date: '2026-05-20' })
    })
  }

  test('refuses a NUL character with its SQLSTATE, at once', async () => {
    assert.equal(await stateOf(db.query(sql`select ${'a\0b'}::text as t`)), '22021')
    assert.equal(await stateOf(db.query(sql`select ${['a\0b']}::text[] as t`)), '22021')
    assert.equal(await stateOf(db.query(sql`select ${{ a: '\0' }}::jsonb as t`)), '22P05')
    assert.equal(await one(sql`select ${'ab'}::text as t`), 'ab')
  })

  test('carries a megabyte each way, among others', async () => {
    const big = 'é🌱x'.repeat(150_000)
    const list = Array.from({ length: 20_000 }, (_, i) => `user-${i}`)
    const [text, texts, ...small] = await Promise.all([
      one(sql`select ${big}::text as t`),
      one(sql`select ${list}::text[] as t`),
      ...list.slice(0, 50).map((name) => one(sql`select ${name}::text as t`)),
    ])
    assert.ok(Buffer.byteLength(big) > 1024 * 1024)
    assert.ok(text === big)
    assert.deepEqual(texts, list)
    assert.deepEqual(small, list.slice(0, 50))
  })
})

describe('close', { timeout: 60_000 }, () => {
  test('answers what is under way, and nothing after', async () => {
    const { db } = await emptyDatabase()
    const ask = () =>
      Promise.all(Array.from({ length: 50 }, (_, i) => db.query(sql`select ${i}::int as i`)))
    const before = await ask()
    const answers = ask()
    const closed = db.close()
    assert.deepEqual(await answers, before)
    await closed
    await assert.rejects(db.query(sql`select 1`), DatabaseUnavailable)
    await assert.rejects(
      db.transaction((tx) => tx.query(sql`select 1`)),
      DatabaseUnavailable,
    )
  })

  // PGlite has no connections that could be left.
  if (engine === 'postgres') {
    test('leaves no connection behind that was being made', async () => {
      const { db, url } = await emptyDatabase()
      const otherDatabase = await openSecond(url ?? '')
      const answers = Array.from({ length: 20 }, () => otherDatabase.query(sql`select 1`))
      await otherDatabase.close()
      await Promise.allSettled(answers)
      const others = sql`datname = current_database() and pid <> pg_backend_pid()`
      const count = async () =>
        (await db.query(sql`select from pg_stat_activity where ${others}`)).length
      // PostgreSQL needs a moment to see that a connection has gone.
      const left = await until(async () => (await count()) === 0).then(() => 0, count)
      // One that was left would keep this process from ending.
      await db.query(sql`select pg_terminate_backend(pid) from pg_stat_activity where ${others}`)
      assert.equal(left, 0)
    })
  }
})
