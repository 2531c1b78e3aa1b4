import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { type Database, DatabaseUnavailable } from '../../src/db/database.ts'
import { sql } from '../../src/db/sql.ts'
import { databaseError } from '../../src/db/sqlstate.ts'
import { limits } from '../../src/limits.ts'
import { engine, openTestDatabase } from '../test-database.ts'

/** For a slow machine, and less than any of these bounds twice. */
const marginMs = 3_000

const isPglite = engine === 'pglite' && 'PGlite has one session, and no limit to a statement'

describe('bounds of time of PostgreSQL', { concurrency: true, skip: isPglite }, () => {
  let db: Database
  before(async () => {
    db = (await openTestDatabase()).db
  })
  after(() => db.close())

  /** Fails with this state after this time. */
  async function assertCancelled(statement: Promise<unknown>, state: string, msMax: number) {
    const startedAt = performance.now()
    await assert.rejects(statement, (error) => {
      const { cause } = error as Error
      return error instanceof DatabaseUnavailable && databaseError(cause)?.code === state
    })
    const ms = performance.now() - startedAt
    assert.ok(ms > msMax - 50 && ms < msMax + marginMs, `${Math.round(ms)} ms, not ${msMax}`)
  }

  test('statementMsMax: what runs longer is cancelled', async () => {
    const statement = db.query(sql`select pg_sleep(60)`)
    await assertCancelled(statement, '57014', limits.statementMsMax)
  })

  test('lockMsMax: what waits longer for a lock is cancelled', async () => {
    const hold = Promise.withResolvers<void>()
    const locked = Promise.withResolvers<void>()
    const holder = db.transaction(async (tx) => {
      await tx.query(sql`select from companies for update`)
      locked.resolve()
      await hold.promise
    })
    await locked.promise
    try {
      const waiting = db.query(sql`update companies set updated_at = updated_at`)
      await assertCancelled(waiting, '55P03', limits.lockMsMax)
    } finally {
      hold.resolve()
      await holder
    }
  })
})

describe('a migration', { skip: isPglite }, () => {
  test('scriptMsMax: is given up after an hour, and not before', async () => {
    const { db } = await openTestDatabase()
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const failures: unknown[] = []
      const script = db
        .transaction((tx) => tx.script('select pg_sleep(4)'))
        .catch((error: unknown) => failures.push(error))
      await sleep(1_000)
      mock.timers.tick(limits.scriptMsMax - 1)
      await turn()
      assert.equal(failures.length, 0)
      mock.timers.tick(1)
      await script
      assert.ok(failures[0] instanceof DatabaseUnavailable)
    } finally {
      mock.timers.reset()
      await db.close()
    }
  })
})
