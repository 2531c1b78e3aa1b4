import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { opportunityLimits } from '../../../src/api/opportunities/limits.ts'
import { type Database, DatabaseUnavailable } from '../../../src/db/database.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { openTestDatabase } from '../../test-database.ts'
import { notOneOf } from '../refusals.ts'
import { type Answer, type Ask, TestServer, testServer } from '../test-server.ts'
import {
  clearPipeline,
  countOpportunities,
  createOpportunity,
  creationBody,
  type OpportunityRow,
  readBack,
} from './creation.ts'

const { locationId, opportunityId, otherLocation, userIds } = demo
const [one = '', two = ''] = userIds

type Operation = { action: string; id?: string; body?: object }
type Result = { index: number; status: number; body: Record<string, unknown> }

const sendBulk = (server: TestServer, operations: readonly unknown[], options: Ask = {}) =>
  server.ask('POST', '/opportunities/bulk', { body: { locationId, operations }, ...options })

const resultsOf = ({ body }: Answer) => body.results as Result[]

function comparableResult(result: Result | undefined): OpportunityRow {
  assert.ok(result)
  return result.body.opportunity as OpportunityRow
}

/** The results of a bulk that is done. */
async function bulk(server: TestServer, operations: readonly Operation[]): Promise<Result[]> {
  const answer = await sendBulk(server, operations)
  assert.equal(answer.status, 200, answer.text.slice(0, 1_000))
  const results = resultsOf(answer)
  const succeded = results.every(({ status }) => status < 400)
  assert.equal(answer.body.succeded, succeded)
  assert.equal(answer.body.success, succeded)
  const places = results.map(({ index }) => index)
  assert.deepEqual(places, [...operations.keys()])
  return results
}

/** Contacts of the demo location that have no opportunity. */
async function newContacts(server: TestServer, name: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => `${name}${i}`)
  await server.db.query(sql`
    insert into contacts (location_id, id, first_name, created_at, updated_at)
    select ${locationId}, id, id, ${server.now}, ${server.now} from unnest(${ids}::text[]) id`)
  return ids
}

