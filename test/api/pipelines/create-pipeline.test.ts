import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { opportunityLimits } from '../../../src/api/opportunities/limits.ts'
import { createPrivateIntegration } from '../../../src/auth/private-integrations.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { createUnrelatedAgency, tokenWith } from '../companies/agencies.ts'
import { badRequest, missingScope, notOneOf, otherLocation, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { create, createPipeline, creationBody, listPipelines, type Pipeline, path } from './rows.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const nameTaken = badRequest('A pipeline with this name already exists.')
const chances = (pipeline: Pipeline) => pipeline.stages.map((one) => one.stageWinProbability)

describe('create-pipeline', () => {
  const server = testServer()

  /** Asserts that a body is refused in these words, and that nothing was written. */
  const refuse = async (body: unknown, status: number, text: string) => {
    const before = await listPipelines(server)
    const answer = await server.ask('POST', path, { body })
    assert.equal(answer.text, text)
    assert.equal(answer.status, status)
    assert.deepEqual(await listPipelines(server), before)
  }

  // UPSTREAM: behaviour.md §2.6, documented 2026-06-26
  test('201: the documented example, to the letter; it stands last, and no event tells', async () => {
    await server.newEvents()
    const answer = await create(server)
    assert.equal(answer.status, 201)
    const { id, stages } = answer.body as Pipeline
    assert.match(id, /^[0-9A-Za-z]{20}$/)
    const stageId = stages[0]?.id ?? ''
    assert.match(stageId, uuid)
    const expected = {
      id,
      name: 'pipeline',
      stages: [
        {
          id: stageId,
          name: 'stage 1',
          position: 1,
          showInFunnel: true,
          showInPieChart: true,
          stageWinProbability: 50,
        },
      ],
      showInFunnel: false,
      showInPieChart: true,
      locationId: demo.locationId,
      useOpportunityProbability: true,
      colorRenderMode: 'dot',
      position: 'a3',
      dateAdded: server.now.toISOString(),
      dateUpdated: server.now.toISOString(),
    }
    assert.equal(answer.text, JSON.stringify(expected))
    assert.deepEqual((await listPipelines(server)).at(-1), expected)
    assert.deepEqual(await server.newEvents(), [])
  })

  test('201: under every version, with a slash at the end, each behind the one before', async () => {
    const versions = ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']
    for (const version of versions) {
      const body = { ...creationBody, name: `Under ${version}` }
      const answer = await server.ask('POST', `${path}/`, { body, version })
      assert.equal(answer.status, 201)
    }
    const names = (await listPipelines(server)).map(({ name }) => name)
    assert.deepEqual(
      names.slice(-5),
      versions.map((version) => `Under ${version}`),
    )
  })

  test('201: what is left out, or null', async () => {
    const { locationId } = demo
    const settings = [{}, { showInFunnel: null, showInPieChart: null, colorRenderMode: null }]
    for (const [i, more] of settings.entries()) {
      const body = { name: `Plain ${i}`, stages: [{ name: 'One' }], locationId, ...more }
      const answer = await server.ask('POST', path, { body })
      const { showInFunnel, showInPieChart, useOpportunityProbability, colorRenderMode } =
        answer.body
      assert.deepEqual(
        [showInFunnel, showInPieChart, useOpportunityProbability, colorRenderMode],
        [true, true, false, 'dot'],
      )
    }
  })

  // UPSTREAM: behaviour.md §2.6, spread by position
  test('201: probabilities as they were recorded of six stages, when any is missing', async () => {
    const names = ['New Lead', 'Warm', 'Hot', 'Won', 'Cold', 'Lost']
    const spread = [14.29, 28.57, 42.86, 57.14, 71.43, 85.71]
    assert.deepEqual(chances(await createPipeline(server, 'Google ADS Pipeline', names)), spread)
    const stages = names.map((name) => ({ name, stageWinProbability: 5 }))
    const all = await create(server, { name: 'All given', stages })
    assert.deepEqual(chances(all.body as Pipeline), [5, 5, 5, 5, 5, 5])
    const one = [...stages.slice(0, 5), { name: 'Lost', stageWinProbability: null }]
    const most = await create(server, { name: 'One missing', stages: one })
    assert.deepEqual(chances(most.body as Pipeline), spread)
  })

  test('201: stages stand by the position sent, with its gaps, then by their place', async () => {
    const stages = [
      { name: 'Z', position: 7 },
      { name: 'A', position: 0, color: '#155EEF' },
      { name: 'B', position: 3, showInFunnel: false, showInPieChart: false },
      { name: 'C', position: 3 },
      { name: 'D' },
    ]
    const answer = await create(server, { name: 'Gaps', stages })
    const rows = (answer.body as Pipeline).stages as unknown as Record<string, unknown>[]
    assert.deepEqual(
      rows.map(({ id, stageWinProbability, ...stage }) => Object.values(stage)),
      [
        ['A', 0, true, true, '#155EEF'],
        ['B', 3, false, false],
        ['C', 4, true, true],
        ['D', 5, true, true],
        ['Z', 7, true, true],
      ],
    )
  })

  test('400: a name that another pipeline has, ignoring case; not that of another location', async () => {
    for (const name of ['Sales pipeline', 'SALES PIPELINE', 'sales Pipeline']) {
      await refuse({ ...creationBody, name }, 400, nameTaken)
    }
    const { locationId, privateIntegrationToken: token } = demo.otherLocation
    const body = { ...creationBody, name: 'Sales pipeline', locationId }
    assert.equal((await server.ask('POST', path, { body, token })).status, 201)
  })

  test('400: of ten creations of one name at once, nine', async () => {
    const names = Array.from({ length: 10 }, (_, i) => (i % 2 ? 'Étapes' : 'ÉTAPES'))
    const answers = await Promise.all(names.map((name) => create(server, { name })))
    const refused = answers.filter(({ status }) => status !== 201)
    assert.equal(refused.length, 9)
    assert.ok(refused.every(({ text }) => text === nameTaken))
  })

  test('201: creations at once stand one behind the other', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `Line ${i}`)
    const answers = await Promise.all(names.map((name) => create(server, { name })))
    assert.ok(answers.every(({ status }) => status === 201))
    const positions = (await listPipelines(server)).map(({ position }) => position)
    assert.equal(new Set(positions).size, positions.length)
  })

  test('201: creations at once in a location that has none yet', async () => {
    const { companyId, locationId } = await createUnrelatedAgency(server)
    const token = await tokenWith(server, { companyId, locationId })
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        server.ask('POST', path, { body: { ...creationBody, name: `${i}`, locationId }, token }),
      ),
    )
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
    const positions = answers.map(({ body }) => (body as Pipeline).position)
    assert.equal(new Set(positions).size, answers.length)
  })

  test('400: two stages of one name; a stage’s id, which nothing has yet', async () => {
    const twice = [{ name: 'One' }, { name: 'ONE' }]
    const unique = badRequest('Stage names must be unique within the pipeline.')
    await refuse({ ...creationBody, name: 'X', stages: twice }, 400, unique)
    const stages = [{ name: 'One', id: demo.stageIds[0] }]
    const invalid = badRequest('The pipeline stage id is invalid.')
    await refuse({ ...creationBody, name: 'X', stages }, 400, invalid)
  })

  test('400: more pipelines than a list shows', async () => {
    const { locationId } = demo.otherLocation
    await server.db.query(sql`
      insert into pipelines (location_id, id, name, name_key, position, created_at, updated_at)
      select ${locationId}, 'p' || n, 'P' || n, 'p' || n, 'p' || n, ${server.now}, ${server.now}
      from generate_series(1, ${opportunityLimits.pipelinesMax}::int) n`)
    const token = demo.otherLocation.privateIntegrationToken
    const answer = await server.ask('POST', path, { body: { ...creationBody, locationId }, token })
    assert.equal(answer.status, 400)
    assert.equal(answer.text, badRequest('This location cannot have more pipelines.'))
  })

  test('422: everything that is wrong, at once', async () => {
    const one = (stage: object) => ({
      ...creationBody,
      name: 'X',
      stages: [{ name: 'One', ...stage }],
    })
    const cases: [unknown, ...string[]][] = [
      [
        { locationId: demo.locationId },
        'name must be a string',
        'name should not be empty',
        'stages must be an array',
      ],
      [{ ...creationBody, name: ' ' }, 'name should not be empty'],
      [
        { ...creationBody, name: 'x'.repeat(256) },
        'name must be shorter than or equal to 255 characters',
      ],
      [{ ...creationBody, stages: [] }, 'stages must contain at least 1 elements'],
      [{ ...creationBody, stages: ['New'] }, 'stages.0 must be an object'],
      [
        { ...creationBody, stages: Array.from({ length: 201 }, (_, i) => ({ name: `${i}` })) },
        'stages must contain no more than 200 elements',
      ],
      [one({ name: '' }), 'stages.0.name should not be empty'],
      [one({ position: -1 }), 'stages.0.position must not be less than 0'],
      [one({ position: 0.5 }), 'stages.0.position must be an integer number'],
      [
        one({ stageWinProbability: 101 }),
        'stages.0.stageWinProbability must not be greater than 100',
      ],
      [one({ showInFunnel: 'yes' }), 'stages.0.showInFunnel must be a boolean value'],
      [one({ color: 'blue' }), 'stages.0.color must be a hexadecimal color'],
      [one({ colour: 'blue' }), 'stages.0.property colour should not exist'],
      [
        { ...creationBody, colorRenderMode: 'rainbow' },
        notOneOf('colorRenderMode', 'dot', 'bg-tint', 'none'),
      ],
      [{ ...creationBody, position: 'a0' }, 'property position should not exist'],
    ]
    for (const [body, ...messages] of cases) await refuse(body, 422, unprocessable(...messages))
  })

  test('403: the location of somebody else', async () => {
    const { locationId } = demo.otherLocation
    await refuse({ ...creationBody, locationId }, 403, otherLocation)
  })

  test('401: a token that may write opportunities, and not create pipelines', async () => {
    const { companyId, locationId } = demo
    const scopes = ['opportunities.write', 'pipelines.write'] as const
    const integration = { name: 'Test', companyId, locationId, scopes }
    const { token } = await createPrivateIntegration(server.db, integration, server.now)
    const answer = await server.ask('POST', path, { body: creationBody, token })
    assert.equal(answer.status, 401)
    assert.equal(answer.text, missingScope)
  })
})
