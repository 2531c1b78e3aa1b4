import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import pino from 'pino'
import { createPrivateIntegration } from '../../../src/auth/private-integrations.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { limits } from '../../../src/limits.ts'
import { createApp } from '../../../src/main.ts'
import { until } from '../../until.ts'
import { missingScope } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import {
  addOpportunities,
  assertCounts,
  assertNoneFollowsNothing,
  create,
  createPipeline,
  isFinished,
  listPipelines,
  path,
  pipelineNotFound,
  stagesOf,
  typesOf,
  updatePipeline,
} from './rows.ts'

const pipelineInvalid =
  '{"statusCode":400,"message":"The pipeline id is invalid.","error":"Bad Request"}'

describe('delete-pipeline', () => {
  const server = testServer()

  const remove = (id: string, options = {}) => server.ask('DELETE', `${path}/${id}`, options)

  const assertGone = async (id: string) => {
    assert.equal((await server.ask('GET', `${path}/${id}`)).text, pipelineNotFound)
    assert.equal((await updatePipeline(server, id, { name: 'X' })).text, pipelineNotFound)
    assert.equal((await remove(id)).text, pipelineNotFound)
    assert.ok((await listPipelines(server)).every((pipeline) => pipeline.id !== id))
  }

  const opportunityIn = (pipelineId: string) => ({
    ...{ locationId: demo.locationId, contactId: demo.contactId, name: 'X', status: 'open' },
    pipelineId,
  })

  test('200: an empty one, under every version; its name is free at once', async () => {
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      const { id } = await createPipeline(server, 'Again', ['One'])
      await server.newEvents()
      const answer = await remove(id, { version })
      assert.equal(answer.status, 200)
      assert.equal(answer.text, '{"success":true}')
      assert.deepEqual(await server.newEvents(), [])
      await assertGone(id)
    }
  })

  test('200: its opportunities go with it, with their events, and nothing else', async () => {
    const { opportunityId, pipelineId } = demo
    const [before] = await server.db.query<{ count: number }>(sql`
      select count(*) as count from opportunities where pipeline_id <> ${pipelineId}`)
    const going = Object.keys(await stagesOf(server, pipelineId))
    assert.ok(going.length > 30 && going.includes(opportunityId))
    await server.newEvents()
    assert.equal((await remove(pipelineId)).text, '{"success":true}')
    await assertGone(pipelineId)
    const events = await server.newEvents()
    const told = ['OpportunityDelete', 'OpportunityUpdate']
    assert.deepEqual(typesOf(events), Object.fromEntries(going.map((id) => [id, told])))
    const [first] = events.filter(({ payload }) => payload.id === opportunityId)
    assert.equal(first?.type, 'OpportunityDelete')
    assert.equal(first?.payload.pipelineId, pipelineId)
    const { status } = await server.ask('GET', `/opportunities/${opportunityId}`)
    assert.equal(status, 404)
    const rows = await server.db.query<{ count: number; stages: number }>(sql`
      select (select count(*) from opportunities) as count,
        (select count(*) from pipeline_stages where pipeline_id = ${pipelineId}) as stages`)
    assert.deepEqual(rows, [{ count: before?.count, stages: 0 }])
    const [{ version } = { version: 0 }] = await server.db.query<{ version: number }>(sql`
      select distinct version from outbox where payload ->> 'id' = ${opportunityId}`)
    assert.equal(version, 2)
    await assertCounts(server)
    await assertNoneFollowsNothing(server)
    const made = await server.ask('POST', '/opportunities/', { body: opportunityIn(pipelineId) })
    assert.equal(made.text, pipelineInvalid)
  })

  test('200: more opportunities than one commit deletes: it is hidden from the first on', async () => {
    const { id, stages } = await createPipeline(server, 'Much', ['One', 'Two'])
    const count = limits.clearingRowsMax + 200
    for (const stage of stages) {
      await addOpportunities(server, { pipelineId: id, stageId: stage.id, count: count / 2 })
    }
    await server.newEvents()
    assert.equal((await remove(id)).status, 200)
    await assertGone(id)
    await until(() => isFinished(server))
    assert.deepEqual(await stagesOf(server, id), {})
    assert.equal((await server.newEvents()).length, 2 * count)
    await assertCounts(server)
    await assertNoneFollowsNothing(server)
  })

  test('400: nothing can be created in one that is being deleted', async () => {
    const { id } = await createPipeline(server, 'Going', ['One'])
    await server.db.query(sql`
      update pipelines set deleted_at = ${server.now}
      where location_id = ${demo.locationId} and id = ${id}`)
    const answer = await server.ask('POST', '/opportunities/', { body: opportunityIn(id) })
    assert.equal(answer.text, pipelineInvalid)
    await assertGone(id)
    assert.equal((await create(server, { name: 'going' })).status, 201)
  })

  test('200: opportunities made at the same time are refused or go with it', async () => {
    await server.db.query(sql`
      update locations set allow_duplicate_opportunity = true
      where location_id = ${demo.locationId}`)
    for (let round = 0; round < 8; round++) {
      const { id } = await createPipeline(server, `Race ${round}`, ['One', 'Two'])
      const add = () => server.ask('POST', '/opportunities/', { body: opportunityIn(id) })
      const [a, b, answer, c, d] = await Promise.all([add(), add(), remove(id), add(), add()])
      assert.equal(answer.status, 200)
      for (const { status, text } of [a, b, c, d]) {
        if (status !== 201) assert.equal(text, pipelineInvalid)
      }
      await until(() => isFinished(server))
      assert.deepEqual(await stagesOf(server, id), {})
      await assertGone(id)
    }
    await assertCounts(server)
  })

  test('200: of many deletions at once, one', async () => {
    const { id, stages } = await createPipeline(server, 'Once', ['One'])
    await addOpportunities(server, { pipelineId: id, stageId: stages[0]?.id ?? '', count: 20 })
    const answers = await Promise.all(Array.from({ length: 6 }, () => remove(id)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.ok(answers.every(({ status, text }) => status === 200 || text === pipelineNotFound))
  })

  test('200: what a crash interrupted is finished at the next start', async () => {
    const { id, stages } = await createPipeline(server, 'Crash', ['One'])
    await addOpportunities(server, { pipelineId: id, stageId: stages[0]?.id ?? '', count: 30 })
    await server.db.query(sql`
      update pipelines set deleted_at = ${server.now}
      where location_id = ${demo.locationId} and id = ${id}`)
    await server.db.query(sql`
      insert into unfinished_pipelines (location_id, pipeline_id, created_at)
      values (${demo.locationId}, ${id}, ${server.now})`)
    const log = pino({ level: 'silent' })
    const another = await createApp(server.settings, log)
    await another.listen({ port: 0, host: '127.0.0.1' })
    await until(() => isFinished(server)).finally(() => another.close())
    assert.deepEqual(await stagesOf(server, id), {})
    const rows = await server.db.query(sql`select from pipelines where id = ${id}`)
    assert.equal(rows.length, 0)
    await assertCounts(server)
  })

  test('404: one that is not there, and one of another location, which stays', async () => {
    for (const id of ['no-such-pipeline', demo.otherLocation.pipelineId]) {
      assert.equal((await remove(id)).text, pipelineNotFound)
    }
    const { locationId, privateIntegrationToken: token } = demo.otherLocation
    const theirs = await server.ask('GET', `${path}?locationId=${locationId}`, { token })
    assert.equal((theirs.body.pipelines as unknown[]).length, 1)
  })

  test('401: a token that may create pipelines, and not delete them', async () => {
    const { companyId, locationId } = demo
    const scopes = ['opportunities.write', 'pipelines.create'] as const
    const integration = { name: 'Test', companyId, locationId, scopes }
    const { token } = await createPrivateIntegration(server.db, integration, server.now)
    assert.equal((await remove('aWdODOBVOlH1RUFKWQke', { token })).text, missingScope)
  })
})
