import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { opportunityLimits } from '../../../src/api/opportunities/limits.ts'
import { foldAllCounts } from '../../../src/api/opportunities/store/folding.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'

const { locationId } = demo
const { countsFoldRowsMin: rowsMin, countsFoldRowsMax: rowsMax } = opportunityLimits

describe('what was added to counts', () => {
  const server = testServer()

  /** So many opportunities come and go again: the counts stay what they are. */
  const add = (count: number, to: string = locationId) =>
    server.db.query(sql`
      insert into opportunity_deltas (location_id, id, follower, pipeline_id, pipeline_stage_id,
        status, assigned_to, count, value, weighted, unweighted)
      select ${to}, 'delta ' || i, '', ${demo.pipelineId}, ${demo.stageIds[0]}, 'open', '',
        case when i % 2 = 0 then 1 else -1 end, 0, 0, 0
      from generate_series(1, ${count}::int) i`)

  const waiting = async (where = sql`true`) => {
    const [row] = await server.db.query<{ count: number }>(sql`
      select count(*)::int as count from opportunity_deltas where ${where}`)
    return row?.count ?? 0
  }
  /** The server's own timer may hold some rows at this moment. */
  const waitUntil = async (count: number, where = sql`true`) => {
    for (let i = 0; i < 200 && (await waiting(where)) !== count; i++) {
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    assert.equal(await waiting(where), count)
  }
  const counts = () =>
    server.db.query(sql`
      select pipeline_stage_id, status, assigned_to, count from opportunity_counts
      where location_id = ${locationId} and follower = '' and count <> 0
      order by 1, 2, 3`)

  test('is folded where much of it waits, and left where little does', async () => {
    const before = await counts()
    await add(rowsMin - 1, demo.otherLocation.locationId)
    await add(2 * rowsMax + 2)
    await foldAllCounts(server.db, rowsMin)
    await waitUntil(0, sql`location_id = ${locationId}`)
    assert.deepEqual(await counts(), before)
    assert.equal(await waiting(), rowsMin - 1)
    await foldAllCounts(server.db, 1)
    await waitUntil(0)
  })

  test('is folded once, by several servers at once', async () => {
    const before = await counts()
    await add(rowsMax)
    await Promise.all([1, 2, 3].map(() => foldAllCounts(server.db, 1)))
    await waitUntil(0)
    assert.deepEqual(await counts(), before)
  })

  test('is left for the next time once the server stops', async () => {
    await add(rowsMin - 1)
    await foldAllCounts(server.db, 1, () => true)
    assert.equal(await waiting(), rowsMin - 1)
    await foldAllCounts(server.db, 1)
  })

  test('is folded by the server itself, on a timer', async () => {
    await add(rowsMax)
    await waitUntil(0)
  })
})
