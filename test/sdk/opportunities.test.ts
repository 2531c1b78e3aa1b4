import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type GHLError, HighLevel } from '@gohighlevel/api-client'
import { demo } from '../../src/demo/ids.ts'
import { launchSandbox } from '../launch.ts'

/** The official SDK, unchanged but for the address it calls. */
function client(url: string, privateIntegrationToken: string): HighLevel {
  const highLevel = new HighLevel({ privateIntegrationToken })
  highLevel.getHttpClient().defaults.baseURL = url
  return highLevel
}

describe('@gohighlevel/api-client with a Private Integration Token', () => {
  let sandbox: Awaited<ReturnType<typeof launchSandbox>>
  let highLevel: HighLevel
  /** Which of its operations the tests have called. */
  const called = new Set<string>()

  before(async () => {
    sandbox = await launchSandbox()
    highLevel = client(sandbox.line.url, sandbox.line.privateIntegrationToken)
    highLevel.opportunities = new Proxy(highLevel.opportunities, {
      get(target, name, receiver) {
        called.add(String(name))
        return Reflect.get(target, name, receiver)
      },
    })
  })
  after(() => sandbox.stop())

  test('healthCheck', async () => {
    assert.equal(await highLevel.healthCheck(), true)
  })

  test('removeFollowersOpportunity answers the documented example', async () => {
    const { traceId, ...answer } = (await highLevel.opportunities.removeFollowersOpportunity(
      { id: sandbox.line.opportunityId },
      { followers: demo.followers.slice(2) },
    )) as Record<string, unknown>
    assert.match(String(traceId), /^[0-9a-f-]{36}$/)
    assert.deepEqual(answer, {
      followers: ['sx6wyHhbFdRXh302Lunr', 'sx6wyHhbFdRXh302LLss'],
      followersRemoved: ['Mx6wyHhbFdRXh302Luer', 'Ka6wyHhbFdRXh302LLsAm'],
    })
  })

  test('addFollowersOpportunity puts them back', async () => {
    const answer = await highLevel.opportunities.addFollowersOpportunity(
      { id: sandbox.line.opportunityId },
      { followers: demo.followers.slice(2) },
    )
    assert.deepEqual(answer.followers, demo.followers)
    assert.deepEqual(answer.followersAdded, demo.followers.slice(2))
  })

  test('removeFollowersOpportunity with isRemoveAllFollowers', async () => {
    const answer = await highLevel.opportunities.removeFollowersOpportunity(
      { id: sandbox.line.opportunityId, isRemoveAllFollowers: true },
      { followers: [] },
    )
    assert.deepEqual(answer.followers, [])
    assert.deepEqual(answer.followersRemoved, demo.followers)
  })

  test('createOpportunity, then getOpportunity', async () => {
    const { locationId, pipelineId, stageIds, contactId, userIds } = sandbox.line
    const created = await highLevel.opportunities.createOpportunity({
      locationId,
      pipelineId,
      pipelineStageId: String(stageIds[1]),
      contactId,
      name: 'First Opps',
      status: 'open',
      monetaryValue: 220,
      assignedTo: String(userIds[4]),
    })
    const id = String(created.opportunity?.id)
    const { opportunity } = await highLevel.opportunities.getOpportunity({ id })
    assert.equal(opportunity?.name, 'First Opps')
    assert.equal(opportunity?.monetaryValue, 220)
    assert.equal(opportunity?.pipelineStageId, stageIds[1])
    assert.equal(opportunity?.contactId, contactId)
  })

  test('updateOpportunity, updateOpportunityStatus, upsertOpportunity, deleteOpportunity', async () => {
    const { locationId, pipelineId, stageIds } = sandbox.line
    const { opportunities } = highLevel
    const id = 'yWQobCRIhRguQtD2llvk'
    const { opportunity } = await opportunities.updateOpportunity(
      { id },
      { name: 'Renamed', pipelineStageId: String(stageIds[3]), monetaryValue: 12.34 },
    )
    assert.equal(opportunity?.name, 'Renamed')
    assert.equal(opportunity?.pipelineStageId, stageIds[3])
    assert.equal(opportunity?.monetaryValue, 12.34)
    const status = await opportunities.updateOpportunityStatus({ id }, { status: 'won' })
    assert.equal(status.succeded, true)
    const upserted = await opportunities.upsertOpportunity({
      id,
      locationId,
      pipelineId,
      followers: [demo.followers[0]],
      isRemoveAllFollowers: true,
      followersActionType: 'add',
    } as Parameters<typeof opportunities.upsertOpportunity>[0])
    assert.equal(upserted.new, false)
    assert.partialDeepStrictEqual(upserted.opportunity, {
      id,
      status: 'won',
      followers: [demo.followers[0]],
    })
    assert.equal((await opportunities.deleteOpportunity({ id })).succeded, true)
    await assert.rejects(opportunities.getOpportunity({ id }), (error: GHLError) => {
      assert.equal(error.statusCode, 404)
      return true
    })
  })

  test('getPipelines', async () => {
    const { locationId, pipelineId } = sandbox.line
    const { pipelines } = await highLevel.opportunities.getPipelines({ locationId })
    assert.equal(pipelines?.length, 3)
    assert.equal(pipelines?.[0]?.id, pipelineId)
  })

  test('getLostReason', async () => {
    const { locationId } = sandbox.line
    const found = await highLevel.opportunities.getLostReason({ locationId, limit: 2, query: 'to' })
    assert.deepEqual(
      found.lostReasons?.map(({ name }) => name),
      ['Too expensive', 'Chose a competitor'],
    )
    assert.equal(found.total, 2)
  })

  test('searchOpportunity, page by page', async () => {
    const { locationId, pipelineId } = sandbox.line
    const asked = { locationId, pipelineId, status: 'open', limit: 10 } as const
    const first = await highLevel.opportunities.searchOpportunity(asked)
    assert.equal(first.opportunities?.length, 10)
    const { startAfter, startAfterId, total } = first.meta ?? {}
    const second = await highLevel.opportunities.searchOpportunity({
      ...asked,
      startAfter: String(startAfter),
      startAfterId: String(startAfterId),
    })
    assert.equal(second.meta?.total, total)
    const ids = [first, second].flatMap(({ opportunities }) => opportunities?.map(({ id }) => id))
    assert.equal(new Set(ids).size, 20)
  })

  test('searchOpportunitiesAdvanced', async () => {
    const { locationId, pipelineId } = sandbox.line
    const body = {
      locationId,
      limit: 5,
      page: 0,
      query: 'seo',
      searchAfter: [],
      additionalDetails: {
        notes: false,
        tasks: false,
        calendarEvents: false,
        unReadConversations: false,
      },
      filters: [{ field: 'pipeline_id', operator: 'eq', value: pipelineId }],
    }
    const found = await highLevel.opportunities.searchOpportunitiesAdvanced(body)
    assert.equal(found.total, 5)
    assert.ok(found.opportunities?.every(({ name }) => name?.includes('SEO')))
  })

  test('a refusal reaches the caller in our words, with its status', async () => {
    const { locationId, pipelineId, contactId } = sandbox.line
    const duplicate = highLevel.opportunities.createOpportunity({
      locationId,
      pipelineId,
      contactId,
      name: 'Second Opps',
      status: 'open',
    })
    await assert.rejects(duplicate, (error: GHLError) => {
      assert.equal(error.statusCode, 400)
      assert.match(error.message, /Can not create duplicate opportunity for the contact\./)
      return true
    })
    const stranger = client(sandbox.line.url, 'pit-00000000-0000-4000-8000-000000000000')
    const refused = stranger.opportunities.getOpportunity({ id: sandbox.line.opportunityId })
    await assert.rejects(refused, (error: GHLError) => {
      assert.equal(error.statusCode, 401)
      assert.match(error.message, /Invalid Private Integration token/)
      return true
    })
  })

  test('all twelve of its operations were called', () => {
    const { prototype } = client(sandbox.line.url, 'pit').opportunities.constructor
    const operations = Object.getOwnPropertyNames(prototype).filter(
      (name) => name !== 'constructor',
    )
    assert.equal(operations.length, 12)
    assert.deepEqual(
      operations.filter((name) => !called.has(name)),
      [],
    )
  })
})
