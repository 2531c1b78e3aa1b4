import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { foldCounts } from '../../../src/api/opportunities/store/folding.ts'
import { recount } from '../../../src/api/opportunities/store/recount.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { assertIndexed, change } from './changing.ts'

const { locationId, opportunityId, pipelineId } = demo

describe('counting all opportunities anew', () => {
  const server = testServer()
  const folded = async () => assert.equal(await foldCounts(server.db, locationId), 0)
  const totalAndRows = async () => {
    const search = `/opportunities/search?location_id=${locationId}`
    type Found = { meta: { total: number }; opportunities: object[] }
    const all = (await server.ask('GET', search)).body as Found
    const followed = await server.ask('POST', '/opportunities/search', {
      body: {
        locationId,
        limit: 20,
        filters: [{ field: 'followers', operator: 'eq', value: demo.userIds[0] }],
      },
    })
    const { opportunities } = followed.body as Found
    return [all.meta.total, all.opportunities.length, opportunities.length]
  }

  beforeEach(async () => {
    while ((await foldCounts(server.db, locationId)) > 0);
    await folded()
  })

  test('finds nothing where nothing is amiss, folded or not', async () => {
    await change(server, opportunityId, { monetaryValue: 12.34, forecastProbability: 33 })
    assert.deepEqual(await recount(server.db), { counts: 0, followers: 0 })
    await assertIndexed(server)
  })

  test('puts right what an older server left out, what is missing and what is too much', async () => {
    const before = await totalAndRows()
    const { db } = server
    const counts = await db.query(sql`delete from opportunity_counts
      where location_id = ${locationId} and assigned_to = '*' returning count`)
    await db.query(sql`update opportunity_counts set count = count + 7, value = value - 1
      where location_id = ${locationId} and follower = ''`)
    await db.query(sql`insert into opportunity_counts
      values (${locationId}, '', ${pipelineId}, 'gone', 'open', 'nobody', 3, 3, 3, 3)`)
    await db.query(sql`delete from opportunity_followers where location_id = ${locationId}`)
    assert.notDeepEqual(await totalAndRows(), before)

    const found = await recount(db)
    assert.ok(found.counts > counts.length, String(found.counts))
    assert.ok(found.followers > 0)
    assert.deepEqual(await totalAndRows(), before)
    await assertIndexed(server)
    assert.deepEqual(await recount(db), { counts: 0, followers: 0 })
  })

  test('may run while others write, and count too', async () => {
    await server.db.query(sql`delete from opportunity_counts
      where location_id = ${locationId} and assigned_to = '*'`)
    const writing = Array.from({ length: 20 }, async (_, i) => {
      await change(server, opportunityId, { monetaryValue: i, name: `Written ${i}` })
      await foldCounts(server.db, locationId)
    })
    await Promise.all([...writing, recount(server.db), recount(server.db), recount(server.db)])
    await assertIndexed(server)
  })
})
