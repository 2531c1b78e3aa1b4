import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import { SearchQuery } from '../../../src/api/opportunities/search/shapes.ts'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { noStatus, otherLocation, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { createOpportunity } from './creation.ts'
import { type FoundRow, idsOf, insertRow, newestFirst, search } from './searching.ts'

const noBoolean = 'must be a boolean value: true or false'

describe('search-opportunity', () => {
  const server = testServer()
  let all: FoundRow[]

  before(async () => {
    all = (await search(server, 'limit=100')).opportunities
    assert.equal(all.length, 60)
  })

  // UPSTREAM: behaviour.md §2.2, the recorded `meta`
  test('200: newest first, twenty of them, with where the page stands', async () => {
    const { opportunities, meta, aggregations } = await search(server, '')
    assert.deepEqual(idsOf(opportunities), idsOf(all.toSorted(newestFirst).slice(0, 20)))
    const last = opportunities.at(-1)
    assert.ok(last)
    const { nextPageUrl, ...rest } = meta
    assert.deepEqual(rest, {
      total: 60,
      startAfterId: last.contactId,
      startAfter: Date.parse(last.createdAt),
      currentPage: 1,
      nextPage: 2,
      prevPage: null,
    })
    assert.equal(
      nextPageUrl,
      `${server.url}/opportunities/search?location_id=${demo.locationId}&limit=20` +
        `&startAfter=${rest.startAfter}&startAfterId=${rest.startAfterId}&page=2`,
    )
    assert.deepEqual(aggregations, {})
  })

  // UPSTREAM: behaviour.md §2.2, recorded: `sort`, and custom fields by type; of a date in
  // public-reports.md 6
  test('200: a row is that of a reading, with its place and custom fields by type', async () => {
    const { opportunities } = await search(server, `id=${all[0]?.id}`)
    const answer = await server.ask('GET', `/opportunities/${all[0]?.id}`)
    const read = answer.body.opportunity as FoundRow & {
      customFields: { id: string; fieldValue: unknown }[]
    }
    const sort = [Date.parse(read.createdAt), read.contactId]
    const { customFields, ...row } = opportunities[0] ?? {}
    // Its own operations alone tell where it came from, and who has to do with its contact.
    const { isAttribute: _, internalSource: __, contact, ...shown } = read
    const { followers: ___, assignedTo: ____, ...snippet } = contact as Record<string, unknown>
    const expected = { ...shown, contact: snippet, sort }
    assert.deepEqual({ ...row, customFields: read.customFields }, expected)
    const kinds = { string: 'String', number: 'Number', array: 'Array' } as Record<string, string>
    const wanted = read.customFields.map(({ id, fieldValue: value }) => {
      if (id === demo.customFieldIds.decisionDate) {
        return { id, type: 'date', fieldValueDate: Date.parse(`${value}T00:00:00Z`) }
      }
      const type = Array.isArray(value) ? 'array' : typeof value
      return { id, type, [`fieldValue${kinds[type]}`]: value }
    })
    assert.deepEqual(customFields, wanted)
    const found = new Set(all.flatMap((one) => one.customFields.map(({ type }) => type)))
    assert.deepEqual([...found].sort(), ['array', 'date', 'number', 'string'])
  })

  test('200: each filter, and the total is of what it finds', async () => {
    const assignee = String(demo.userIds[1])
    const cases: [string, (row: FoundRow) => boolean][] = [
      [`pipeline_id=${demo.pipelineId}`, (row) => row.pipelineId === demo.pipelineId],
      [`pipeline_stage_id=${demo.stageIds[1]}`, (row) => row.pipelineStageId === demo.stageIds[1]],
      [`contact_id=${all[3]?.contactId}`, (row) => row.contactId === all[3]?.contactId],
      [`assigned_to=${assignee}`, (row) => row.assignedTo === assignee],
      ['status=won', (row) => row.status === 'won'],
      ['status=all', () => true],
      [
        `status=open&assigned_to=${assignee}`,
        (row) => row.status === 'open' && row.assignedTo === assignee,
      ],
      [`id=${demo.opportunityId}`, (row) => row.id === demo.opportunityId],
      ['date=01-10-2026', (row) => row.createdAt >= '2026-01-10'],
      ['endDate=01-10-2026', (row) => row.createdAt < '2026-01-11'],
      ['date=2026-01-10&endDate=01-10-2026', (row) => row.createdAt.startsWith('2026-01-10')],
      [
        `date=${Date.parse(String(all[9]?.createdAt))}`,
        (row) => row.createdAt >= String(all[9]?.createdAt),
      ],
      [
        `endDate=${Date.parse(String(all[9]?.createdAt))}`,
        (row) => row.createdAt <= String(all[9]?.createdAt),
      ],
      ['country=us', () => true],
      ['country=DE', () => false],
      ['campaignId=Y2I9XM7aO1hncuSOlc9L', () => false],
      ['status=&q=&id=&pipeline_id=&date=&order=&country=&page=&startAfter=', () => true],
    ]
    for (const [query, passes] of cases) {
      const { opportunities, meta } = await search(server, `${query}&limit=100`)
      const wanted = all.filter(passes)
      assert.deepEqual(idsOf(opportunities), idsOf(wanted), query)
      assert.equal(meta.total, wanted.length, query)
      assert.equal(meta.nextPageUrl, null)
    }
  })

  // UPSTREAM: public-reports.md 29, 30
  test('200: q begins a word of the name, or of the contact, in any case', async () => {
    const tagged = (tag: string) => (row: FoundRow) =>
      (row.contact as unknown as { tags: string[] }).tags.includes(tag)
    const ofMaya = ({ contact }: FoundRow) => contact.name === 'Maya Lindqvist'
    const phoneOfMaya = String(all.find(ofMaya)?.contact.phone)
    assert.match(phoneOfMaya, /^\+1\d{10}$/)
    const cases: [string, (row: FoundRow) => boolean][] = [
      ['SEO', (row) => row.name.includes('SEO')],
      ['seo retainer for', (row) => row.name.includes('SEO retainer for')],
      ['tomas', (row) => row.contact.name === 'Tomás Herrera'],
      ['TOMÁS H', (row) => row.contact.name === 'Tomás Herrera'],
      ['maya@north', (row) => row.contact.email === 'maya@northwinddental.example'],
      ['+1612', (row) => String(row.contact.phone).startsWith('+1612')],
      ['plumbing', (row) => String(row.contact.companyName).includes('Plumbing')],
      ['vip', tagged('vip')],
      ['VIP', tagged('vip')],
      ['maya lind', ofMaya],
      [' Maya', ofMaya],
      ['Maya ', ofMaya],
      ['maya \t lindqvist', ofMaya],
      ['maya@northwinddental.example', ofMaya],
      [phoneOfMaya, ofMaya],
      [phoneOfMaya.replace('+', ' '), ofMaya],
      [phoneOfMaya.slice(2), ofMaya],
      ['aya', () => false],
      ['orthwind', () => false],
      ['lindqvist maya', () => false],
      ['lindqvist northwind', () => false],
      [' ', () => true],
      ['…', () => false],
      ['%', () => false],
      ['_', () => false],
      ['\\', () => false],
    ]
    for (const [q, passes] of cases) {
      const found = await search(server, `limit=100&q=${encodeURIComponent(q)}`)
      const wanted = all.filter(passes)
      assert.deepEqual(idsOf(found.opportunities), idsOf(wanted), q)
      assert.equal(found.meta.total, wanted.length, q)
    }
  })

  test('200: q knows capitals of every alphabet that the database knows', async () => {
    const [{ knowsAll } = {}] = await server.db.query<{ knowsAll: boolean }>(
      sql`select lower('Я') = 'я' as "knowsAll"`,
    )
    const { id } = await createOpportunity(server, { name: 'Ремонт МОСКВА ÉTÉ' })
    try {
      for (const q of ['МОСКВА', 'Été', 'ete', ...(knowsAll ? ['москва'] : [])]) {
        const { opportunities } = await search(server, `q=${encodeURIComponent(q)}`)
        assert.deepEqual(idsOf(opportunities), [id], q)
      }
    } finally {
      assert.equal((await server.ask('DELETE', `/opportunities/${id}`)).status, 200)
    }
  })

  test('200: in each order', async () => {
    const fold = ({ name }: FoundRow) => name.toLowerCase()
    const byName = (a: FoundRow, b: FoundRow) =>
      fold(a) < fold(b) ? -1 : fold(a) > fold(b) ? 1 : -newestKeys(a, b)
    const newestKeys = (a: FoundRow, b: FoundRow) =>
      a.contactId + a.id < b.contactId + b.id ? 1 : -1
    const newest = all.toSorted(newestFirst)
    const cases: [string, FoundRow[]][] = [
      ['added_desc', newest],
      ['added_asc', newest.toReversed()],
      ['name_asc', all.toSorted(byName)],
      ['name_desc', all.toSorted(byName).reverse()],
    ]
    for (const [order, wanted] of cases) {
      const { opportunities } = await search(server, `limit=100&order=${order}`)
      assert.deepEqual(idsOf(opportunities), idsOf(wanted), order)
    }
  })

  test('200: tasks, notes and calendar events are empty, and there when asked for', async () => {
    const plain = (await search(server, 'limit=1')).opportunities[0] ?? {}
    const asked = 'limit=1&getTasks=true&getNotes=true&getCalendarEvents=true'
    const row = (await search(server, asked)).opportunities[0]
    assert.deepEqual(row, { ...plain, tasks: [], notes: [], calendarEvents: [], calenders: [] })
    assert.ok(!('tasks' in plain || 'calenders' in plain))
  })

  // UPSTREAM: behaviour.md §2.3 and §8.1
  test('200: v3 takes both spellings', async () => {
    const parameters = [
      ['pipelineId', 'pipeline_id', demo.pipelineId],
      ['pipelineStageId', 'pipeline_stage_id', demo.stageIds[1]],
      ['contactId', 'contact_id', all[3]?.contactId],
      ['assignedTo', 'assigned_to', demo.userIds[1]],
    ] as const
    for (const [camel, snake, value] of parameters) {
      const older = await search(server, `${snake}=${value}&limit=100`)
      assert.ok(older.meta.total > 0 && older.meta.total < 60)
      for (const name of [camel, snake]) {
        const found = await search(server, `${name}=${value}&limit=100`, { version: 'v3' })
        assert.deepEqual(found, older, name)
      }
    }
    const path = `/opportunities/search?location_id=${demo.locationId}`
    assert.equal((await server.ask('GET', path, { version: 'v3' })).status, 200)
  })

  test('200: pages by number, of 100 rows at most', async () => {
    const { opportunities, meta } = await search(server, 'page=3&limit=25')
    assert.deepEqual(idsOf(opportunities), idsOf(all.slice(50)))
    assert.deepEqual(
      [meta.currentPage, meta.nextPage, meta.prevPage, meta.nextPageUrl],
      [3, null, 2, null],
    )
    assert.equal((await search(server, 'page=4&limit=25')).opportunities.length, 0)
    for (let i = 0; i < 45; i++) {
      await insertRow(server, { id: `limit${i}`, createdAt: new Date('2025-01-01') })
    }
    const many = await search(server, 'limit=100')
    assert.equal(many.opportunities.length, 100)
    assert.equal(many.meta.total, 105)
    assert.ok(many.meta.nextPageUrl?.includes('limit=100&'))
  })

  // UPSTREAM: public-reports.md 21
  test('200: an order that there is not is the default one, in every version', async () => {
    for (const order of ['updatedAt_desc', 'asc', 'constructor', '-1']) {
      for (const ask of [{}, { version: 'v3' }]) {
        const { opportunities } = await search(server, `limit=60&order=${order}`, ask)
        const wanted = await search(server, 'limit=60', ask)
        assert.deepEqual(idsOf(opportunities), idsOf(wanted.opportunities), order)
      }
    }
  })

  // UPSTREAM: public-reports.md 1, recorded by five, and 20
  test('400: a page beyond 10,000 rows, and of more than 100', async () => {
    const beyond = JSON.stringify({
      statusCode: 400,
      code: 'SEARCH_USE_START_AFTER_PAGINATION',
      message: 'Please use startAfter and startAfterId for pagination.',
      error: 'Bad Request',
    })
    const tooHigh = JSON.stringify({
      message: 'limit must not be greater than 100',
      error: 'Bad Request',
      statusCode: 400,
    })
    const cases: [string, string][] = [
      ['page=101&limit=100', beyond],
      ['page=501', beyond],
      ['page=10001&limit=1&q=for', beyond],
      ['limit=101', tooHigh],
      ['limit=1000&page=2', tooHigh],
      ['limit=500&startAfter=1767711600000', tooHigh],
    ]
    for (const [query, text] of cases) {
      const path = `/opportunities/search?location_id=${demo.locationId}&${query}`
      const answer = await server.ask('GET', path)
      assert.equal(answer.text, text, query)
      assert.equal(answer.status, 400, query)
    }
    const last = await search(server, 'page=100&limit=100')
    assert.deepEqual(last.opportunities, [])
    const cursor = `startAfter=1767711600000&startAfterId=${demo.contactId}`
    assert.equal((await search(server, `page=101&limit=100&${cursor}`)).meta.currentPage, 101)
  })

  // UPSTREAM: behaviour.md §1.4 and §2.3, recorded (n8n-io/n8n issue #18436)
  test('422: what upstream refuses, in its words', async () => {
    const [own, camel] = [`location_id=${demo.locationId}`, `locationId=${demo.locationId}`]
    const undefinedIn = (name: string) =>
      JSON.stringify({
        message: `${name} can't be undefined`,
        error: 'Unprocessable Entity',
        statusCode: 422,
        code: 'COMMON_LOCATION_ID_UNDEFINED',
      })
    const cases: [string, string, string][] = [
      ['2021-07-28', '', undefinedIn('location_id')],
      ['2021-07-28', 'location_id=', undefinedIn('location_id')],
      ['v3', 'limit=1', undefinedIn('locationId')],
      [
        '2021-07-28',
        camel,
        unprocessable(
          'property locationId should not exist',
          'location_id must be a string',
          'location_id should not be empty',
        ),
      ],
      [
        '2023-02-21',
        `${own}&pipelineId=a&assignedTo=b`,
        unprocessable(
          'property pipelineId should not exist',
          'property assignedTo should not exist',
        ),
      ],
      [
        '2021-07-28',
        `${own}&assignedTo=x&limit=0&zzz=1&page=0`,
        unprocessable(
          'property assignedTo should not exist',
          'property zzz should not exist',
          'page must not be less than 1',
          'limit must not be less than 1',
        ),
      ],
      [
        'legacy',
        `${own}&sortBy=createdAt&contactId=x&contactId=y`,
        unprocessable('property contactId should not exist', 'property sortBy should not exist'),
      ],
      [
        '2021-07-28',
        `${camel}&pipelineId=a&limit=0`,
        unprocessable(
          'property locationId should not exist',
          'property pipelineId should not exist',
          'location_id must be a string',
          'location_id should not be empty',
          'limit must not be less than 1',
        ),
      ],
      ['v3', `${camel}&start_date=1`, unprocessable('property start_date should not exist')],
      ['2021-07-28', `${own}&sortBy=name`, unprocessable('property sortBy should not exist')],
      ['v3', `${camel}&status=lots`, unprocessable(`${noStatus}, all`)],
      ['v3', `${camel}&limit=0`, unprocessable('limit must not be less than 1')],
      ['v3', `${camel}&limit=1.5`, unprocessable('limit must be an integer number')],
      ['v3', `${camel}&page=0`, unprocessable('page must not be less than 1')],
      ['v3', `${camel}&getTasks=2`, unprocessable(`getTasks ${noBoolean}`)],
      [
        'v3',
        `${camel}&q=${'a'.repeat(76)}`,
        unprocessable('q must be shorter than or equal to 75 characters'),
      ],
      ...['yesterday', '13-01-2026', '02-30-2026', '99999999999999999'].map(
        (date): [string, string, string] => [
          'v3',
          `${camel}&date=${date}`,
          unprocessable('date must be a date as mm-dd-yyyy or in milliseconds'),
        ],
      ),
      [
        'v3',
        `${camel}&startAfter=yesterday`,
        unprocessable('startAfter must be a time in milliseconds'),
      ],
      [
        'v3',
        `${camel}&startAfterId=nobody`,
        unprocessable(
          'startAfterId must be the id of a contact or of an opportunity of the search',
        ),
      ],
    ]
    for (const [version, query, text] of cases) {
      const answer = await server.ask('GET', `/opportunities/search?${query}`, { version })
      assert.equal(answer.text, text, query)
      assert.equal(answer.status, 422, query)
    }
    const q = 'a'.repeat(75)
    assert.equal((await search(server, `q=${q}&page=100&limit=100`)).meta.total, 0)
  })

  test('403: another location, in either spelling', async () => {
    const { locationId } = demo.otherLocation
    for (const [version, name] of [
      ['2021-07-28', 'location_id'],
      ['v3', 'location_id'],
      ['v3', 'locationId'],
    ] as const) {
      const answer = await server.ask('GET', `/opportunities/search?${name}=${locationId}`, {
        version,
      })
      assert.equal(answer.text, otherLocation)
      assert.equal(answer.status, 403)
    }
  })

  test('no query is answered with a 500', async () => {
    const names = Object.keys(SearchQuery.properties).filter((name) => !/^location/.test(name))
    const odd = fc.oneof(
      fc.constantFrom('0', '1', '-1', '1e308', '-62135596800001', '253402300800000', '%', 'open'),
      fc.string({ unit: 'binary', maxLength: 80 }).filter((text) => text.isWellFormed()),
    )
    const query = fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 3 })
    const path = `/opportunities/search?location_id=${demo.locationId}`
    const statuses = new Set<number>()
    await fc.assert(
      fc.asyncProperty(query, async (given) => {
        const address = `${path}&${new URLSearchParams(given)}`
        const { status, text } = await server.ask('GET', address, { version: 'v3' })
        statuses.add(status)
        assert.ok([200, 400, 422].includes(status), text)
      }),
      { numRuns: 300 },
    )
    assert.ok(statuses.has(200) && statuses.has(422))
  })
})
