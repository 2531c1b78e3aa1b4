import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import {
  clearPipeline,
  createOpportunity,
  creationBody,
  type OpportunityRow,
  readBack,
} from './creation.ts'

const createdAt = '2026-05-04T03:02:01.007Z'

/** The official example of the body. */
const documentedBody = {
  pipelineId: 'VDm7RPYC2GLUvdpKmBfC',
  locationId: 've9EPM428h8vShlRW1KT',
  name: 'First Opps',
  pipelineStageId: '7915dedc-8f18-44d5-8bc3-77c04e994a10',
  status: 'open',
  contactId: 'mTkSCb1UBjb5tk4OvB69',
  monetaryValue: 220,
  assignedTo: '082goXVW3lIExEQPOnd3',
  customFields: [{ id: '6dvNaf7VhkQ9snc5vnjJ', key: 'my_custom_field', field_value: '9039160788' }],
}

/** The row that the official example makes, in the order in which rows are recorded. */
const row = (id: string) => ({
  id,
  name: 'First Opps',
  monetaryValue: 220,
  pipelineId: 'VDm7RPYC2GLUvdpKmBfC',
  pipelineStageId: '7915dedc-8f18-44d5-8bc3-77c04e994a10',
  pipelineStageUId: '7915dedc-8f18-44d5-8bc3-77c04e994a10',
  assignedTo: '082goXVW3lIExEQPOnd3',
  status: 'open',
  source: null,
  lastStatusChangeAt: createdAt,
  lastStageChangeAt: createdAt,
  lastActionDate: createdAt,
  indexVersion: 1,
  createdAt,
  updatedAt: createdAt,
  forecastExpectedCloseDate: null,
  forecastOriginalCloseDate: null,
  forecastSlippageCount: 0,
  forecastDaysSlipped: 0,
  forecastLastSlippedAt: null,
  forecastProbability: null,
  effectiveProbability: 28.57,
  contactId: 'mTkSCb1UBjb5tk4OvB69',
  locationId: 've9EPM428h8vShlRW1KT',
  customFields: [{ id: '6dvNaf7VhkQ9snc5vnjJ', fieldValue: '9039160788' }],
  lostReasonId: null,
  followers: [],
  relations: [
    {
      associationId: 'OPPORTUNITIES_CONTACTS_ASSOCIATION',
      relationId: id,
      primary: true,
      objectKey: 'contact',
      recordId: 'mTkSCb1UBjb5tk4OvB69',
      fullName: 'Jordan Blake',
      contactName: 'Jordan Blake',
      companyName: 'Blake & Partners',
      email: 'jordan@blakepartners.example',
      phone: '+15555550100',
      tags: ['lead'],
      attributed: null,
    },
  ],
  contact: {
    id: 'mTkSCb1UBjb5tk4OvB69',
    name: 'Jordan Blake',
    companyName: 'Blake & Partners',
    email: 'jordan@blakepartners.example',
    phone: '+15555550100',
    tags: ['lead'],
    score: [],
    followers: [],
    assignedTo: null,
  },
  attributions: [],
  isAttribute: false,
  internalSource: {
    type: 'CREATED',
    id: '0i000000000000000001',
    apiVersion: '2021-07-28',
    channel: 'API',
    source: 'PUBLIC_API',
  },
})