describe('bulk-opportunities', () => {
  const server = testServer()
  beforeEach(() => clearPipeline(server))

  test('200: with keys, the same opportunities in other orders at once', async () => {
    const rows = await server.db.query<{ id: string }>(sql`
      select id from opportunities where location_id = ${locationId} order by id limit 12`)
    await inOtherOrders('opportunity', (name) =>
      rows.map(({ id }) => ({ action: 'update', id, body: { name } })),
    )
  })

  test('200: with keys, the same contacts in other orders at once', async () => {
    const contactIds = await newContacts(server, 'reversed', 60)
    const { pipelineId } = demo
    await inOtherOrders('contact', (name) =>
      contactIds.map((contactId) => ({ action: 'upsert', body: { contactId, pipelineId, name } })),
    )
    const [{ count } = { count: 0 }] = await server.db.query<{ count: number }>(sql`
      select count(*) as count from opportunities
      where location_id = ${locationId} and contact_id = any(${contactIds}::text[])`)
    assert.equal(count, contactIds.length)
  })

  /** Sends bulks at once, each with a key and a name of its own, every other one backwards. */
  async function inOtherOrders(kind: string, bulkOf: (name: string) => Operation[]) {
    const answers = await Promise.all(
      [0, 1, 2, 3].map((i) => {
        const name = `${kind}-${i}`
        const operations = i % 2 === 0 ? bulkOf(name) : bulkOf(name).toReversed()
        return sendBulk(server, operations, { headers: { 'idempotency-key': name } })
      }),
    )
    for (const { status, body, text } of answers) {
      assert.equal(status, 200, text.slice(0, 1_000))
      assert.equal(body.succeded, true)
    }
  }

  test('200: each action does what its operation does, and tells it', async () => {
    const [contactId, another] = await newContacts(server, 'each', 2)
    const own = await createOpportunity(server)
    await server.newEvents()
    const { locationId: _, ...body } = { ...creationBody, contactId }
    const results = await bulk(server, [
      { action: 'create', body },
      { action: 'upsert', body: { ...body, name: 'Changed' } },
      { action: 'upsert', body: { ...body, contactId: another } },
      { action: 'update', id: own.id, body: { monetaryValue: 12.5 } },
      { action: 'addFollowers', id: own.id, body: { followers: [one, two] } },
      { action: 'removeFollowers', id: own.id, body: { followers: [one] } },
      { action: 'removeFollowers', id: own.id, body: { isRemoveAllFollowers: true } },
      { action: 'delete', id: own.id },
    ])
    assert.deepEqual(
      results.map(({ status }) => status),
      [201, 200, 200, 200, 201, 200, 200, 200],
    )
    const [created, upserted, inserted, updated, added, removed, cleared, deleted] = results
    const { id } = comparableResult(created)
    const read = await readBack(server, id)
    assert.equal(read.name, 'Changed')
    assert.deepEqual(upserted?.body, { opportunity: read, new: false })
    const other = await readBack(server, comparableResult(inserted).id)
    assert.deepEqual(inserted?.body, { opportunity: other, new: true })
    assert.equal(comparableResult(updated).monetaryValue, 12.5)
    assert.deepEqual(added?.body, { followers: [one, two], followersAdded: [one, two] })
    assert.deepEqual(removed?.body, { followers: [two], followersRemoved: [one] })
    assert.deepEqual(cleared?.body, { followers: [], followersRemoved: [two] })
    assert.deepEqual(deleted?.body, { succeded: true, success: true })
    assert.equal((await server.ask('GET', `/opportunities/${own.id}`)).status, 404)
    const told = (await server.newEvents()).filter(({ payload }) => payload.id === own.id)
    const types = told.map(({ type }) => type).filter((type) => type !== 'OpportunityUpdate')
    assert.deepEqual(types, [
      'OpportunityMonetaryValueUpdate',
      'OpportunityFollowersUpdate',
      'OpportunityFollowersUpdate',
      'OpportunityFollowersUpdate',
      'OpportunityDelete',
    ])
  })

  test('200: results are what the operations alone answer', async () => {
    const alone: [Operation, method: string, path: string, body: object | undefined][] = []
    const add = (method: string, path: string, operation: Operation, body = operation.body) =>
      alone.push([operation, method, path, body])
    const at = (id: string) => `/opportunities/${id}`
    const foreign = otherLocation.opportunityId
    await createOpportunity(server)
    for (const body of [
      { ...creationBody, name: '' },
      { ...creationBody, x: 1 },
      creationBody,
      { name: 3 },
    ]) {
      add('POST', '/opportunities/', { action: 'create', body }, { locationId, ...body })
      add('POST', '/opportunities/upsert', { action: 'upsert', body }, { locationId, ...body })
    }
    const elsewhere = { ...creationBody, locationId: otherLocation.locationId }
    add('POST', '/opportunities/', { action: 'create', body: elsewhere })
    add('POST', '/opportunities/upsert', { action: 'upsert', body: elsewhere })
    for (const id of [foreign, 'nobodyknowsme']) {
      add('PUT', at(id), { action: 'update', id, body: { name: 'X' } })
      add('DELETE', at(id), { action: 'delete', id })
      add('POST', `${at(id)}/followers`, { action: 'addFollowers', id, body: { followers: [one] } })
      const body = { followers: [one] }
      add('DELETE', `${at(id)}/followers`, { action: 'removeFollowers', id, body })
    }
    const id = opportunityId
    add('PUT', at(id), { action: 'update', id, body: { status: 'gone', y: 1 } })
    add('PUT', at(id), { action: 'update', id, body: { pipelineId: 'nobodyknowsme' } })
    add('PUT', at(id), { action: 'update', id, body: { monetaryValue: 7 } })
    add('POST', `${at(id)}/followers`, { action: 'addFollowers', id, body: { followers: ['no'] } })
    add('POST', `${at(id)}/followers`, { action: 'addFollowers', id, body: { followers: 'no' } })
    add('DELETE', `${at(id)}/followers`, { action: 'removeFollowers', id, body: {} })
    const results = await bulk(
      server,
      alone.map(([operation]) => operation),
    )
    for (const [i, [, method, path, body]] of alone.entries()) {
      const answer = await server.ask(method, path, body ? { body } : {})
      // Each change counts.
      const plain = (body: unknown) =>
        JSON.parse(JSON.stringify(body).replace(/"indexVersion":\d+,/, ''))
      assert.deepEqual(plain(results[i]?.body), plain(answer.body), `${method} ${path}`)
      assert.equal(results[i]?.status, answer.status)
    }
  })

  test('200: a refused one changes nothing, and the others are done', async () => {
    const own = await createOpportunity(server)
    const before = await countOpportunities(server)
    const results = await bulk(server, [
      { action: 'create', body: creationBody },
      { action: 'delete', id: own.id },
      { action: 'delete', id: own.id },
      { action: 'create', body: creationBody },
      { action: 'create', body: { ...creationBody, pipelineId: 'nobodyknowsme' } },
      { action: 'delete', id: otherLocation.opportunityId },
    ])
    const statuses = results.map(({ status }) => status)
    // What names the opportunity and what names the contact may overtake one another.
    assert.deepEqual(statuses.slice(1, 3), [200, 404])
    assert.deepEqual(statuses.slice(4), [400, 404])
    const made = statuses.filter((status) => status === 201).length
    assert.ok(made <= 1)
    assert.equal(await countOpportunities(server), before - 1 + made)
  })

  test('200: of the same contact and of the same opportunity in their order', async () => {
    const steps = 20
    const own = await createOpportunity(server)
    const contacts = await newContacts(server, 'ordered', 1)
    const results = await bulk(
      server,
      Array.from({ length: steps }, (_, i) => [
        { action: 'update', id: own.id, body: { name: `Step ${i}` } },
        { action: 'create', body: { ...creationBody, contactId: contacts[0], name: `Step ${i}` } },
      ]).flat(),
    )
    assert.equal((await readBack(server, own.id)).name, `Step ${steps - 1}`)
    const [first, ...others] = results.filter(({ index }) => index % 2 === 1)
    assert.equal(first?.status, 201)
    const { id: existingId } = comparableResult(first)
    for (const { status, body } of others) {
      assert.equal(status, 400)
      assert.deepEqual(body.meta, { existingId })
    }
  })

  test('200: an id where it does not belong, or none where it does', async () => {
    const results = await bulk(server, [
      { action: 'update', body: { name: 'X' } },
      { action: 'delete', id: '' },
      { action: 'create', id: opportunityId, body: creationBody },
      { action: 'delete', id: opportunityId, body: { really: true } },
    ])
    const error = { error: 'Unprocessable Entity', statusCode: 422 }
    const messages = [
      'id should not be empty',
      'id should not be empty',
      'property id should not exist',
      'property really should not exist',
    ]
    assert.deepEqual(
      results.map(({ status, body }) => [status, body]),
      messages.map((message) => [422, { message: [message], ...error }]),
    )
    await readBack(server, opportunityId)
  })

  test('422 for a list that is none, empty or too long, and nothing is done', async () => {
    const operation = { action: 'delete', id: opportunityId }
    const refusals: [operations: unknown, message: string][] = [
      [undefined, 'operations must be an array'],
      [[], 'operations must contain at least 1 elements'],
      [
        Array(opportunityLimits.bulkOperationsMax + 1).fill(operation),
        'operations must contain no more than 500 elements',
      ],
      [
        [operation, { action: 'drop' }],
        notOneOf(
          'operations.1.action',
          'create',
          'update',
          'upsert',
          'delete',
          'addFollowers',
          'removeFollowers',
        ),
      ],
      [[operation, { ...operation, body: ['x'] }], 'operations.1.body must be an object'],
      [[{ ...operation, x: 1 }], 'operations.0.property x should not exist'],
    ]
    for (const [operations, message] of refusals) {
      const answer = await server.ask('POST', '/opportunities/bulk', {
        body: { locationId, operations },
      })
      const body = { message: [message], error: 'Unprocessable Entity', statusCode: 422 }
      assert.deepEqual(answer.body, body)
      assert.equal(answer.status, 422)
    }
    await readBack(server, opportunityId)
    assert.deepEqual(await server.newEvents(), [])
  })

  test('403 for another location', async () => {
    const body = {
      locationId: otherLocation.locationId,
      operations: [{ action: 'delete', id: otherLocation.opportunityId }],
    }
    const answer = await server.ask('POST', '/opportunities/bulk', { body })
    assert.equal(answer.status, 403)
    assert.deepEqual(await server.newEvents(), [])
  })

  test('200: five hundred creations', async (t) => {
    const contacts = await newContacts(server, 'many', opportunityLimits.bulkOperationsMax)
    const before = await countOpportunities(server)
    const started = performance.now()
    const results = await bulk(
      server,
      contacts.map((contactId) => ({ action: 'create', body: { ...creationBody, contactId } })),
    )
    t.diagnostic(`${Math.round(performance.now() - started)} ms`)
    for (const { status } of results) assert.equal(status, 201)
    assert.equal(await countOpportunities(server), before + contacts.length)
    const ids = results.map((result) => comparableResult(result).contactId)
    assert.deepEqual(ids, contacts)
    assert.equal((await server.newEvents()).length, 2 * contacts.length)
  })

  test('200: five hundred creations with a key, which a retry does not repeat', async (t) => {
    const contacts = await newContacts(server, 'keyed', opportunityLimits.bulkOperationsMax)
    const operations = contacts.map((contactId) => ({
      action: 'create',
      body: { ...creationBody, contactId },
    }))
    const headers = { 'idempotency-key': 'bulk' }
    const started = performance.now()
    const first = await sendBulk(server, operations, { headers })
    t.diagnostic(`${Math.round(performance.now() - started)} ms`)
    assert.equal(first.body.succeded, true)
    await server.newEvents()
    const again = await sendBulk(server, operations, { headers })
    assert.equal(again.text, first.text)
    assert.equal(again.traceId, first.traceId)
    assert.deepEqual(await server.newEvents(), [])
  })

  test('200: five hundred that are refused let other requests pass', async () => {
    const operations = Array.from({ length: opportunityLimits.bulkOperationsMax }, (_, i) => ({
      action: 'update',
      id: `none${i}`,
      body: { name: i, status: i, monetaryValue: 'much' },
    }))
    let isDone = false
    const results = bulk(server, operations).finally(() => {
      isDone = true
    })
    let answered = 0
    for (; !isDone; answered++) await server.ask('GET', '/health')
    assert.ok((await results).every(({ status }) => status === 422))
    // One or two are answered before the bulk has arrived.
    assert.ok(answered > 5, `${answered} answers`)
  })

  test('413 for what comes after a full answer, and it is not done', async () => {
    const [contactId] = await newContacts(server, 'large', 1)
    const length = opportunityLimits.customFieldsCharsMax - 100
    const customFields = [{ id: 'long', value: 'x'.repeat(length) }]
    const { id } = await createOpportunity(server, { contactId, customFields })
    const fits = Math.floor(
      opportunityLimits.bulkAnswerCharsMax / opportunityLimits.customFieldsCharsMax,
    )
    const results = await bulk(
      server,
      Array.from({ length: 3 * fits }, (_, i) => ({
        action: 'update',
        id,
        body: { name: `Step ${i}` },
      })),
    )
    const done = results.filter(({ status }) => status === 200).length
    assert.ok(Math.abs(done - fits) <= opportunityLimits.bulkConcurrency, String(done))
    const message = 'The answer is full: send this operation again'
    for (const { status, body } of results.slice(done)) {
      assert.equal(status, 413)
      assert.deepEqual(body, { message, error: 'Payload Too Large', statusCode: 413 })
    }
    assert.equal((await readBack(server, id)).name, `Step ${done - 1}`)
  })
})

