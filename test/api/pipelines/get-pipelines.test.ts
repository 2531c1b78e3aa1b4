import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { otherLocation } from '../refusals.ts'
import { testServer } from '../test-server.ts'

const path = '/opportunities/pipelines'
const ownPath = `${path}?locationId=${demo.locationId}`

const undefinedLocation =
  '{"message":"locationId can\'t be undefined","error":"Unprocessable Entity",' +
  '"statusCode":422,"code":"COMMON_LOCATION_ID_UNDEFINED"}'

const stage = (id: string, name: string, position: number, stageWinProbability: number) => ({
  id,
  name,
  position,
  showInFunnel: true,
  showInPieChart: true,
  stageWinProbability,
})

const settings = (locationId: string, position: string) => ({
  showInFunnel: true,
  showInPieChart: true,
  locationId,
  useOpportunityProbability: false,
  colorRenderMode: 'dot',
  position,
  dateAdded: '2026-01-05T15:00:00.000Z',
  dateUpdated: '2026-01-05T15:00:00.000Z',
})

const sales = {
  id: 'VDm7RPYC2GLUvdpKmBfC',
  name: 'Sales pipeline',
  stages: [
    stage('e93ba61a-53b3-45e7-985a-c7732dbcdb69', 'New lead', 0, 14.29),
    stage('7915dedc-8f18-44d5-8bc3-77c04e994a10', 'Contacted', 1, 28.57),
    stage('2a1f6f7c-5d0e-4c3b-9a58-0d6c1b7e4f21', 'Discovery call', 2, 42.86),
    stage('b6c0d9e2-83f4-4e57-8c19-5f2a7d3e6b90', 'Proposal sent', 3, 57.14),
    stage('41d7e8a5-0c92-4b6f-a3de-9e8b5c7f1a34', 'Negotiation', 4, 71.43),
    stage('f03b5c6d-7e81-49a2-b4c7-6d1e2f3a8b55', 'Verbal yes', 5, 85.71),
    stage('9c8e7d6f-1a2b-4c3d-8e4f-5a6b7c8d9e0f', 'Closed', 6, 100),
  ],
  ...settings(demo.locationId, 'a0'),
}

type Pipeline = { id: string; name: string; stages: { id: string }[] }

