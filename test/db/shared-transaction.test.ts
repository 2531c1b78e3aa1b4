import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { DatabaseUnavailable } from '../../src/db/database.ts'
import { type SharingDatabase, withSharedTransactions } from '../../src/db/shared-transaction.ts'
import type { Sql } from '../../src/db/sql.ts'
import { sql } from '../../src/db/sql.ts'
import { databaseError, sqlstate } from '../../src/db/sqlstate.ts'
import { closeDatabases, emptyDatabase } from './empty-database.ts'

after(closeDatabases)

const insert = (id: number): Sql => sql`insert into things (id) values (${id})`
const thrown = new Error('taken back')

const isTaken = (error: unknown) => databaseError(error)?.code === sqlstate.uniqueViolation

describe('what joins a transaction', () => {
  let db: SharingDatabase

  before(async () => {
    db = withSharedTransactions((await emptyDatabase()).db)
    await db.query(sql`create table things (id int primary key)`)
  })
  beforeEach(() => db.query(sql`delete from things`))
  after(() => db.query(sql`drop table things`))

  const things = async () => {
    const rows = await db.query<{ id: number }>(sql`select id from things order by id`)
    return rows.map(({ id }) => id)
  }

  test('is committed with it, whoever sent it', async () => {
    const result = await db.shareTransaction(async (tx) => {
      await tx.query(insert(1))
      await db.query(insert(2))
      await db.transaction((inner) => inner.query(insert(3)))
      assert.deepEqual(await things(), [1, 2, 3])
      return 'done'
    })
    assert.equal(result, 'done')
    assert.deepEqual(await things(), [1, 2, 3])
  })

  test('is taken back with it', async () => {
    const together = db.shareTransaction(async (tx) => {
      await tx.query(insert(1))
      await db.query(insert(2))
      await db.transaction((inner) => inner.query(insert(3)))
      throw thrown
    })
    await assert.rejects(together, thrown)
    assert.deepEqual(await things(), [])
  })

  test('fails alone', async () => {
    await db.shareTransaction(async () => {
      await db.query(insert(1))
      await assert.rejects(db.query(insert(1)), isTaken)
      const two = db.transaction(async (inner) => {
        await inner.query(insert(2))
        throw thrown
      })
      await assert.rejects(two, thrown)
      await assert.rejects(
        db.transaction(async (inner) => {
          await inner.query(insert(3))
          await inner.query(insert(1))
        }),
        isTaken,
      )
      await db.query(insert(4))
    })
    assert.deepEqual(await things(), [1, 4])
  })

  test('takes turns, though all of it is sent at once', async () => {
    await db.shareTransaction(async () => {
      const all = [1, 2, 2, 3, 1, 4].map((id) =>
        id % 2 ? db.query(insert(id)) : db.transaction((inner) => inner.query(insert(id))),
      )
      const ends = await Promise.allSettled(all)
      assert.equal(ends.filter(({ status }) => status === 'rejected').length, 2)
    })
    assert.deepEqual(await things(), [1, 2, 3, 4])
  })

  test('is not tried once the database gave up, which takes all of it back', async () => {
    const deadlock = sql`do $$ begin raise exception 'x' using errcode = '40P01'; end $$`
    const together = db.shareTransaction(async () => {
      const all = [db.query(insert(1)), db.query(deadlock), db.query(insert(2))]
      const ends = await Promise.allSettled(all)
      assert.deepEqual(
        ends.map(({ status }) => status),
        ['fulfilled', 'rejected', 'rejected'],
      )
      await assert.rejects(db.query(insert(3)), DatabaseUnavailable)
    })
    await assert.rejects(together, DatabaseUnavailable)
    assert.deepEqual(await things(), [])
  })

  test('is finished before the end, when it was sent before', async () => {
    let isDone = false
    await db.shareTransaction(async () => {
      db.query(insert(1)).then(() => {
        isDone = true
      })
    })
    assert.ok(isDone)
    assert.deepEqual(await things(), [1])
  })

  test('is a commit of its own when it comes after the end', async () => {
    const timeout = Promise.withResolvers<void>()
    let after: Promise<unknown> | undefined
    const together = db.shareTransaction(async () => {
      await db.query(insert(1))
      after = timeout.promise.then(() => db.query(insert(2)))
      throw thrown
    })
    await assert.rejects(together, thrown)
    timeout.resolve()
    await after
    assert.deepEqual(await things(), [2])
  })
})
