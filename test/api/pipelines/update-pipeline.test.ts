import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createPrivateIntegration } from '../../../src/auth/private-integrations.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { limits } from '../../../src/limits.ts'
import { until } from '../../until.ts'
import { badRequest, missingScope, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import {
  addOpportunities,
  assertCounts,
  create,
  createPipeline,
  isFinished,
  listPipelines,
  type Pipeline,
  path,
  pipelineNotFound,
  type Stage,
  stagesOf,
  typesOf,
  updatePipeline,
} from './rows.ts'

const stageInvalid = badRequest('The pipeline stage id is invalid.')
const namesOf = ({ stages }: Pipeline) => stages.map(({ name }) => name)

describe('update-pipeline', () => {
  const server = testServer()

  const refuse = async (id: string, body: object, status: number, text: string) => {
    const before = await listPipelines(server)
    const answer = await updatePipeline(server, id, body)
    assert.equal(answer.text, text)
    assert.equal(answer.status, status)
    assert.deepEqual(await listPipelines(server), before)
  }

  const changed = async (id: string, body: object): Promise<Pipeline> => {
    const answer = await updatePipeline(server, id, body)
    assert.equal(answer.status, 200, answer.text)
    return answer.body as Pipeline
  }

  test('200: what is sent changes, the rest stays; under every version; no event tells', async () => {
    const before = await createPipeline(server, 'Settings', ['One', 'Two'])
    server.now = new Date('2026-03-02T08:00:00.000Z')
    await server.newEvents()
    const expected = { ...before, dateUpdated: server.now.toISOString() }
    assert.deepEqual(await changed(before.id, {}), expected)
    assert.deepEqual(await changed(before.id, { name: null, stages: null }), expected)
    const settings = {
      name: 'SETTINGS',
      showInFunnel: false,
      showInPieChart: false,
      useOpportunityProbability: true,
      colorRenderMode: 'bg-tint',
    }
    assert.deepEqual(await changed(before.id, settings), { ...expected, ...settings })
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      const body = { name: `Under ${version}` }
      const answer = await server.ask('PUT', `${path}/${before.id}/`, { body, version })
      assert.equal(answer.status, 200)
      assert.equal(
        answer.text,
        JSON.stringify({ ...expected, ...settings, name: `Under ${version}` }),
      )
    }
    assert.deepEqual(await server.newEvents(), [])
  })

  test('200: stages with an id are kept, those without are made, the others removed', async () => {
    const { id, stages } = await createPipeline(server, 'Stages', ['One', 'Two', 'Three'])
    const [one, two, three] = stages.map((stage) => stage.id)
    const after = await changed(id, {
      stages: [
        { id: three, name: 'Third', stageWinProbability: 30, showInFunnel: false },
        { name: 'New', stageWinProbability: 40, color: '#AAbb01' },
        { id: one, name: 'One', stageWinProbability: 50 },
      ],
    })
    const [, fresh] = after.stages
    assert.ok(fresh && ![one, two, three].includes(fresh.id))
    const charts = { showInFunnel: true, showInPieChart: true }
    assert.deepEqual(after.stages, [
      {
        id: three,
        name: 'Third',
        position: 0,
        ...charts,
        showInFunnel: false,
        stageWinProbability: 30,
      },
      {
        id: fresh.id,
        name: 'New',
        position: 1,
        ...charts,
        stageWinProbability: 40,
        color: '#AAbb01',
      },
      { id: one, name: 'One', position: 2, ...charts, stageWinProbability: 50 },
    ])
    const kept = [fresh, { id: three ?? '', name: 'Third' }].map((stage) => ({
      id: stage.id,
      name: stage.name,
    }))
    const last = await changed(id, { stages: kept })
    // What was not said of them stayed, but that the probabilities were spread anew.
    assert.deepEqual(last.stages, [
      { ...after.stages[1], position: 0, stageWinProbability: 33.33 },
      { ...after.stages[0], position: 1, stageWinProbability: 66.67 },
    ])
    assert.deepEqual((await server.ask('GET', `${path}/${id}`)).body, last)
  })

  test('200: names change places, and a row that was read can be sent back', async () => {
    const { id, stages } = await createPipeline(server, 'Places', ['One', 'Two'])
    const swapped = stages.map((stage) => ({
      ...stage,
      name: stage.name === 'One' ? 'Two' : 'One',
    }))
    const after = await changed(id, { stages: swapped })
    assert.deepEqual(after.stages, swapped)
  })

  test('200: opportunities of removed stages move to the first one left, with their events', async () => {
    const before = await createPipeline(server, 'Moving', ['One', 'Two', 'Three'])
    const [one, two, three] = before.stages.map((stage) => stage.id) as [string, string, string]
    const place = { pipelineId: before.id }
    const staying = await addOpportunities(server, { ...place, stageId: one, count: 2 })
    const moving = [
      ...(await addOpportunities(server, { ...place, stageId: two, count: 2 })),
      ...(await addOpportunities(server, { ...place, stageId: three, count: 1 })),
    ]
    await server.newEvents()
    server.now = new Date('2026-03-03T08:00:00.000Z')
    await changed(before.id, {
      stages: [
        { name: 'Zero', position: 9 },
        { id: one, name: 'One' },
      ],
    })
    const all = [...staying, ...moving]
    assert.deepEqual(
      await stagesOf(server, before.id),
      Object.fromEntries(all.map((id) => [id, one]).sort()),
    )
    const events = await server.newEvents()
    const told = ['OpportunityUpdate', 'OpportunityStageUpdate']
    assert.deepEqual(typesOf(events), Object.fromEntries(moving.map((id) => [id, told])))
    assert.deepEqual(events[0]?.payload, {
      locationId: demo.locationId,
      id: events[0]?.payload.id,
      assignedTo: null,
      contactId: demo.contactId,
      monetaryValue: events[0]?.payload.monetaryValue,
      name: events[0]?.payload.name,
      pipelineId: before.id,
      pipelineStageId: one,
      source: null,
      status: 'open',
      dateAdded: '2026-02-01T09:00:00.000Z',
    })
    const { body } = await server.ask('GET', `/opportunities/${moving[0]}`)
    const row = body.opportunity as Record<string, unknown>
    const at = server.now.toISOString()
    assert.deepEqual(
      [row.pipelineStageId, row.lastStageChangeAt, row.updatedAt, row.indexVersion],
      [one, at, at, 2],
    )
    assert.notEqual(row.lastStatusChangeAt, at)
    const [version] = await server.db.query<{ version: number }>(sql`
      select distinct version from outbox where payload ->> 'id' = ${moving[0]}`)
    assert.equal(version?.version, 2)
    await assertCounts(server)
  })

  test('200: more opportunities than one commit moves: the stage is shown until it is empty', async () => {
    const { id, stages } = await createPipeline(server, 'Many', ['One', 'Two'])
    const [one, two] = stages.map((stage) => stage.id) as [string, string]
    const count = limits.clearingRowsMax * 2 + 1
    await addOpportunities(server, { pipelineId: id, stageId: two, count })
    await server.newEvents()
    let isOver = false
    const watch = async () => {
      while (!isOver) {
        // One statement, so that both are of one moment.
        const lost = await server.db.query(sql`
          select from opportunities o where o.location_id = ${demo.locationId}
            and o.pipeline_id = ${id} and o.pipeline_stage_id not in (
              select s.id from pipeline_stages s where s.location_id = ${demo.locationId}
                and s.pipeline_id = ${id})`)
        assert.equal(lost.length, 0)
      }
    }
    const seen = watch()
    const answer = await updatePipeline(server, id, { stages: [{ id: one, name: 'One' }] })
    await until(() => isFinished(server)).finally(() => {
      isOver = true
    })
    await seen
    assert.equal(answer.status, 200)
    const { body } = await server.ask('GET', `${path}/${id}`)
    assert.deepEqual(namesOf(body as Pipeline), ['One'])
    assert.deepEqual(new Set(Object.values(await stagesOf(server, id))), new Set([one]))
    const events = await server.newEvents()
    assert.equal(events.length, 2 * count)
    assert.equal(Object.keys(typesOf(events)).length, count)
    await assertCounts(server)
  })

  test('200: a removed stage that is not empty yet stands last, and can be kept after all', async () => {
    const { id, stages } = await createPipeline(server, 'Kept', ['One', 'Two', 'Three'])
    const [one, two] = stages.map((stage) => stage.id) as [string, string]
    await server.db.query(sql`
      update pipeline_stages set removed_at = ${server.now}, position = 50
      where location_id = ${demo.locationId} and id = ${one}`)
    const contactId = demo.contactId
    const body = { locationId: demo.locationId, pipelineId: id, contactId, name: 'X' }
    const opportunity = { ...body, status: 'open', pipelineStageId: one }
    const answer = await server.ask('POST', '/opportunities/', { body: opportunity })
    assert.equal(answer.status, 201)
    // Nothing new is put into it.
    assert.equal((answer.body.opportunity as { pipelineStageId: string }).pipelineStageId, two)
    const kept = [
      { id: one, name: 'One' },
      { id: two, name: 'Two' },
    ]
    assert.deepEqual(namesOf(await changed(id, { stages: kept })), ['One', 'Two'])
    assert.deepEqual(namesOf(await changed(id, {})), ['One', 'Two'])
  })

  test('200: two at once, one after the other: the stages are those of one of them', async () => {
    const { id, stages } = await createPipeline(server, 'Twins', ['One', 'Two', 'Three'])
    await addOpportunities(server, { pipelineId: id, stageId: stages[2]?.id ?? '', count: 40 })
    const lists = Array.from({ length: 6 }, (_, i) => [
      { id: stages[0]?.id, name: 'One' },
      { name: `New ${i}` },
      { name: `Newer ${i}` },
    ])
    const answers = await Promise.all(
      lists.map((one) => updatePipeline(server, id, { stages: one })),
    )
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    const names = namesOf((await server.ask('GET', `${path}/${id}`)).body as Pipeline)
    assert.equal(names.length, 3)
    assert.ok(
      lists.some((one) => JSON.stringify(one.map(({ name }) => name)) === JSON.stringify(names)),
    )
    await assertCounts(server)
  })

  test('opportunities made in a stage while it is removed end in one that is there', async () => {
    const { id, stages } = await createPipeline(server, 'Race', ['One', 'Two'])
    const [one] = stages as [Stage, Stage]
    await server.db.query(sql`
      update locations set allow_duplicate_opportunity = true
      where location_id = ${demo.locationId}`)
    let last = stages[1]?.id ?? ''
    const { contactId, locationId } = demo
    for (let round = 0; round < 8; round++) {
      const body = { locationId, pipelineId: id, pipelineStageId: last, contactId, name: 'R' }
      const opportunity = { ...body, status: 'open' }
      const add = () => server.ask('POST', '/opportunities/', { body: opportunity })
      const stagesNow = [{ id: one.id, name: 'One' }, { name: `Next ${round}` }]
      const [, , answer, ...rest] = await Promise.all([
        add(),
        add(),
        updatePipeline(server, id, { stages: stagesNow }),
        add(),
        add(),
      ])
      assert.equal(answer.status, 200)
      assert.ok(
        rest.every(({ status }) => status === 201),
        rest[0]?.text,
      )
      last = (answer.body as Pipeline).stages[1]?.id ?? ''
    }
    const places = new Set(Object.values(await stagesOf(server, id)))
    assert.deepEqual([...places], [one.id])
    await assertCounts(server)
  })

  test('400: a name that another pipeline has; its own in other letters is fine', async () => {
    const taken = badRequest('A pipeline with this name already exists.')
    await refuse(demo.pipelineId, { name: 'RENEWALS' }, 400, taken)
    assert.equal(
      (await updatePipeline(server, demo.pipelineId, { name: 'SALES pipeline' })).status,
      200,
    )
    assert.equal(
      (await updatePipeline(server, demo.pipelineId, { name: 'Sales pipeline' })).status,
      200,
    )
    const names = await Promise.all(
      ['bCkKGpDsyPP4peuKowkG', 'aWdODOBVOlH1RUFKWQke'].map((id) =>
        updatePipeline(server, id, { name: 'Q' }),
      ),
    )
    assert.deepEqual(names.map(({ status }) => status).sort(), [200, 400])
  })

  test('400: stages of one name; ids of another pipeline, of nothing, or sent twice', async () => {
    const { id, stages } = await createPipeline(server, 'Refusals', ['One', 'Two'])
    const own = { id: stages[0]?.id, name: 'One' }
    const unique = badRequest('Stage names must be unique within the pipeline.')
    await refuse(id, { stages: [own, { name: 'one' }] }, 400, unique)
    const ids = [demo.stageIds[0], demo.otherLocation.stageIds[0], 'nothing', '', own.id]
    for (const other of ids) {
      await refuse(id, { name: 'X', stages: [own, { id: other, name: 'X' }] }, 400, stageInvalid)
    }
  })

  test('422: no stages at all, and what upstream refuses', async () => {
    const empty = unprocessable('stages must contain at least 1 elements')
    await refuse(demo.pipelineId, { stages: [] }, 422, empty)
    const row = { id: 'x', locationId: demo.locationId, position: 'a0', dateAdded: 'x' }
    const names = ['id', 'locationId', 'position', 'dateAdded']
    const messages = names.map((name) => `property ${name} should not exist`)
    await refuse(demo.pipelineId, row, 422, unprocessable(...messages))
    await refuse(demo.pipelineId, { name: '' }, 422, unprocessable('name should not be empty'))
  })

  test('404: one that is not there, and one of another location', async () => {
    for (const id of ['no-such-pipeline', demo.otherLocation.pipelineId]) {
      await refuse(id, { name: 'X' }, 404, pipelineNotFound)
    }
  })

  test('401: a token that may create pipelines, and not change them', async () => {
    const { companyId, locationId } = demo
    const scopes = ['opportunities.write', 'pipelines.create'] as const
    const integration = { name: 'Test', companyId, locationId, scopes }
    const { token } = await createPrivateIntegration(server.db, integration, server.now)
    const answer = await server.ask('PUT', `${path}/${demo.pipelineId}`, {
      body: { name: 'X' },
      token,
    })
    assert.equal(answer.text, missingScope)
    assert.equal((await create(server, { name: 'Fine' })).status, 201)
  })
})
