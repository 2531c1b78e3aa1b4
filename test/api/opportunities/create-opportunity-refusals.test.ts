import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { noStatus, otherLocation, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import {
  assertCreationRefused,
  clearPipeline,
  createOpportunity,
  creationBody,
} from './creation.ts'
import { setLeaving } from './members.ts'

const badRequest = (message: string) =>
  JSON.stringify({ statusCode: 400, message, error: 'Bad Request' })

/** The only contact of the other location. */
const foreignContactId = '0p000000000000000001'

describe('create-opportunity: refusals', () => {
  const server = testServer()

  // UPSTREAM: behaviour.md §1.5, from a client's tests
  test('400: an unknown pipeline, and one of another location', async () => {
    const text = badRequest('The pipeline id is invalid.')
    for (const pipelineId of ['nope', ' ', "'", demo.otherLocation.pipelineId, demo.locationId]) {
      await assertCreationRefused(server, { ...creationBody, pipelineId }, 400, text)
    }
  })

  test('400: a pipeline without stages has no place for an opportunity', async () => {
    await server.db.query(sql`
      insert into pipelines (location_id, id, name, name_key, position, created_at, updated_at)
      values (${demo.locationId}, 'bare', 'Bare', 'bare', 'b0', ${server.now}, ${server.now})`)
    const text = badRequest('The pipeline id is invalid.')
    await assertCreationRefused(server, { ...creationBody, pipelineId: 'bare' }, 400, text)
  })

  test('400: an unknown contact, and one of another location, is named', async () => {
    for (const contactId of ['nope', foreignContactId, demo.opportunityId, '漢字', 'a"b\\c']) {
      const text = badRequest(`Contact with id ${contactId} not found`)
      await assertCreationRefused(server, { ...creationBody, contactId }, 400, text)
    }
  })

  test('422: an unknown assignee, and one of another location, is named', async () => {
    const [stranger] = demo.otherLocation.userIds
    for (const assignedTo of ['nope', stranger, demo.contactId, '漢字']) {
      const text = unprocessable(`User with id ${assignedTo} not found`)
      await assertCreationRefused(server, { ...creationBody, assignedTo }, 422, text)
    }
  })

  test('422: an assignee who is leaving the location is not of it any more', async () => {
    const [, assignedTo] = demo.userIds
    await setLeaving(server.db, assignedTo, server.now)
    const text = unprocessable(`User with id ${assignedTo} not found`)
    await assertCreationRefused(server, { ...creationBody, assignedTo }, 422, text)
    await setLeaving(server.db, assignedTo, null)
    assert.equal((await createOpportunity(server, { assignedTo })).assignedTo, assignedTo)
    await clearPipeline(server)
  })

  test('403: the location of somebody else, whatever the rest of the body', async () => {
    const { locationId } = demo.otherLocation
    const bodies = [
      { ...creationBody, locationId },
      { ...creationBody, locationId: 'no-such-location' },
      { ...creationBody, locationId: demo.locationId.toLowerCase() },
      { locationId },
      { locationId, name: 5, nope: true },
      { ...creationBody, locationId, contactId: foreignContactId, status: 'all' },
    ]
    for (const body of bodies) await assertCreationRefused(server, body, 403, otherLocation)
    const { privateIntegrationToken: theirs } = demo.otherLocation
    await assertCreationRefused(server, creationBody, 403, otherLocation, theirs)
  })

  // UPSTREAM: behaviour.md §1.4, all violations in one array, recorded
  test('422: everything that is missing, at once', async () => {
    const every = unprocessable(
      'pipelineId must be a string',
      'pipelineId should not be empty',
      'locationId must be a string',
      'locationId should not be empty',
      'name must be a string',
      'name should not be empty',
      noStatus,
      'status should not be empty',
      'contactId must be a string',
      'contactId should not be empty',
    )
    for (const body of [{}, '', 'null', undefined])
      await assertCreationRefused(server, body, 422, every)
    for (const name of ['pipelineId', 'locationId', 'name', 'contactId'] as const) {
      const { [name]: _, ...rest } = creationBody
      const text = unprocessable(`${name} must be a string`, `${name} should not be empty`)
      await assertCreationRefused(server, rest, 422, text)
    }
  })

  test('422: null where a value is needed is nothing', async () => {
    for (const name of ['pipelineId', 'locationId', 'name', 'contactId']) {
      const text = unprocessable(`${name} must be a string`, `${name} should not be empty`)
      await assertCreationRefused(server, { ...creationBody, [name]: null }, 422, text)
    }
  })

  // UPSTREAM: behaviour.md §1.5, recorded
  test('422: a blank name', async () => {
    for (const name of ['', ' ', '\t\r\n', '\u00a0\u3000', ' '.repeat(5_000)]) {
      await assertCreationRefused(
        server,
        { ...creationBody, name },
        422,
        unprocessable('name should not be empty'),
      )
    }
  })

  test('422: empty ids', async () => {
    for (const name of ['pipelineId', 'contactId']) {
      const text = unprocessable(`${name} should not be empty`)
      await assertCreationRefused(server, { ...creationBody, [name]: '' }, 422, text)
    }
  })

  test('422: a status that nothing can be in', async () => {
    for (const status of ['all', 'OPEN', 'open ', 'closed', 1, true, ['open'], {}]) {
      const text = unprocessable(noStatus)
      await assertCreationRefused(server, { ...creationBody, status }, 422, text)
    }
  })

  test('422: what should not exist comes first, then all else that is wrong', async () => {
    const body = {
      pipelineStageName: 'New lead',
      ...creationBody,
      title: 'x',
      status: 'all',
      monetaryValue: '220',
      id: 'mine',
      name: ' ',
    }
    const text = unprocessable(
      'property pipelineStageName should not exist',
      'property title should not exist',
      'property id should not exist',
      'name should not be empty',
      noStatus,
      'monetaryValue must be a number conforming to the specified constraints',
    )
    await assertCreationRefused(server, body, 422, text)
  })

  // UPSTREAM: behaviour.md §1.4, recorded: pipelineStageName
  test('422: members that only other operations have', async () => {
    for (const name of ['followers', 'lostReasonId', 'isRemoveAllFollowers', 'createdAt', 'ID']) {
      const text = unprocessable(`property ${name} should not exist`)
      await assertCreationRefused(server, { ...creationBody, [name]: null }, 422, text)
    }
  })

  test('422: texts that are none, without coercion', async () => {
    for (const name of ['pipelineStageId', 'assignedTo', 'source', 'companyName']) {
      for (const value of [5, true, {}, ['x']]) {
        const text = unprocessable(`${name} must be a string`)
        await assertCreationRefused(server, { ...creationBody, [name]: value }, 422, text)
      }
    }
  })
})