describe('get-pipelines', () => {
  const server = testServer()

  const list = async (options = {}, address = ownPath) => {
    const answer = await server.ask('GET', address, options)
    assert.equal(answer.status, 200)
    return answer.body.pipelines as Pipeline[]
  }

  // UPSTREAM: behaviour.md §2.6, the recorded row
  test('200: the location’s pipelines in their order, the first one to the letter', async () => {
    const answer = await server.ask('GET', ownPath)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    const [first, ...others] = answer.body.pipelines as Pipeline[]
    assert.deepEqual(first, sales)
    assert.ok(answer.text.startsWith(`{"pipelines":[${JSON.stringify(sales)},`))
    assert.deepEqual(
      others.map(({ id, name, stages }) => [id, name, stages.length]),
      [
        ['bCkKGpDsyPP4peuKowkG', 'Client onboarding', 4],
        ['aWdODOBVOlH1RUFKWQke', 'Renewals', 3],
      ],
    )
  })

  test('200: under every version, and with a slash at the end', async () => {
    const expected = await list()
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      const address = `${path}/?locationId=${demo.locationId}`
      assert.deepEqual(await list({ version }, address), expected)
      assert.deepEqual(await list({ version }), expected)
    }
  })

  test('200: another location’s own token sees only that location’s', async () => {
    const { locationId, pipelineId, stageIds, privateIntegrationToken: token } = demo.otherLocation
    const theirs = await list({ token }, `${path}?locationId=${locationId}`)
    assert.deepEqual(theirs, [
      {
        id: pipelineId,
        name: 'Patients',
        stages: [stage(stageIds[0], 'Enquiry', 0, 50), stage(stageIds[1], 'Booked', 1, 100)],
        ...settings(locationId, 'a0'),
      },
    ])
  })

  test('200: pipelines and stages stand by position, not by id or age', async () => {
    await server.db.query(sql`
      update pipelines set position = 'Z' where location_id = ${demo.locationId}
        and id = 'aWdODOBVOlH1RUFKWQke'`)
    await server.db.query(sql`
      update pipeline_stages set position = 2 - position where location_id = ${demo.locationId}
        and pipeline_id = 'aWdODOBVOlH1RUFKWQke'`)
    const [first, ...others] = await list()
    assert.equal(first?.id, 'aWdODOBVOlH1RUFKWQke')
    assert.deepEqual(
      first.stages.map(({ id }) => id.slice(-2)),
      ['03', '02', '01'],
    )
    assert.deepEqual(
      others.map(({ id }) => id),
      [demo.pipelineId, 'bCkKGpDsyPP4peuKowkG'],
    )
    await server.db.query(sql`
      update pipelines set position = 'a2' where location_id = ${demo.locationId}
        and id = 'aWdODOBVOlH1RUFKWQke'`)
  })

  test('200: a pipeline without stages has an empty list; originId shows where set', async () => {
    await server.db.query(sql`
      insert into pipelines (location_id, id, name, name_key, position, origin_id,
        color_render_mode, show_in_funnel, show_in_pie_chart, use_opportunity_probability,
        created_at, updated_at)
      values (${demo.locationId}, 'bare', 'Bare', 'bare', 'zz', 'snapshot', 'bg-tint', false, false,
        true, '2026-02-03T04:05:06.070Z', '2026-03-04T05:06:07.800Z')`)
    assert.deepEqual((await list()).at(-1), {
      id: 'bare',
      name: 'Bare',
      originId: 'snapshot',
      stages: [],
      showInFunnel: false,
      showInPieChart: false,
      locationId: demo.locationId,
      useOpportunityProbability: true,
      colorRenderMode: 'bg-tint',
      position: 'zz',
      dateAdded: '2026-02-03T04:05:06.070Z',
      dateUpdated: '2026-03-04T05:06:07.800Z',
    })
    await server.db.query(sql`
      delete from pipelines where location_id = ${demo.locationId} and id = 'bare'`)
  })

  // UPSTREAM: behaviour.md §1.4, recorded
  test('422: no locationId, or snake_case, in the words of upstream’s own check', async () => {
    const snake = `location_id=${demo.locationId}`
    for (const query of ['', '?', `?${snake}`, `?locationid=${demo.locationId}`, '?x=1&y=2']) {
      const answer = await server.ask('GET', path + query)
      assert.equal(answer.status, 422, query)
      assert.equal(answer.text, undefinedLocation)
    }
  })

  test('403: the location of somebody else, and one that does not exist', async () => {
    const { locationId, privateIntegrationToken: token } = demo.otherLocation
    for (const id of [locationId, 'no-such-location', demo.locationId.toLowerCase(), '%00']) {
      const answer = await server.ask('GET', `${path}?locationId=${id}`)
      assert.equal(answer.status, 403, id)
      assert.equal(answer.text, otherLocation)
    }
    const answer = await server.ask('GET', ownPath, { token })
    assert.equal(answer.status, 403)
    assert.equal(answer.text, otherLocation)
  })

  test('422: a locationId that is a list, even of one or of the same', async () => {
    const { locationId } = demo
    for (const query of [
      `locationId=${locationId}&locationId=${locationId}`,
      `locationId=${locationId}&locationId=${demo.otherLocation.locationId}`,
      `locationId[]=${locationId}`,
      `locationId[0]=${locationId}`,
      `locationId%5B%5D=${locationId}`,
    ]) {
      const answer = await server.ask('GET', `${path}?${query}`)
      assert.equal(answer.status, 422, query)
      const [message] = answer.body.message as string[]
      assert.equal(message, 'locationId must be a string')
    }
  })

  test('200: reading appends nothing', async () => {
    await list()
    assert.deepEqual(await server.newEvents(), [])
  })
})
