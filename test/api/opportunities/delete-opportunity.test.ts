import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { opportunityNotFound } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { assertChangeRefused } from './changing.ts'
import { clearPipeline, createOpportunity, type OpportunityRow } from './creation.ts'

describe('delete-opportunity', () => {
  const server = testServer()
  let made: OpportunityRow

  beforeEach(async () => {
    await clearPipeline(server)
    made = await createOpportunity(server, { monetaryValue: 12.5, source: 'form' })
    await server.newEvents()
  })

  const path = () => `/opportunities/${made.id}`

  // UPSTREAM: behaviour.md §7.2, issue #27
  test('200: it is gone, for every operation, and its two events say what it was', async () => {
    const answer = await server.ask('DELETE', path())
    assert.equal(answer.status, 200)
    assert.equal(answer.text, '{"succeded":true,"success":true}')
    const payload = {
      id: made.id,
      name: 'First Opps',
      source: 'form',
      status: 'open',
      contactId: demo.contactId,
      dateAdded: made.createdAt,
      assignedTo: null,
      locationId: demo.locationId,
      pipelineId: demo.pipelineId,
      monetaryValue: 12.5,
      pipelineStageId: demo.stageIds[0],
    }
    assert.deepEqual(await server.newEvents(), [
      { type: 'OpportunityDelete', payload },
      { type: 'OpportunityUpdate', payload },
    ])
    const body = { followers: [demo.userIds[0]] }
    const requests = [
      [['GET', path()], {}],
      [['DELETE', path()], {}],
      [['PUT', path()], { body: { name: 'x' } }],
      [['PUT', `${path()}/status`], { body: { status: 'won' } }],
      [['POST', `${path()}/followers`], { body }],
      [['DELETE', `${path()}/followers`], { body }],
    ] as const
    for (const [request, options] of requests) {
      await assertChangeRefused(server, request, options, [404, opportunityNotFound])
    }
  })

  test('200: under every version, with a slash, and with a body that nobody reads', async () => {
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      await clearPipeline(server)
      made = await createOpportunity(server)
      const answer = await server.ask('DELETE', `${path()}/`, { version, body: {} })
      assert.equal(answer.text, '{"succeded":true,"success":true}')
    }
  })

  test('201: the contact may have another one in the pipeline afterwards', async () => {
    await server.ask('DELETE', path())
    assert.notEqual((await createOpportunity(server)).id, made.id)
  })

  test('404: a missing opportunity, and one of another location', async () => {
    const refusal = [404, opportunityNotFound] as const
    for (const id of ['nobody-knows-me', demo.otherLocation.opportunityId, demo.contactId]) {
      await assertChangeRefused(server, ['DELETE', `/opportunities/${id}`], {}, refusal)
    }
    const { privateIntegrationToken: token } = demo.otherLocation
    await assertChangeRefused(server, ['DELETE', path()], { token }, refusal)
  })

  test('200 once and 404: of 12 at once exactly one deletes and is told of', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => server.ask('DELETE', path())),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [
      200,
      ...Array.from({ length: 11 }, () => 404),
    ])
    const types = (await server.newEvents()).map(({ type }) => type)
    assert.deepEqual(types, ['OpportunityDelete', 'OpportunityUpdate'])
  })
})
