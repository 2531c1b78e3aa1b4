import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { noStatus, opportunityNotFound, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { assertChangeRefused, change } from './changing.ts'
import { clearPipeline, createOpportunity, creationBody, type OpportunityRow } from './creation.ts'
import { setLeaving } from './members.ts'

const renewals = 'aWdODOBVOlH1RUFKWQke'

const badRequest = (message: string) =>
  JSON.stringify({ statusCode: 400, message, error: 'Bad Request' })

describe('update-opportunity: refusals', () => {
  const server = testServer()
  let made: OpportunityRow

  before(async () => {
    await clearPipeline(server)
    made = await createOpportunity(server)
  })

  const refuse = (body: unknown, status: number, text: string) =>
    assertChangeRefused(server, ['PUT', `/opportunities/${made.id}`], { body }, [status, text])

  // UPSTREAM: behaviour.md §1.5, recorded on PUT
  test('404: a missing opportunity, and one of another location', async () => {
    const { opportunityId, privateIntegrationToken: token } = demo.otherLocation
    const body = { name: 'Mine', status: 'won' }
    const put = (id: string) => ['PUT', `/opportunities/${id}`] as const
    for (const id of ['nobody-knows-me', opportunityId, demo.contactId, '%25']) {
      await assertChangeRefused(server, put(id), { body }, [404, opportunityNotFound])
    }
    await assertChangeRefused(server, put(made.id), { body, token }, [404, opportunityNotFound])
  })

  // UPSTREAM: behaviour.md §2.5, a client's account
  test('422: another contact, known or not; its own is taken', async () => {
    const text = unprocessable('property contactId should not exist')
    for (const contactId of ['byMEV0NQinDhq8ZfiOi2', 'nope', '']) {
      await refuse({ contactId, name: 'Stolen' }, 422, text)
    }
    const row = await change(server, made.id, { contactId: demo.contactId, name: 'Own' })
    assert.equal(row.name, 'Own')
  })

  test('400: an unknown pipeline, and one of another location', async () => {
    const text = badRequest('The pipeline id is invalid.')
    for (const pipelineId of ['nope', ' ', "'", demo.otherLocation.pipelineId]) {
      await refuse({ pipelineId, name: 'x' }, 400, text)
      await refuse({ pipelineId, pipelineStageId: demo.stageIds[0] }, 400, text)
    }
  })

  test('400: a stage that its pipeline does not have', async () => {
    const other = '6e5d4c3b-2a19-4087-9f6e-5d4c3b2a1901'
    for (const pipelineStageId of ['nope', other, demo.otherLocation.stageIds[0]]) {
      await refuse({ pipelineStageId }, 400, badRequest('pipelineStageId is invalid'))
      const body = { pipelineStageId, pipelineId: demo.pipelineId }
      await refuse(body, 400, badRequest('pipelineStageId is invalid'))
    }
  })

  test('400: a pipeline where the contact has one, unless the location allows it', async () => {
    const second = await createOpportunity(server, { pipelineId: renewals })
    const text =
      '{"statusCode":400,"message":"Can not create duplicate opportunity for the contact.",' +
      `"code":"OPPORTUNITY_NO_DUPLICATE","meta":{"existingId":"${second.id}"},"error":"Bad Request"}`
    await refuse({ pipelineId: renewals, name: 'Second' }, 400, text)
    const allow = (allowed: boolean) =>
      server.db.query(sql`
        update locations set allow_duplicate_opportunity = ${allowed}
        where location_id = ${demo.locationId}`)
    await allow(true)
    assert.equal((await change(server, made.id, { pipelineId: renewals })).pipelineId, renewals)
    await allow(false)
    // What is there stays, and can be changed.
    assert.equal((await change(server, made.id, { name: 'There' })).name, 'There')
    assert.equal((await change(server, second.id, { name: 'Too' })).name, 'Too')
    await change(server, made.id, { pipelineId: demo.pipelineId })
  })

  test('422: an unknown assignee, one of another location, and one who is leaving', async () => {
    const [, leaving] = demo.userIds
    await setLeaving(server.db, leaving, server.now)
    for (const assignedTo of ['nope', demo.otherLocation.userIds[0], demo.contactId, leaving]) {
      await refuse({ assignedTo }, 422, unprocessable(`User with id ${assignedTo} not found`))
    }
    await setLeaving(server.db, leaving, null)
  })

  test('422: a lost reason that is unknown, deleted, or of another location', async () => {
    const { locationId } = demo.otherLocation
    await server.db.query(sql`
      insert into lost_reasons (location_id, id, name, name_key, deleted_at, created_at,
        updated_at)
      values (${locationId}, 'theirs', 'Theirs', 'theirs', null, ${server.now}, ${server.now}),
        (${demo.locationId}, 'gone', 'Gone', 'gone', ${server.now}, ${server.now}, ${server.now})`)
    for (const lostReasonId of ['nope', 'theirs', 'gone', ' ']) {
      const text = unprocessable(`Lost reason with id ${lostReasonId} not found`)
      await refuse({ status: 'lost', lostReasonId }, 422, text)
    }
  })

  test('422: a lost reason while it is not lost', async () => {
    const lostReasonId = demo.lostReasonIds.price
    const text = unprocessable('lostReasonId should not exist unless status is lost')
    for (const status of [undefined, null, 'open', 'won', 'abandoned']) {
      await refuse({ status, lostReasonId }, 422, text)
    }
    await change(server, made.id, { status: 'lost' })
    await refuse({ status: 'won', lostReasonId }, 422, text)
    await change(server, made.id, { status: 'open' })
  })

  test('422: keys of no custom field, each of them, and of another model', async () => {
    await server.db.query(sql`
      insert into custom_fields (location_id, id, model, name, field_key, data_type, created_at,
        updated_at)
      values (${demo.locationId}, 'of-contacts', 'contact', 'X', 'contact.theirs', 'TEXT',
        ${server.now}, ${server.now})`)
    const customFields = [
      { key: 'seats', value: 1 },
      { key: 'nope', value: 1 },
      { key: 'opportunity.neither', value: 1 },
      { key: 'contact.theirs', value: 1 },
    ]
    const text = unprocessable(
      'Custom field with key opportunity.nope not found',
      'Custom field with key opportunity.neither not found',
      'Custom field with key opportunity.contact.theirs not found',
    )
    await refuse({ customFields, name: 'x' }, 422, text)
    await assertChangeRefused(
      server,
      ['POST', '/opportunities/'],
      { body: { ...creationBody, customFields } },
      [422, text],
    )
  })

  test('422: what is too long for a page of opportunities, at once or bit by bit', async () => {
    const shorter = (name: string, max: number) =>
      unprocessable(`${name} must be shorter than or equal to ${max} characters`)
    for (const name of ['name', 'source']) {
      await refuse({ [name]: 'x'.repeat(5_001) }, 422, shorter(name, 5_000))
    }
    const text = shorter('customFields', 65_536)
    const field = (id: string, length: number) => ({ id, value: 'é'.repeat(length) })
    const tooLong = { customFields: [field('a', 40_000), field('b', 40_000)] }
    await refuse(tooLong, 422, text)
    const { id } = made
    for (const [method, path, more] of [
      ['POST', '/opportunities/', creationBody],
      ['PUT', `/opportunities/${id}`, {}],
    ] as const) {
      await assertChangeRefused(server, [method, path], { body: { ...more, ...tooLong } }, [
        422,
        text,
      ])
    }
    await change(server, id, { customFields: [field('a', 40_000)] })
    await refuse({ customFields: [field('b', 40_000)] }, 422, text)
    await change(server, id, { customFields: [field('a', 1), field('b', 40_000)] })
    // From before there was a bound: it may stay, but not grow.
    await server.db.query(sql`
      update opportunities set custom_fields =
        jsonb_build_array(jsonb_build_object('id', 'a', 'fieldValue', repeat('x', 100000)))
      where location_id = ${demo.locationId} and id = ${id}`)
    await change(server, id, { name: 'Still', customFields: [] })
    await refuse({ customFields: [field('b', 1)] }, 422, text)
    const after = await change(server, id, { customFields: [field('a', 1)] })
    assert.deepEqual(after.customFields, [{ id: 'a', fieldValue: 'é' }])
  })

  test('422: custom fields without a name', async () => {
    const customFields = [{ id: 'a', value: 1 }, { value: 1 }, { id: null, key: '' }]
    const text = unprocessable(
      'customFields.1.id should not be empty',
      'customFields.2.id should not be empty',
    )
    await refuse({ customFields }, 422, text)
  })

  test('422: a blank name, an empty pipeline, and a status that nothing can be in', async () => {
    for (const name of ['', ' ', '\t\u3000']) {
      await refuse({ name }, 422, unprocessable('name should not be empty'))
    }
    await refuse({ pipelineId: '' }, 422, unprocessable('pipelineId should not be empty'))
    for (const status of ['all', 'OPEN', 1, ['open']]) {
      await refuse({ status }, 422, unprocessable(noStatus))
    }
  })

  test('422: values of another type, without coercion, and numbers that are none', async () => {
    const number = 'must be a number conforming to the specified constraints'
    const texts = ['pipelineStageId', 'assignedTo', 'source', 'lostReasonId', 'contactId']
    for (const name of texts) {
      await refuse({ [name]: 5 }, 422, unprocessable(`${name} must be a string`))
    }
    for (const value of ['"1"', 'true', '1e400', '-1e400', '[]']) {
      await refuse(`{"monetaryValue":${value}}`, 422, unprocessable(`monetaryValue ${number}`))
    }
    const above = unprocessable('forecastProbability must not be greater than 100')
    await refuse({ forecastProbability: 101 }, 422, above)
    const date = unprocessable(
      'forecastExpectedCloseDate must be a date such as YYYY-MM-DD, MM/DD/YYYY or ISO 8601',
    )
    for (const forecastExpectedCloseDate of ['tomorrow', '2026-02-30', ' ']) {
      await refuse({ forecastExpectedCloseDate, name: 'x' }, 422, date)
    }
  })

  test('422: what should not exist comes first, then all else that is wrong', async () => {
    const body = { locationId: demo.locationId, name: ' ', followers: [], monetaryValue: '1' }
    const text = unprocessable(
      'property locationId should not exist',
      'property followers should not exist',
      'monetaryValue must be a number conforming to the specified constraints',
      'name should not be empty',
    )
    await refuse(body, 422, text)
  })
})
