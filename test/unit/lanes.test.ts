import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type Lane,
  type Lanes,
  newLane,
  ownLanes,
  sharedLanes,
  type Use,
} from '../../src/db/lanes/lanes.ts'
import { isQuickRead } from '../../src/db/lanes/reads.ts'
import { runForTenant } from '../../src/db/lanes/tenant.ts'
import { sql, unnamed } from '../../src/db/sql.ts'
import { limits } from '../../src/limits.ts'

const newLanes = (length: number) => Array.from({ length }, newLane)

/** Takes a lane as a tenant; `has` says whether it is there. */
function takeAs(lanes: Lanes, tenant: string, use: Use = 'statement') {
  const taken: { lane?: Lane; has: boolean } = { has: false }
  const turn = runForTenant(tenant, async () => lanes.take(use))
  turn.then(
    (lane) => Object.assign(taken, { lane, has: true }),
    () => undefined,
  )
  return taken
}

const settle = () => new Promise(setImmediate)

describe('lanes of one tenant each', () => {
  test('a tenant gets half of them; the statements beyond follow one another', async () => {
    const lanes = newLanes(12)
    const own = ownLanes(lanes)
    const all = Array.from({ length: 24 }, () => takeAs(own, 'noisy'))
    await settle()
    assert.ok(all.every(({ has }) => has))
    assert.deepEqual(
      lanes.map(({ inFlight }) => inFlight).filter((inFlight) => inFlight > 0),
      [4, 4, 4, 4, 4, 4],
    )
  })

  test('nobody stands behind another tenant, and whoever comes finds a lane', async () => {
    const lanes = newLanes(12)
    const own = ownLanes(lanes)
    const waiting = Array.from({ length: 300 }, () => takeAs(own, 'noisy'))
    const transactions = Array.from({ length: 30 }, () => takeAs(own, 'busy', 'transaction'))
    const quiet = takeAs(own, 'quiet')
    const quietTransaction = takeAs(own, 'quiet', 'transaction')
    await settle()
    assert.ok(quiet.has && quietTransaction.has)
    assert.equal(waiting.filter(({ has }) => has).length, 6 * limits.ownLaneStatementsMax)
    assert.equal(transactions.filter(({ has }) => has).length, 2)
    const tenants = lanes.filter(({ inFlight }) => inFlight > 0).map(({ tenant }) => tenant)
    assert.deepEqual(
      ['noisy', 'busy', 'quiet'].map((name) => tenants.filter((tenant) => tenant === name).length),
      [6, 2, 2],
    )
  })

  test('where all are taken, a tenant that waits gets the next, before those that have some', async () => {
    const lanes = newLanes(2)
    const own = ownLanes(lanes)
    const first = takeAs(own, 'first')
    const second = takeAs(own, 'second')
    const third = takeAs(own, 'third')
    await settle()
    const more = takeAs(own, 'first')
    await settle()
    assert.ok(first.lane && second.lane && !third.has && !more.has)
    own.release(first.lane)
    await settle()
    assert.ok(third.has && !more.has)
    own.release(second.lane)
    await settle()
    assert.ok(more.has)
  })

  test('the transactions of a tenant wait for its own, and its statements do not', async () => {
    const own = ownLanes(newLanes(12))
    const transactions = Array.from({ length: 10 }, () => takeAs(own, 'noisy', 'transaction'))
    const statement = takeAs(own, 'noisy')
    await settle()
    const begun = transactions.filter(({ has }) => has)
    assert.deepEqual([begun.length, statement.has], [4, true])
    const [{ lane } = {}] = begun
    assert.ok(lane)
    own.release(lane)
    await settle()
    assert.equal(transactions.filter(({ has }) => has).length, 5)
  })
})

describe('lanes of all', () => {
  test('beyond the bound tenants take turns', async () => {
    const shared = sharedLanes(newLanes(1), 2)
    const noisy = Array.from({ length: 10 }, () => takeAs(shared, 'noisy'))
    const quiet = takeAs(shared, 'quiet')
    await settle()
    const [lane] = noisy.map(({ lane }) => lane)
    assert.ok(lane && !quiet.has)
    shared.release(lane)
    shared.release(lane)
    await settle()
    assert.ok(quiet.has)
  })

  test('a transaction has one for itself, and is not passed by for ever', async () => {
    const shared = sharedLanes(newLanes(1), 8)
    const before = takeAs(shared, 'a')
    const transaction = takeAs(shared, 'b', 'transaction')
    const after = takeAs(shared, 'a')
    await settle()
    assert.ok(before.lane && !transaction.has && !after.has)
    shared.release(before.lane)
    await settle()
    assert.ok(transaction.lane && !after.has)
    shared.release(transaction.lane)
    await settle()
    assert.ok(after.has)
  })

  test('idle when nothing is under way', async () => {
    const shared = sharedLanes(newLanes(2), 1)
    await shared.idle()
    const taken = [takeAs(shared, 'a'), takeAs(shared, 'b'), takeAs(shared, 'c')]
    await settle()
    let isIdle = false
    shared.idle().then(() => {
      isIdle = true
    })
    for (const place of taken) {
      assert.ok(place.lane && !isIdle)
      shared.release(place.lane)
      await settle()
    }
    assert.ok(isIdle)
  })
})

test('a quick read is prepared, changes nothing and locks nothing', () => {
  const read = sql`select o.updated_at from opportunities o where o.location_id = ${''}`
  const quick = [read, sql`with page as (select 1) select from page`]
  const others = [
    unnamed(read),
    sql`select from locations l where l.location_id = ${''} for no key update`,
    sql`select from locations l where l.location_id = ${''} for share`,
    sql`with gone as (delete from sessions returning hash) select hash from gone`,
    sql`insert into things values (1)`,
    sql`update things set id = 1`,
    sql`lock table outbox`,
    sql`select pg_advisory_xact_lock(${1})`,
    sql`checkpoint`,
  ]
  assert.deepEqual(quick.map(isQuickRead), [true, true])
  assert.deepEqual(new Set(others.map(isQuickRead)), new Set([false]))
})
