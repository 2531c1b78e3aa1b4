import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import {
  assertCreationRefused,
  clearPipeline,
  countOpportunities,
  createOpportunity,
  creationBody,
  type OpportunityRow,
} from './creation.ts'

const renewals = 'aWdODOBVOlH1RUFKWQke'

const duplicate = (existingId: string) =>
  '{"statusCode":400,"message":"Can not create duplicate opportunity for the contact.",' +
  `"code":"OPPORTUNITY_NO_DUPLICATE","meta":{"existingId":"${existingId}"},"error":"Bad Request"}`

describe('create-opportunity: duplicates', () => {
  const server = testServer()
  beforeEach(() => clearPipeline(server))

  async function allowDuplicates(allowed: boolean, locationId: string = demo.locationId) {
    await server.db.query(sql`
      update locations set allow_duplicate_opportunity = ${allowed}
      where location_id = ${locationId}`)
  }

  const createAtOnce = (bodies: object[]) =>
    Promise.all(bodies.map((body) => server.ask('POST', '/opportunities/', { body })))

  // UPSTREAM: behaviour.md §1.5, recorded 2026-09-01
  test('400: a second one for the contact in the pipeline, naming the first', async () => {
    const { id } = await createOpportunity(server)
    await assertCreationRefused(server, creationBody, 400, duplicate(id))
    const otherwise = { ...creationBody, name: 'Another', status: 'won', monetaryValue: 1 }
    await assertCreationRefused(
      server,
      { ...otherwise, pipelineStageId: demo.stageIds[3] },
      400,
      duplicate(id),
    )
  })

  test('400: one of the demo world, as well', async () => {
    const contactId = 'byMEV0NQinDhq8ZfiOi2'
    await assertCreationRefused(
      server,
      { ...creationBody, contactId },
      400,
      duplicate(demo.opportunityId),
    )
  })

  // UPSTREAM: behaviour.md §2.5, met by two code bases
  test('400: a closed one is in the way, too', async () => {
    for (const status of ['won', 'lost', 'abandoned']) {
      await clearPipeline(server)
      const { id } = await createOpportunity(server, { status })
      await assertCreationRefused(server, creationBody, 400, duplicate(id))
    }
  })

  test('201: in another pipeline, and for another contact', async () => {
    const first = await createOpportunity(server)
    const second = await createOpportunity(server, { pipelineId: renewals })
    assert.equal(second.pipelineId, renewals)
    assert.notEqual(second.id, first.id)
    await server.db.query(sql`
      insert into contacts (location_id, id, first_name, created_at, updated_at)
      values (${demo.locationId}, 'somebody-else', 'Sam', ${server.now}, ${server.now})`)
    const third = await createOpportunity(server, { contactId: 'somebody-else' })
    assert.equal(third.contactId, 'somebody-else')
  })

  // UPSTREAM: behaviour.md §2.5, probed with both outcomes
  test('201: where the location allows duplicates, and 400 again where no longer', async () => {
    const first = await createOpportunity(server)
    await allowDuplicates(true)
    const second = await createOpportunity(server)
    const third = await createOpportunity(server)
    assert.equal(new Set([first.id, second.id, third.id]).size, 3)
    await allowDuplicates(false)
    const answer = await server.ask('POST', '/opportunities/', { body: creationBody })
    assert.equal(answer.status, 400)
    const { existingId } = answer.body.meta as { existingId: string }
    assert.ok([first.id, second.id, third.id].includes(existingId))
    assert.equal(answer.text, duplicate(existingId))
  })

  test('400: what another location allows does not count', async () => {
    await allowDuplicates(true, demo.otherLocation.locationId)
    const { id } = await createOpportunity(server)
    await assertCreationRefused(server, creationBody, 400, duplicate(id))
  })

  test('201 and 400: of 16 at once for one contact and pipeline exactly one is made', async () => {
    for (let round = 1; round <= 4; round++) {
      await clearPipeline(server)
      const before = await countOpportunities(server)
      const bodies = Array.from({ length: 16 }, (_, i) => ({
        ...creationBody,
        name: `Number ${i}`,
      }))
      const answers = await createAtOnce(bodies)
      const made = answers.filter(({ status }) => status === 201)
      const [only, another] = made
      assert.ok(only && !another, `${made.length} were made`)
      const { id } = only.body.opportunity as OpportunityRow
      for (const answer of answers.filter((one) => one !== only)) {
        assert.equal(answer.status, 400)
        assert.equal(answer.text, duplicate(id))
      }
      assert.equal(await countOpportunities(server), before + 1)
      const events = await server.newEvents()
      assert.deepEqual(
        events.map(({ type, payload }) => [type, payload.id]),
        [
          ['OpportunityCreate', id],
          ['OpportunityUpdate', id],
        ],
      )
    }
  })

  test('201: 16 at once, all of them, where the location allows it', async () => {
    await allowDuplicates(true)
    const answers = await createAtOnce(Array.from({ length: 16 }, () => creationBody))
    await allowDuplicates(false)
    const ids = answers.map(({ status, body }) => {
      assert.equal(status, 201)
      return (body.opportunity as OpportunityRow).id
    })
    assert.equal(new Set(ids).size, 16)
    const events = await server.newEvents()
    assert.equal(events.length, 32)
    for (const id of ids) {
      const types = events.filter(({ payload }) => payload.id === id).map(({ type }) => type)
      assert.deepEqual(types, ['OpportunityCreate', 'OpportunityUpdate'])
    }
  })

  test('201: at once in different pipelines, each of them', async () => {
    const pipelines = [demo.pipelineId, 'bCkKGpDsyPP4peuKowkG', renewals]
    const answers = await createAtOnce(
      pipelines.map((pipelineId) => ({ ...creationBody, pipelineId })),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201, 201],
    )
  })
})
