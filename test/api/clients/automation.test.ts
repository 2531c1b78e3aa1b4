import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { newEventTypes } from '../opportunities/changing.ts'
import {
  type FoundRow,
  idsOf,
  insertRow,
  type SearchResult,
  search,
} from '../opportunities/searching.ts'
import { unprocessable } from '../refusals.ts'
import { type Ask, testServer } from '../test-server.ts'
import { caller } from './caller.ts'

const { locationId, pipelineId, contactId, stageIds, userIds, customFieldIds } = demo

/** Whose opportunities are made in numbers. */
const busyContactId = 'byMEV0NQinDhq8ZfiOi2'

const server = testServer()
const strict = testServer({ strict: true })

/** The ids of all opportunities of the location, newest first. */
async function newest(): Promise<string[]> {
  const rows = await server.db.query<{ id: string }>(sql`
    select o.id from opportunities o where o.location_id = ${locationId}
    order by o.created_at desc, o.contact_id desc, o.id desc`)
  return idsOf(rows)
}

/** UPSTREAM: n8n-io/n8n:packages/nodes-base/nodes/HighLevel/v2, behaviour.md §9 */
describe('n8n, node HighLevel v2', () => {
  // It sends the content type with every request, with a body or not.
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  const ask = caller(server, { headers })

  test('fills its lists, creates, gets, updates and deletes an opportunity', async () => {
    const { pipelines } = await ask('GET', `/opportunities/pipelines?locationId=${locationId}`)
    const pipeline = (pipelines as { id: string; stages: { id: string }[] }[]).find(
      ({ id }) => id === pipelineId,
    )
    const { users } = await ask('GET', `/users/?locationId=${locationId}`)
    assert.ok((users as { id: string }[]).some(({ id }) => id === userIds[1]))
    await server.newEvents()
    const created = await ask('POST', '/opportunities/', {
      status: 201,
      body: {
        pipelineId,
        contactId,
        name: 'From n8n',
        status: 'open',
        locationId,
        assignedTo: userIds[1],
        companyName: 'Acme',
        monetaryValue: 100,
        tags: ['a', 'b'],
        pipelineStageId: pipeline?.stages[2]?.id,
      },
    })
    const made = created.opportunity as FoundRow
    assert.equal(made.pipelineStageId, stageIds[2])
    const path = `/opportunities/${made.id}`
    assert.equal(((await ask('GET', path)).opportunity as FoundRow).name, 'From n8n')
    const body = { assignedTo: userIds[2], monetaryValue: 1, name: 'Changed', status: 'won' }
    const updated = (await ask('PUT', path, { body })).opportunity as FoundRow
    assert.partialDeepStrictEqual(updated, body)
    assert.equal((await ask('DELETE', path)).succeded, true)
    assert.deepEqual(await newEventTypes(server), [
      'OpportunityCreate',
      'OpportunityUpdate',
      'OpportunityUpdate',
      'OpportunityStatusUpdate',
      'OpportunityMonetaryValueUpdate',
      'OpportunityAssignedToUpdate',
      'OpportunityDelete',
      'OpportunityUpdate',
    ])
  })

  test('updates custom fields, of which it sends id, key and field_value', async () => {
    const id = 'yWQobCRIhRguQtD2llvk'
    const field = { id: customFieldIds.reference, key: 'default_key', field_value: 'N8N-1' }
    const { opportunity } = await ask('PUT', `/opportunities/${id}`, {
      body: { customFields: [field] },
    })
    const found = (opportunity as FoundRow).customFields.find((one) => one.id === field.id)
    assert.equal(found?.fieldValue, 'N8N-1')
  })

  test('gets many by its filters: a beginning as ISO 8601, an end in milliseconds', async () => {
    const query = new URLSearchParams({
      limit: '20',
      assigned_to: String(userIds[1]),
      endDate: String(Date.parse('2026-02-10T00:00:00.000Z')),
      pipeline_id: pipelineId,
      date: '2026-01-10T00:00:00',
      status: 'open',
      q: 'for',
      location_id: locationId,
    })
    const { opportunities, meta } = (await ask(
      'GET',
      `/opportunities/search?${query}`,
    )) as SearchResult
    const all = (await search(server, 'limit=100')).opportunities
    const wanted = all.filter(
      (row) =>
        row.assignedTo === userIds[1] &&
        row.pipelineId === pipelineId &&
        row.status === 'open' &&
        row.createdAt >= '2026-01-10' &&
        row.createdAt < '2026-02-10',
    )
    assert.ok(wanted.length > 0)
    assert.deepEqual(idsOf(opportunities), idsOf(wanted))
    assert.equal(meta.total, wanted.length)
    const none = await ask(
      'GET',
      `/opportunities/search?location_id=${locationId}&limit=20&campaignId=Y2I9XM7aO1hncuSOlc9L`,
    )
    assert.deepEqual(none.opportunities, [])
  })

  test('“Return all” copies startAfter and startAfterId alone, until it has the total', async () => {
    for (let i = 0; i < 50; i++) {
      const createdAt = new Date('2026-01-20T10:00:00.000Z')
      await insertRow(server, { id: `all${i}`, contactId: busyContactId, createdAt })
    }
    const rows: FoundRow[] = []
    let query: Record<string, string> = { limit: '100', location_id: locationId }
    let total: number
    do {
      const page = await ask('GET', `/opportunities/search?${new URLSearchParams(query)}`)
      const { opportunities, meta } = page as SearchResult
      rows.push(...opportunities)
      total = meta.total
      query = { startAfterId: String(meta.startAfterId), startAfter: String(meta.startAfter) }
    } while (total > rows.length)
    assert.equal(rows.length, 110)
    assert.deepEqual(idsOf(rows), await newest())
  })

  test('“Return all” of a search gets what was searched for, on every page', async () => {
    for (const [version, pipeline] of [
      ['2021-07-28', 'pipeline_id'],
      ['v3', 'pipelineId'],
    ] as const) {
      const location = version === 'v3' ? 'locationId' : 'location_id'
      const filter = { [pipeline]: pipelineId, status: 'open', q: 'for', date: '01-01-2026' }
      const wanted = await search(server, `limit=100&${new URLSearchParams(filter)}`, { version })
      assert.ok(wanted.meta.total > 5 && wanted.meta.total < 60)
      const rows: FoundRow[] = []
      let query: Record<string, string> = { limit: '5', [location]: locationId, ...filter }
      do {
        const path = `/opportunities/search?${new URLSearchParams(query)}`
        const answer = await server.ask('GET', path, { version })
        assert.equal(answer.status, 200, answer.text)
        const { opportunities, meta } = answer.body as SearchResult
        assert.equal(meta.total, wanted.meta.total)
        rows.push(...opportunities)
        query = { startAfterId: String(meta.startAfterId), startAfter: String(meta.startAfter) }
      } while (rows.length < wanted.meta.total)
      assert.deepEqual(idsOf(rows), idsOf(wanted.opportunities))
    }
  })

  test('what a cursor carries is checked like any other query, and no other names are', async () => {
    const id = (carried: string) => `${contactId}~${Buffer.from(carried).toString('base64url')}`
    const asked = (carried: string) =>
      server.ask('GET', `/opportunities/search?startAfter=1&startAfterId=${id(carried)}`)
    assert.equal((await asked('status=nope')).status, 422)
    assert.equal((await asked('location_id=x&nope=1&__proto__=1&startAfterId=nobody')).status, 200)
    const named = `location_id=${locationId}&startAfter=1767711600000`
    const plain = await search(server, `startAfter=1767711600000&startAfterId=${contactId}`)
    const path = `/opportunities/search?${named}&startAfterId=${id('status=won')}`
    assert.deepEqual((await server.ask('GET', path)).body.opportunities, plain.opportunities)
  })

  test('with --strict a cursor is as it is recorded', async () => {
    const { meta, opportunities } = await search(strict, 'limit=1&status=open')
    assert.equal(meta.startAfterId, opportunities[0]?.contactId)
  })

  test('with --strict its page two is refused, as upstream does', async () => {
    for (const version of ['2021-07-28', 'v3']) {
      const path = `/opportunities/search?startAfter=1&startAfterId=${contactId}`
      const answer = await strict.ask('GET', path, { version })
      assert.equal(answer.status, 422)
      const name = version === 'v3' ? 'locationId' : 'location_id'
      assert.equal(answer.body.message, `${name} can't be undefined`)
    }
    assert.equal((await search(strict, 'limit=1&startAfter=1767711600000')).meta.total, 60)
  })
})

