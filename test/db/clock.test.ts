import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { openClock } from '../../src/events/clock.ts'
import { limits } from '../../src/limits.ts'
import { closeDatabases, emptyDatabase } from './empty-database.ts'

after(closeDatabases)

describe('the clock', () => {
  const hour = 3_600_000
  const quiet = { warn: () => undefined }

  /** A clock of a machine that is ahead by so much, whoever's time that is. */
  async function clockAhead(aheadMs: () => number) {
    const { db } = await emptyDatabase()
    const logged: object[] = []
    const clock = await openClock(
      db,
      { warn: (fields: object) => void logged.push(fields) },
      () => Date.now() + aheadMs(),
    )
    const compare = () => clock.task.run({ db, now: clock.now }, () => false)
    return { ...clock, compare, logged }
  }

  const errorOf = ({ now }: { now(): Date }) => Math.abs(now().getTime() - Date.now())

  test('is the machine’s own where that is within a second of the database’s', async () => {
    for (const ms of [0, 400, -400]) {
      const clock = await clockAhead(() => ms)
      assert.ok(Math.abs(clock.now().getTime() - Date.now() - ms) < 50)
      assert.deepEqual(clock.logged, [])
    }
  })

  test('is the database’s where the machine’s is wrong, in both directions, and the log says so', async () => {
    for (const ms of [hour, -hour, 3_000, -3_000]) {
      const clock = await clockAhead(() => ms)
      assert.ok(errorOf(clock) < limits.clockMsMax, `${ms}: ${errorOf(clock)}`)
      assert.equal(clock.logged.length, 1)
    }
  })

  test('follows a machine’s clock that is set, and comes back to it when it is right', async () => {
    let ms = 0
    const clock = await clockAhead(() => ms)
    for (const next of [hour, 2 * hour, -hour, 0]) {
      ms = next
      await clock.compare()
      assert.ok(errorOf(clock) < limits.clockMsMax, `${ms}`)
      await clock.compare()
    }
    assert.equal(clock.logged.length, 4)
    assert.equal(clock.task.everyMs, limits.clockEveryMs)
  })

  test('is good where the database does not answer', async () => {
    const { db } = await emptyDatabase()
    let fails = false
    const query: typeof db.query = (statement) =>
      fails ? Promise.reject(new Error('away')) : db.query(statement)
    const clock = await openClock({ query }, quiet, () => Date.now() - hour)
    fails = true
    await assert.rejects(
      clock.task.run({ db, now: clock.now }, () => false),
      /away/,
    )
    assert.ok(errorOf(clock) < limits.clockMsMax)
  })
})