describe('create-opportunity', () => {
  const server = testServer()
  beforeEach(() => clearPipeline(server))

  // UPSTREAM: behaviour.md §2.2, n8n's recorded create.json; §2.5, stamps at birth
  test('201: the documented example, with the time of the server', async () => {
    server.now = new Date(createdAt)
    const answer = await server.ask('POST', '/opportunities/', { body: documentedBody })
    assert.equal(answer.status, 201)
    const { id } = answer.body.opportunity as OpportunityRow
    assert.match(id, /^[0-9A-Za-z]{20}$/)
    assert.equal(answer.text, JSON.stringify({ opportunity: row(id) }))
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
  })

  // UPSTREAM: behaviour.md §7.2, issue #27
  test('201: appends exactly its two events, in this order', async () => {
    server.now = new Date(createdAt)
    const { id } = await createOpportunity(server, documentedBody)
    const payload = {
      id,
      name: 'First Opps',
      source: null,
      status: 'open',
      contactId: 'mTkSCb1UBjb5tk4OvB69',
      dateAdded: createdAt,
      assignedTo: '082goXVW3lIExEQPOnd3',
      locationId: 've9EPM428h8vShlRW1KT',
      pipelineId: 'VDm7RPYC2GLUvdpKmBfC',
      monetaryValue: 220,
      pipelineStageId: '7915dedc-8f18-44d5-8bc3-77c04e994a10',
    }
    assert.deepEqual(await server.newEvents(), [
      { type: 'OpportunityCreate', payload },
      { type: 'OpportunityUpdate', payload },
    ])
  })

  test('201: the events belong to the location, and are of the same moment', async () => {
    server.now = new Date('2026-05-04T03:02:01.999Z')
    await clearPipeline(server)
    const { id } = await createOpportunity(server)
    const rows = await server.db.query(sql`
      select location_id as "locationId", created_at as "createdAt" from outbox
      where payload ->> 'id' = ${id}`)
    const expected = { locationId: demo.locationId, createdAt: '2026-05-04T03:02:01.999Z' }
    assert.deepEqual(rows, [expected, expected])
  })

  test('201: GET shows what was created', async () => {
    const made = await createOpportunity(server, documentedBody)
    const shown = await readBack(server, made.id)
    assert.deepEqual(shown, made)
    assert.deepEqual(shown.contact, {
      id: 'mTkSCb1UBjb5tk4OvB69',
      name: 'Jordan Blake',
      companyName: 'Blake & Partners',
      email: 'jordan@blakepartners.example',
      phone: '+15555550100',
      tags: ['lead'],
      score: [],
      followers: [],
      assignedTo: null,
    })
  })

  test('201: the least that a body needs, and what is not given is empty', async () => {
    const made = await createOpportunity(server)
    const at = server.now.toISOString()
    assert.deepEqual(made, {
      ...row(made.id),
      lastStatusChangeAt: at,
      lastStageChangeAt: at,
      lastActionDate: at,
      createdAt: at,
      updatedAt: at,
      monetaryValue: 0,
      pipelineStageId: demo.stageIds[0],
      pipelineStageUId: demo.stageIds[0],
      assignedTo: null,
      effectiveProbability: 14.29,
      customFields: [],
    })
  })

  test('201: nulls are as if they were not there', async () => {
    const nothing = {
      pipelineStageId: null,
      monetaryValue: null,
      assignedTo: null,
      source: null,
      forecastExpectedCloseDate: null,
      forecastProbability: null,
      customFields: null,
      companyName: null,
      tags: null,
    }
    const made = await createOpportunity(server, nothing)
    await clearPipeline(server)
    const least = await createOpportunity(server)
    assert.deepEqual(withoutId(made), withoutId(least))
  })

  test('201: with and without a slash at the end, and under every version', async () => {
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      for (const path of ['/opportunities', '/opportunities/']) {
        await clearPipeline(server)
        const answer = await server.ask('POST', path, { body: creationBody, version })
        assert.equal(answer.status, 201)
        const { internalSource } = answer.body.opportunity as OpportunityRow
        assert.equal((internalSource as OpportunityRow).apiVersion, version)
      }
    }
  })

  // UPSTREAM: behaviour.md §1.5, recorded 2026-08-27
  test('201: a stage that is absent, unknown, or no uuid means the first', async () => {
    const theirs = '3f2a1b0c-9d8e-4f7a-8b6c-5d4e3f2a1b02'
    const unknown = '00000000-0000-4000-8000-000000000000'
    const other = demo.otherLocation.stageIds[1]
    for (const pipelineStageId of [undefined, '', 'New lead', unknown, theirs, other, "'"]) {
      await clearPipeline(server)
      const made = await createOpportunity(server, { pipelineStageId })
      assert.equal(made.pipelineStageId, demo.stageIds[0], pipelineStageId)
      assert.equal(made.pipelineStageUId, demo.stageIds[0])
      assert.equal(made.effectiveProbability, 14.29)
    }
  })

  test('201: the log warns of a stage that the pipeline does not have, and of no other', async () => {
    const warned = () => server.logged.filter((line) => line.includes('no such stage')).length
    const before = warned()
    for (const pipelineStageId of [undefined, null, '', demo.stageIds[1]]) {
      await clearPipeline(server)
      await createOpportunity(server, { pipelineStageId })
    }
    assert.equal(warned(), before)
    await clearPipeline(server)
    await createOpportunity(server, { pipelineStageId: 'not-a-stage' })
    assert.equal(warned(), before + 1)
  })

  test('201: the first stage is that of the lowest position, not the one made first', async () => {
    await server.db.query(sql`
      update pipeline_stages set position = 2 - position
      where location_id = ${demo.locationId} and pipeline_id = 'aWdODOBVOlH1RUFKWQke'`)
    const made = await createOpportunity(server, { pipelineId: 'aWdODOBVOlH1RUFKWQke' })
    assert.equal(made.pipelineStageId, '6e5d4c3b-2a19-4087-9f6e-5d4c3b2a1903')
  })

  test('201: every stage of the pipeline can be asked for', async () => {
    for (const pipelineStageId of demo.stageIds) {
      await clearPipeline(server)
      const made = await createOpportunity(server, { pipelineStageId })
      assert.equal(made.pipelineStageId, pipelineStageId)
    }
  })

  test('201: every status but `all`', async () => {
    for (const status of ['open', 'won', 'lost', 'abandoned']) {
      await clearPipeline(server)
      assert.equal((await createOpportunity(server, { status })).status, status)
    }
  })

  test('201: source, which the official body does not list, is kept', async () => {
    const made = await createOpportunity(server, { source: 'public api' })
    assert.equal(made.source, 'public api')
    assert.equal((await readBack(server, made.id)).source, 'public api')
    const told = await server.newEvents()
    assert.deepEqual(
      told.map(({ payload }) => payload.source),
      ['public api', 'public api'],
    )
  })

  test('201: companyName and tags, which n8n sends, change nothing', async () => {
    for (const tags of [['hot', 'new'], 'hot,new', [], null]) {
      await clearPipeline(server)
      const made = await createOpportunity(server, { companyName: 'Tesla Inc', tags })
      assert.deepEqual((made.contact as OpportunityRow).tags, ['lead'])
      const [relation] = made.relations as OpportunityRow[]
      assert.equal(relation?.companyName, 'Blake & Partners')
    }
  })

  test('201: an empty assignedTo assigns to nobody', async () => {
    assert.equal((await createOpportunity(server, { assignedTo: '' })).assignedTo, null)
  })

  test('201: names of any script and length come back as they were sent', async () => {
    for (const name of ['Ünïcödé 漢字 😀 “quotes” \\ " \u2028', ' padded ', 'x'.repeat(5_000)]) {
      await clearPipeline(server)
      const made = await createOpportunity(server, { name })
      assert.equal(made.name, name)
      assert.equal((await readBack(server, made.id)).name, name)
      assert.equal((await server.newEvents())[0]?.payload.name, name)
    }
  })

  test('201: a later id sorts after an earlier one', async () => {
    const ids: string[] = []
    for (let i = 0; i < 5; i++) {
      await clearPipeline(server)
      ids.push((await createOpportunity(server)).id)
    }
    assert.deepEqual(ids, [...ids].sort())
  })

  test('201: the other location’s token creates in the other location', async () => {
    const { locationId, pipelineId, privateIntegrationToken: token } = demo.otherLocation
    await server.db.query(sql`
      insert into contacts (location_id, id, first_name, created_at, updated_at)
      values (${locationId}, 'their-new-contact', 'Pia', ${server.now}, ${server.now})`)
    const body = { ...creationBody, locationId, pipelineId, contactId: 'their-new-contact' }
    const answer = await server.ask('POST', '/opportunities/', { body, token })
    assert.equal(answer.status, 201)
    const made = answer.body.opportunity as OpportunityRow
    assert.equal(made.locationId, locationId)
    assert.equal(made.pipelineStageId, demo.otherLocation.stageIds[0])
    const events = await server.newEvents()
    assert.deepEqual(
      events.map(({ payload }) => payload.locationId),
      [locationId, locationId],
    )
    assert.equal((await server.ask('GET', `/opportunities/${made.id}`)).status, 404)
  })
})

/** A row without what names the row itself. */
function withoutId({ id, relations, ...rest }: OpportunityRow) {
  const [relation] = relations as OpportunityRow[]
  assert.equal(relation?.relationId, id)
  return { ...rest, relations: [{ ...relation, relationId: '' }] }
}
