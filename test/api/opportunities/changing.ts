import assert from 'node:assert/strict'
import { foldCounts } from '../../../src/api/opportunities/store/folding.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import type { Ask, TestServer } from '../test-server.ts'
import type { OpportunityRow } from './creation.ts'

/** Changes an opportunity that may be changed so, and returns its row. */
export async function change(
  server: TestServer,
  id: string,
  body: object,
): Promise<OpportunityRow> {
  const answer = await server.ask('PUT', `/opportunities/${id}`, { body })
  assert.equal(answer.status, 200, answer.text.slice(0, 1_000))
  return answer.body.opportunity as OpportunityRow
}

/** Upserts what may be upserted, and returns what was answered. */
export async function upsert(
  server: TestServer,
  body: object,
): Promise<{ opportunity: OpportunityRow; new: boolean }> {
  const answer = await server.ask('POST', '/opportunities/upsert', { body })
  assert.equal(answer.status, 200, answer.text.slice(0, 1_000))
  return answer.body as { opportunity: OpportunityRow; new: boolean }
}

/** The types of the events since this was asked last, in order. */
export async function newEventTypes(server: TestServer): Promise<string[]> {
  return (await server.newEvents()).map(({ type }) => type)
}

/** All rows of opportunities in one text. */
async function snapshotRows({ db }: TestServer): Promise<string | undefined> {
  const [row] = await db.query<{ sum: string }>(sql`
    select string_agg(o::text, ' ' order by o.location_id, o.id) as sum from opportunities o`)
  return row?.sum
}

/** Asserts that a request is refused in these words, and that nothing was written or told. */
export async function assertChangeRefused(
  server: TestServer,
  [method, path]: readonly [method: string, path: string],
  options: Ask,
  [status, text]: readonly [status: number, text: string],
): Promise<void> {
  const before = await snapshotRows(server)
  await server.newEvents()
  const answer = await server.ask(method, path, options)
  assert.equal(answer.text, text)
  assert.equal(answer.status, status)
  assert.ok((await snapshotRows(server)) === before, 'nothing was written')
  assert.deepEqual(await server.newEvents(), [])
}

/** Asserts that what is kept besides opportunities is true: their counts, and who follows which. */
export async function assertIndexed(server: TestServer): Promise<void> {
  await assertCounted(server)
  await foldCounts(server.db, demo.locationId)
  await assertCounted(server)
  await assertFollowed(server)
}

/** Every follower is one by whom the opportunity is found. */
async function assertFollowed({ db }: TestServer): Promise<void> {
  const missing = await db.query(sql`
    select o.location_id, f.user_id, o.created_at, o.contact_id, o.id
    from opportunities o cross join lateral unnest(o.followers) f (user_id)
    except
    select f.location_id, f.user_id, f.created_at, f.contact_id, f.opportunity_id
    from opportunity_followers f`)
  assert.deepEqual(missing, [], 'follows and is not found')
}

/** Counts and what was added to them are together what there is. */
async function assertCounted({ db }: TestServer): Promise<void> {
  const wrong = await db.query(sql`
    with kept as (
      select location_id, follower, pipeline_id, pipeline_stage_id, status, assigned_to,
        count, value, weighted, unweighted from opportunity_counts
      union all
      select location_id, follower, pipeline_id, pipeline_stage_id, status, a.id,
        count, value, weighted, unweighted
      from opportunity_deltas cross join lateral unnest(array[assigned_to, '*']) a (id)
      union all
      select o.location_id, f.id, o.pipeline_id, o.pipeline_stage_id, o.status, a.id, -1, -o.monetary_value,
        -coalesce(o.monetary_value * o.forecast_probability / 100, 0),
        case when o.forecast_probability is null then -o.monetary_value else 0 end
      from opportunities o cross join lateral unnest(array_prepend('', o.followers)) f (id)
        cross join lateral unnest(array[coalesce(o.assigned_to, ''), '*']) a (id))
    select k.location_id, k.follower, k.pipeline_id, k.pipeline_stage_id, k.status, k.assigned_to,
      sum(k.count) as count, sum(k.value) as value, sum(k.weighted) as weighted,
      sum(k.unweighted) as unweighted
    from kept k group by 1, 2, 3, 4, 5, 6
    having (sum(k.count), sum(k.value), sum(k.weighted), sum(k.unweighted))
      is distinct from (0, 0, 0, 0)`)
  assert.deepEqual(wrong, [], 'counted and not there, or there and not counted')
}