describe('bulk-opportunities, when the database goes away', () => {
  let db: Database
  let server: TestServer
  let left = Number.POSITIVE_INFINITY

  before(async () => {
    ;({ db } = await openTestDatabase())
    const query: Database['query'] = async (statement) => {
      if (statement.text.includes('insert into opportunities') && left-- <= 0) {
        throw new DatabaseUnavailable(new Error('gone'))
      }
      return db.query(statement)
    }
    const failing: Database = {
      ...db,
      query,
      transaction: (work) =>
        db.transaction((tx) =>
          work({
            ...tx,
            query: async (statement) => {
              if (statement.text.includes('insert into opportunities') && left-- <= 0) {
                throw new DatabaseUnavailable(new Error('gone'))
              }
              return tx.query(statement)
            },
          }),
        ),
    }
    server = new TestServer({}, async () => ({ db: failing, url: undefined }))
    await server.open()
  })
  after(() => server.close())
  beforeEach(async () => {
    await server.newEvents()
    left = Number.POSITIVE_INFINITY
  })

  const operationsFor = async (name: string) =>
    (await newContacts(server, name, 50)).map((contactId) => ({
      action: 'create',
      body: { ...creationBody, contactId },
    }))

  test('200: what was done stays, and the rest is not tried', async () => {
    const operations = await operationsFor('away')
    left = 20
    const results = resultsOf(await sendBulk(server, operations))
    const done = results.filter(({ status }) => status === 201).length
    assert.equal(done, 20)
    for (const { status, body } of results.filter(({ status }) => status !== 201)) {
      assert.equal(status, 503)
      assert.deepEqual(body, { statusCode: 503, message: 'Service Unavailable' })
    }
    assert.ok(left > -opportunityLimits.bulkConcurrency - 1, `${left}`)
    assert.equal((await server.newEvents()).length, 2 * done)
  })

  test('503 with a key: all of it is taken back, and a retry does it', async () => {
    const operations = await operationsFor('keyed')
    const before = await countOpportunities(server)
    const headers = { 'idempotency-key': 'bulk' }
    left = 20
    const refused = await sendBulk(server, operations, { headers })
    assert.equal(refused.text, '{"statusCode":503,"message":"Service Unavailable"}')
    assert.equal(refused.status, 503)
    assert.equal(await countOpportunities(server), before)
    assert.deepEqual(await server.newEvents(), [])
    left = Number.POSITIVE_INFINITY
    const done = await sendBulk(server, operations, { headers })
    assert.equal(done.body.succeded, true)
    assert.equal(await countOpportunities(server), before + operations.length)
  })
})