/** UPSTREAM: activepieces/activepieces:packages/pieces/community/lead-connector, behaviour.md §9 */
describe('activepieces, piece lead-connector', () => {
  const ask = caller(server)

  test('creates, and updates with the contact that its user picked', async () => {
    const { pipelines } = await ask('GET', `/opportunities/pipelines?locationId=${locationId}`)
    assert.equal((pipelines as { name: string }[])[0]?.name, 'Sales pipeline')
    const query = `locationId=${locationId}&companyId=${demo.companyId}`
    const { users } = await ask('GET', `/users/search?${query}`)
    assert.ok((users as object[]).length > 0)
    const body = {
      name: 'Piece',
      pipelineId,
      pipelineStageId: stageIds[1],
      contactId,
      status: 'open',
      assignedTo: userIds[0],
      monetaryValue: 12.5,
      locationId,
    }
    const created = await ask('POST', '/opportunities/', { status: 201, body })
    const { id } = created.opportunity as FoundRow
    // What was left out of the form comes from the opportunity as it is read.
    const read = (await ask('GET', `/opportunities/${id}`)).opportunity as FoundRow
    const { locationId: _, ...picked } = body
    const changed = await ask('PUT', `/opportunities/${id}`, {
      body: { ...picked, pipelineStageId: stageIds[2], name: read.name, status: read.status },
    })
    assert.partialDeepStrictEqual(changed.opportunity, { id, pipelineStageId: stageIds[2] })
    const other = { ...picked, contactId: busyContactId }
    const refused = await server.ask('PUT', `/opportunities/${id}`, { body: other })
    assert.equal(refused.text, unprocessable('property contactId should not exist'))
    assert.equal(refused.status, 422)
    await ask('DELETE', `/opportunities/${id}`)
  })

  test('with --strict its own contact is refused, too', async () => {
    const path = `/opportunities/${demo.opportunityId}`
    const body = { name: 'Piece', contactId: busyContactId }
    const refused = await strict.ask('PUT', path, { body })
    assert.equal(refused.text, unprocessable('property contactId should not exist'))
    assert.equal(refused.status, 422)
    assert.equal((await strict.ask('PUT', path, { body: { name: 'Piece' } })).status, 200)
  })

  test('polls with the id of the newest that it knows, and gets what is newer first', async () => {
    const asked = `limit=100&location_id=${locationId}&pipeline_id=${pipelineId}`
    const first = (await ask('GET', `/opportunities/search?${asked}`)) as SearchResult
    const [known] = first.opportunities
    const poll = `/opportunities/search?${asked}&startAfterId=${known?.id}`
    // What stands before the one that it knows is new to it: nothing, and then what was made since.
    const newRows = async () => {
      const { opportunities } = (await ask('GET', poll)) as SearchResult
      return opportunities.slice(0, idsOf(opportunities).indexOf(known?.id ?? ''))
    }
    assert.ok(idsOf(first.opportunities).length > 1)
    assert.deepEqual(await newRows(), [])
    for (const id of ['polled1', 'polled2']) {
      await insertRow(server, { id, contactId: busyContactId, createdAt: server.now })
    }
    assert.deepEqual(idsOf(await newRows()).sort(), ['polled1', 'polled2'])
  })
})

