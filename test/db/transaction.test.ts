import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, DatabaseUnavailable, type Queryable } from '../../src/db/database.ts'
import { type Sql, sql } from '../../src/db/sql.ts'
import { databaseError } from '../../src/db/sqlstate.ts'
import { limits } from '../../src/limits.ts'
import { engine } from '../test-database.ts'
import { closeDatabases, emptyDatabase } from './empty-database.ts'

after(closeDatabases)

const isState = (state: string) => (error: unknown) => databaseError(error)?.code === state

describe('transaction', { timeout: 120_000 }, () => {
  let db: Database
  let last = 0

  before(async () => {
    db = (await emptyDatabase()).db
    await db.query(sql`create table things (id int primary key, kind text not null)`)
  })

  const add = (to: Queryable, kind: string): Promise<unknown> =>
    to.query(sql`insert into things values (${++last}, ${kind})`)

  async function count(kind: string, on: Queryable = db): Promise<number> {
    const [row] = await on.query<{ count: number }>(
      sql`select count(*) as count from things where kind = ${kind}`,
    )
    return row?.count ?? 0
  }

  const idOf = async (on: Queryable): Promise<string> => {
    const [row] = await on.query<{ id: string }>(sql`select pg_current_xact_id()::text as id`)
    return row?.id ?? ''
  }

  test('what is long has no limit of time, and what comes after the transaction has it again', async () => {
    const timeout = sql`select current_setting('statement_timeout') as timeout`
    const before = await db.query(timeout)
    assert.deepEqual(await db.transaction((tx) => tx.slowQuery(timeout)), [{ timeout: '0' }])
    assert.deepEqual(await db.transaction((tx) => tx.query(timeout)), before)
    if (engine === 'postgres') assert.deepEqual(before, [{ timeout: '5s' }])
  })

  test('commits what it returns from, and returns it', async () => {
    const seen = await db.transaction(async (tx) => {
      await add(tx, 'kept')
      await add(tx, 'kept')
      return count('kept', tx)
    })
    assert.equal(seen, 2)
    assert.equal(await count('kept'), 2)
  })

  test('undoes all of what it throws from, and throws that', async () => {
    const failure = new Error('never mind')
    const failing = db.transaction(async (tx) => {
      await add(tx, 'undone')
      assert.equal(await count('undone', tx), 1)
      throw failure
    })
    await assert.rejects(failing, (error) => error === failure)
    assert.equal(await count('undone'), 0)
    await assert.rejects(
      db.transaction(() => {
        throw failure
      }),
      (error) => error === failure,
    )
  })

  test('is alone: no statement sent meanwhile runs inside it, or sees its rows early', async () => {
    let committed = false
    const outside: Promise<unknown>[] = []
    const ids: string[] = []
    const inside = new Set<string>()
    const failing = db.transaction(async (tx) => {
      for (let i = 0; i < 20; i++) {
        inside.add(await idOf(tx))
        await add(tx, 'inside')
        outside.push(
          idOf(db).then((id) => ids.push(id)),
          add(db, 'outside'),
          count('inside').then((rows) => assert.ok(committed || rows === 0)),
        )
        await sleep(1)
      }
      committed = true
      throw new Error('undo')
    })
    await assert.rejects(failing, /undo/)
    await Promise.all(outside)
    assert.equal(inside.size, 1, 'a transaction is one')
    assert.equal(ids.length, 20)
    assert.ok(ids.every((id) => !inside.has(id)))
    assert.equal(await count('inside'), 0)
    assert.equal(await count('outside'), 20, 'what ran beside it is not undone with it')
  })

  test('waits for what was sent before it', async () => {
    const answers = Array.from({ length: 50 }, () => add(db, 'before'))
    const seen = db.transaction((tx) => count('before', tx))
    await Promise.all(answers)
    assert.equal(await count('before'), 50)
    assert.ok((await seen) <= 50)
  })

  test('many at once take their turns, and each is whole', async () => {
    const transfers = Array.from({ length: 24 }, (_, i) =>
      db.transaction(async (tx) => {
        await add(tx, `pair ${i}`)
        await sleep(1)
        await add(tx, `pair ${i}`)
        if (i % 3 === 0) throw new Error('undo')
      }),
    )
    const queries = Array.from({ length: 50 }, () => idOf(db))
    const results = await Promise.allSettled(transfers)
    assert.equal(new Set(await Promise.all(queries)).size, 50, 'each query is its own commit')
    for (const [i, { status }] of results.entries()) {
      assert.equal(status, i % 3 === 0 ? 'rejected' : 'fulfilled')
      assert.equal(await count(`pair ${i}`), i % 3 === 0 ? 0 : 2)
    }
  })

  test('a failed statement fails the transaction, with its SQLSTATE', async () => {
    const failing = db.transaction(async (tx) => {
      await add(tx, 'failed')
      await tx.query(sql`insert into things values (1, ${null})`)
    })
    await assert.rejects(failing, isState('23502'))
    assert.equal(await count('failed'), 0)
  })

  test('a failed statement that was passed over is not taken for a commit', async () => {
    const failing = db.transaction(async (tx) => {
      await add(tx, 'ignored')
      await assert.rejects(tx.query(sql`select 1 / ${0}::int`), isState('22012'))
      await assert.rejects(add(tx, 'ignored'), isState('25P02'))
      return 'done'
    })
    await assert.rejects(failing, /nothing was committed/)
    assert.equal(await count('ignored'), 0)
  })

  test('statements sent at once inside it keep their order, failures among them', async () => {
    const outcomes: PromiseSettledResult<unknown>[] = []
    const failing = db.transaction(async (tx) => {
      const statements: Sql[] = [
        sql`insert into things values (${++last}, 'burst')`,
        sql`select 1 / ${0}::int as burst`,
        sql`insert into things values (${++last}, 'burst')`,
      ]
      outcomes.push(...(await Promise.allSettled(statements.map((each) => tx.query(each)))))
      throw new Error('undo')
    })
    await assert.rejects(failing, /undo/)
    assert.deepEqual(
      outcomes.map((outcome) =>
        outcome.status === 'rejected' ? databaseError(outcome.reason)?.code : outcome.value,
      ),
      [[], '22012', '25P02'],
    )
    assert.equal(await count('burst'), 0)
  })

  test('a script of many statements is part of it', async () => {
    const failing = db.transaction(async (tx) => {
      await tx.script(`create table made (id int); insert into things values (-1, 'script');`)
      assert.equal(await count('script', tx), 1)
      await tx.script(`insert into made values (1); insert into made values ('x');`)
    })
    await assert.rejects(failing, isState('22P02'))
    assert.equal(await count('script'), 0)
    await assert.rejects(db.query(sql`select from made`), isState('42P01'))
  })

  test('one that takes too long is given up, and nothing of it stays', async () => {
    const sleepLong = sql`select pg_sleep(${(limits.answerMsMax + 1000) / 1000})`
    const started = performance.now()
    const failing = db.transaction(async (tx) => {
      await add(tx, 'slow')
      await tx.query(sleepLong)
    })
    await assert.rejects(failing, DatabaseUnavailable)
    assert.ok(performance.now() - started < limits.answerMsMax + 4000)
    // What was prepared before is prepared still, or again.
    assert.equal(await count('slow'), 0)
    await add(db, 'after')
    assert.equal(await db.transaction((tx) => count('after', tx)), 1)
  })

  // PGlite has no connections that could be lost.
  if (engine === 'postgres') {
    test('one that loses its connection fails alone, and so do queries', async () => {
      const failing = db.transaction(async (tx) => {
        await add(tx, 'lost')
        await db.query(sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`)
        await sleep(100)
        await add(tx, 'lost')
      })
      await assert.rejects(failing, DatabaseUnavailable)
      // Some of the other connections may be found broken only when they are used.
      await Promise.allSettled(Array.from({ length: 20 }, () => count('lost')))
      const counts = await Promise.all(Array.from({ length: 20 }, () => count('lost')))
      assert.ok(counts.every((found) => found === 0))
      await db.transaction((tx) => add(tx, 'found'))
      assert.equal(await count('found'), 1)
    })
  }
})
