import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { badRequest, opportunityNotFound } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { request, send } from '../wire.ts'

const path = `/opportunities/${demo.opportunityId}`

/** What is recorded of a row, in this order, and no member more. */
const opportunity = {
  id: demo.opportunityId,
  name: 'Website redesign for Northwind Dental',
  monetaryValue: 4800,
  pipelineId: demo.pipelineId,
  pipelineStageId: demo.stageIds[0],
  pipelineStageUId: demo.stageIds[0],
  assignedTo: null,
  status: 'open',
  source: 'form',
  lastStatusChangeAt: '2026-01-06T15:00:00.000Z',
  lastStageChangeAt: '2026-01-06T15:00:00.000Z',
  lastActionDate: null,
  indexVersion: 1,
  createdAt: '2026-01-06T15:00:00.000Z',
  updatedAt: '2026-01-06T15:00:00.000Z',
  forecastExpectedCloseDate: null,
  forecastOriginalCloseDate: null,
  forecastSlippageCount: 0,
  forecastDaysSlipped: 0,
  forecastLastSlippedAt: null,
  forecastProbability: null,
  effectiveProbability: 14.29,
  contactId: 'byMEV0NQinDhq8ZfiOi2',
  locationId: demo.locationId,
  customFields: [],
  lostReasonId: null,
  followers: demo.followers,
  relations: [
    {
      associationId: 'OPPORTUNITIES_CONTACTS_ASSOCIATION',
      relationId: demo.opportunityId,
      primary: true,
      objectKey: 'contact',
      recordId: 'byMEV0NQinDhq8ZfiOi2',
      fullName: 'Maya Lindqvist',
      contactName: 'Maya Lindqvist',
      companyName: 'Northwind Dental',
      email: 'maya@northwinddental.example',
      phone: '+16125550101',
      tags: ['lead', 'dental'],
      attributed: null,
    },
  ],
  contact: {
    id: 'byMEV0NQinDhq8ZfiOi2',
    name: 'Maya Lindqvist',
    companyName: 'Northwind Dental',
    email: 'maya@northwinddental.example',
    phone: '+16125550101',
    tags: ['lead', 'dental'],
    score: [],
    followers: [],
    assignedTo: null,
  },
  attributions: [{ utmSessionSource: 'CRM UI', isFirst: true, medium: 'manual' }],
  isAttribute: false,
  internalSource: {
    type: 'CREATED',
    id: demo.userIds[0],
    apiVersion: '2021-07-28',
    channel: 'APP',
    source: 'CRM_UI',
  },
}

describe('get-opportunity', () => {
  const server = testServer()

  // UPSTREAM: behaviour.md §2.2, the members of recorded rows; issue #305, no notes
  test('200: the whole row, and no member more', async () => {
    const answer = await server.ask('GET', path)
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, { opportunity })
    const row = answer.body.opportunity as object
    assert.deepEqual(Object.keys(row), Object.keys(opportunity))
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
  })

  test('200: the same row under every version, and with a slash at the end', async () => {
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      for (const address of [path, `${path}/`]) {
        const answer = await server.ask('GET', address, { version })
        assert.equal(answer.status, 200)
        assert.deepEqual(answer.body, { opportunity })
      }
    }
  })

  test('200: an id that is percent-encoded without need is the same id', async () => {
    const answer = await server.ask('GET', `/opportunities/%73${demo.opportunityId.slice(1)}`)
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, { opportunity })
  })

  test('200: reading changes nothing and appends nothing', async () => {
    await server.ask('GET', path)
    assert.deepEqual((await server.ask('GET', path)).body, { opportunity })
    assert.deepEqual(await server.newEvents(), [])
  })

  test('200: each answer has a trace id of its own', async () => {
    const answers = await Promise.all([server.ask('GET', path), server.ask('GET', path)])
    assert.notEqual(answers[0].traceId, answers[1].traceId)
  })

  test('404: a missing opportunity', async () => {
    const ids = [
      'nobody-knows-me',
      demo.opportunityId.toLowerCase(),
      `${demo.opportunityId}x`,
      demo.opportunityId.slice(1),
      // Ids of other things are not opportunities, and LIKE's own signs mean nothing.
      demo.contactId,
      demo.pipelineId,
      '%25',
      '_',
      '*',
      '0',
      'null',
      "'--",
    ]
    for (const id of ids) {
      const answer = await server.ask('GET', `/opportunities/${id}`)
      assert.equal(answer.status, 404, id)
      assert.equal(answer.text, opportunityNotFound)
    }
  })

  test('404: an opportunity of another location is as if it were not there', async () => {
    const { opportunityId, privateIntegrationToken: token } = demo.otherLocation
    const answer = await server.ask('GET', `/opportunities/${opportunityId}`)
    assert.equal(answer.status, 404)
    assert.equal(answer.text, opportunityNotFound)
    const theirs = await server.ask('GET', `/opportunities/${opportunityId}`, { token })
    assert.equal(theirs.status, 200)
    const { id, locationId } = theirs.body.opportunity as Record<string, unknown>
    assert.deepEqual([id, locationId], [opportunityId, demo.otherLocation.locationId])
    const ours = await server.ask('GET', path, { token })
    assert.equal(ours.status, 404)
    assert.equal(ours.text, opportunityNotFound)
  })

  test('404: ids with slashes, dots, blanks and letters of any script', async () => {
    const ids = [
      'a%2Fb',
      '%2F',
      '..%2F..%2Fetc',
      'a%20b',
      '%20',
      'a+b',
      '%E2%82%AC',
      '%F0%9F%98%80',
    ]
    for (const id of ids) {
      const answer = await server.ask('GET', `/opportunities/${id}`)
      assert.equal(answer.status, 404, id)
      assert.equal(answer.text, opportunityNotFound)
    }
  })

  test('404: an id of 7,000 characters', async () => {
    const answer = await server.ask('GET', `/opportunities/${'a'.repeat(7_000)}`)
    assert.equal(answer.status, 404)
    assert.equal(answer.text, opportunityNotFound)
  })

  test('431: an id of 20,000 characters, past what a request’s head may be', async () => {
    const [answer] = await send(server, request(`GET /opportunities/${'a'.repeat(20_000)}`))
    assert.equal(answer?.status, 431)
    const message = 'Request Header Fields Too Large'
    assert.equal(answer.text, JSON.stringify({ message, error: message, statusCode: 431 }))
  })

  test('400: NUL in the id', async () => {
    for (const id of ['a%00b', '%00', `${demo.opportunityId}%00`]) {
      const answer = await server.ask('GET', `/opportunities/${id}`)
      assert.equal(answer.status, 400, id)
      assert.equal(answer.text, badRequest('The address holds a NUL character'))
    }
  })

  test('200 and 404: whatever the query, even with another location in it', async () => {
    const { locationId } = demo.otherLocation
    const queries = [`locationId=${locationId}`, 'a=1&b=2&a=3', 'getTasks=', '__proto__=1', '&']
    for (const query of queries) {
      const answer = await server.ask('GET', `${path}?${query}`)
      assert.deepEqual([answer.status, answer.body], [200, { opportunity }], query)
    }
    const missing = await server.ask('GET', '/opportunities/nobody-knows-me?a=1')
    assert.equal(missing.text, opportunityNotFound)
  })
})