/** UPSTREAM: MeltanoLabs/tap-gohighlevel, behaviour.md §9 */
describe('MeltanoLabs/tap-gohighlevel', () => {
  const ask = caller(server, { headers: { accept: 'application/json' } })

  test('goes on by the query of meta.nextPageUrl beside its own, while rows come', async () => {
    for (let i = 0; i < 150; i++) {
      const createdAt = new Date(Date.parse('2025-06-01') + Math.floor(i / 3) * 1_000)
      await insertRow(server, {
        id: `tap${String(i).padStart(3, '0')}`,
        contactId: busyContactId,
        createdAt,
      })
    }
    const wanted = await newest()
    const own = {
      limit: '100',
      getCalendarEvents: 'true',
      getNotes: 'true',
      getTasks: 'true',
      location_id: locationId,
    }
    const rows: FoundRow[] = []
    let next: string | null = ''
    for (let page = 0; next !== null; page++) {
      assert.ok(page < 10, 'the pages end')
      const token: URLSearchParams = next ? new URL(next).searchParams : new URLSearchParams()
      const query = new URLSearchParams({ ...own, ...Object.fromEntries(token) })
      const found = (await ask('GET', `/opportunities/search?${query}`)) as SearchResult
      rows.push(...found.opportunities)
      next = found.meta.nextPageUrl
      await insertRow(server, {
        id: `late${page}`,
        contactId: busyContactId,
        createdAt: server.now,
      })
    }
    assert.deepEqual(idsOf(rows), wanted)
    for (const row of rows) {
      assert.deepEqual([row.calenders, row.notes, row.tasks], [[], [], []])
      assert.ok('pipelineStageUId' in row && 'lostReasonId' in row)
    }
  })
})

/** UPSTREAM: GoHighLevel/highlevel-api-python, behaviour.md §9 */
describe('the official Python SDK', () => {
  const v3: Ask = { version: 'v3', headers: { 'ghl-sdk-version': '1.0.0' } }
  const ask = caller(server, v3)

  test('searches in camelCase under v3, and creates with fieldValue and a forecast', async () => {
    const query = { locationId, pipelineId, pipelineStageId: String(stageIds[1]), limit: '3' }
    const found = (await ask(
      'GET',
      `/opportunities/search?${new URLSearchParams(query)}`,
    )) as SearchResult
    assert.ok(found.opportunities.every((row) => row.pipelineStageId === stageIds[1]))
    assert.match(String(found.meta.nextPageUrl), /locationId=.*pipelineStageId=/)
    const { opportunity } = await ask('POST', '/opportunities/', {
      status: 201,
      body: {
        pipelineId,
        locationId,
        name: 'First Opps',
        pipelineStageId: stageIds[1],
        status: 'open',
        contactId,
        monetaryValue: 220,
        assignedTo: userIds[4],
        customFields: [{ id: customFieldIds.reference, fieldValue: '9039160788' }],
        forecastExpectedCloseDate: '2026-04-23',
        forecastProbability: 20,
      },
    })
    assert.partialDeepStrictEqual(opportunity, {
      forecastExpectedCloseDate: '2026-04-23',
      effectiveProbability: 20,
      customFields: [{ id: customFieldIds.reference, fieldValue: '9039160788' }],
    })
  })
})
