import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'
import { own, request, send } from '../wire.ts'
import {
  type FoundRow,
  followPages,
  idsOf,
  insertRow,
  type SearchResult,
  search,
} from './searching.ts'

const bulk = new Date('2026-01-20T10:00:00.000Z')

describe('search-opportunity, page by page', () => {
  const server = testServer()
  let newest: string[]

  before(async () => {
    // Made in one go: seven of one contact and time, and three of another contact.
    for (let i = 0; i < 10; i++) {
      const contactId = i < 7 ? demo.contactId : 'byMEV0NQinDhq8ZfiOi2'
      await insertRow(server, { id: `bulk${i}`, name: 'Bulk', contactId, createdAt: bulk })
    }
    newest = idsOf((await search(server, 'limit=100')).opportunities)
    assert.equal(newest.length, 70)
  })

  test('nextPageUrl gives every row once, in every order, size and version', async () => {
    for (const order of ['', 'added_asc', 'added_desc', 'name_asc', 'name_desc']) {
      const all = (await search(server, `limit=100&order=${order}`)).opportunities
      for (const limit of [1, 3, 20, 69, 70]) {
        for (const version of ['2021-07-28', 'v3']) {
          const first = await search(server, `order=${order}&limit=${limit}`, { version })
          const rows = await followPages(server, first, { version })
          assert.deepEqual(idsOf(rows), idsOf(all), `${order} ${limit} ${version}`)
        }
      }
    }
  })

  test('nextPageUrl keeps what was searched for, in the spelling of its version', async () => {
    const query = 'status=open&q=for&date=01-06-2026&getNotes=true&limit=2'
    const older = await search(server, `${query}&pipeline_id=${demo.pipelineId}`)
    const v3 = await search(server, `${query}&pipelineId=${demo.pipelineId}`, { version: 'v3' })
    const all = await search(server, `${query}0&pipeline_id=${demo.pipelineId}`)
    assert.ok(all.meta.total > 10)
    assert.ok(older.meta.nextPageUrl?.includes(`pipeline_id=${demo.pipelineId}`))
    assert.ok(v3.meta.nextPageUrl?.includes(`pipelineId=${demo.pipelineId}`))
    const wanted = await followPages(server, all)
    for (const [first, version] of [
      [older, '2021-07-28'],
      [v3, 'v3'],
    ] as const) {
      assert.equal(first.meta.total, all.meta.total)
      assert.deepEqual(await followPages(server, first, { version }), wanted)
    }
  })

  test('nextPageUrl is of the host that was asked', async () => {
    const path = `/opportunities/search?location_id=${demo.locationId}&limit=1`
    const { host } = new URL(server.url)
    const headers = {
      authorization: `Bearer ${demo.privateIntegrationToken}`,
      version: '2021-07-28',
      host: 'crm.example:8443',
    }
    const { payload } = await server.app.inject({ method: 'GET', url: path, headers })
    assert.ok(!payload.includes(host))
    const { meta } = JSON.parse(payload) as SearchResult
    assert.ok(meta.nextPageUrl?.startsWith('http://crm.example:8443/opportunities/search?'))
  })

  test('nextPageUrl is of the server itself, for a request that names no host', async () => {
    const line = `GET /opportunities/search?location_id=${demo.locationId}&limit=1`
    const asHttp10 = (headers: readonly string[]) =>
      Buffer.from(request(line, headers).toString('latin1').replace('HTTP/1.1', 'HTTP/1.0'))
    const nameless = own.filter((header) => !header.startsWith('Host'))
    for (const bytes of [asHttp10(nameless), request(line, ['Host:', ...nameless])]) {
      const [answer] = await send(server, bytes)
      assert.equal(answer?.status, 200, answer?.text)
      const { meta } = JSON.parse(answer.text) as SearchResult
      assert.ok(meta.nextPageUrl?.startsWith(`${server.url}/opportunities/search?`))
    }
  })

  test('rows that are added meanwhile move nothing', async () => {
    const path = `location_id=${demo.locationId}`
    let page = await search(server, 'limit=9')
    const rows = [...page.opportunities]
    for (let i = 0; page.meta.nextPageUrl !== null; i++) {
      await insertRow(server, { id: `meanwhile${i}`, createdAt: new Date(`2026-02-2${i}`) })
      assert.ok(page.meta.nextPageUrl.includes(path))
      const { body } = await server.ask('GET', page.meta.nextPageUrl.slice(server.url.length))
      page = body as SearchResult
      rows.push(...page.opportunities)
    }
    assert.deepEqual(idsOf(rows), newest)
    newest = idsOf((await search(server, 'limit=100')).opportunities)
    assert.equal(newest.length, 77)
  })

  test('startAfter alone goes on after that time, and either id after that row', async () => {
    const all = (await search(server, 'limit=100')).opportunities
    const at = 30
    const row = all[at] as FoundRow
    const ms = Date.parse(row.createdAt)
    const rest = newest.slice(at + 1)
    for (const query of [
      `startAfter=${ms}`,
      `startAfter=${ms}&startAfterId=${row.contactId}`,
      `startAfter=${ms}&startAfterId=${row.id}`,
    ]) {
      const { opportunities, meta } = await search(server, `${query}&limit=100`)
      assert.deepEqual(idsOf(opportunities), rest, query)
      assert.equal(meta.total, 77, 'the total is that of the search')
    }
    // DEVIATION: an opportunity's id alone is no cursor, newest first.
    const polled = await search(server, `startAfterId=${row.id}&limit=100`)
    assert.deepEqual(idsOf(polled.opportunities), newest)
    const inSales = `pipeline_id=${demo.pipelineId}`
    const sales = idsOf((await search(server, `${inSales}&limit=100`)).opportunities)
    // Of this contact there is one in the pipeline.
    const one = all.findLast(({ contact }) => contact.name === 'Priya Raman')
    const after = await search(server, `${inSales}&limit=100&startAfterId=${one?.contactId}`)
    assert.deepEqual(idsOf(after.opportunities), sales.slice(sales.indexOf(one?.id ?? '') + 1))
  })

  test('rows of one time and contact: the row’s own id parts the pages', async () => {
    const asked = `contact_id=${demo.contactId}&endDate=01-21-2026`
    const first = await search(server, `${asked}&limit=3`)
    assert.deepEqual(idsOf(first.opportunities), ['bulk6', 'bulk5', 'bulk4'])
    assert.match(String(first.meta.startAfterId), /^bulk4~[\w-]+$/)
    assert.deepEqual(first.opportunities[2]?.sort, [bulk.getTime(), 'bulk4'])
    const on = `startAfter=${first.meta.startAfter}&startAfterId=bulk4`
    const second = await search(server, `${asked}&limit=4&${on}`)
    assert.deepEqual(idsOf(second.opportunities), ['bulk3', 'bulk2', 'bulk1', 'bulk0'])
    assert.equal(second.meta.startAfterId, demo.contactId)
    assert.equal(second.meta.nextPage, null)
  })

  test('oldest first, the last opportunity’s id alone gets what was made since', async () => {
    const asked = `limit=100&pipeline_id=${demo.pipelineId}&order=added_asc`
    const seen = await search(server, asked)
    const lastId = seen.opportunities.at(-1)?.id
    const nothing = await search(server, `${asked}&startAfterId=${lastId}`)
    assert.deepEqual(nothing.opportunities, [])
    await insertRow(server, { id: 'fresh1', createdAt: new Date('2026-03-02') })
    await insertRow(server, { id: 'fresh2', createdAt: new Date('2026-03-02') })
    const found = await search(server, `${asked}&startAfterId=${lastId}`)
    assert.deepEqual(idsOf(found.opportunities), ['fresh1', 'fresh2'])
  })

  test('any search, page by page while rows come and go: what stays is there once', async () => {
    let made = 0
    const walk = fc.record({
      order: fc.constantFrom('', 'added_asc', 'added_desc', 'name_asc', 'name_desc'),
      limit: fc.integer({ min: 7, max: 40 }),
      where: fc.constantFrom('', 'status=open', `pipeline_id=${demo.pipelineId}`, 'q=bulk'),
      isByUrl: fc.boolean(),
      // Between two pages: a row of a time that is there already, and perhaps one that goes.
      comes: fc.array(fc.record({ at: fc.nat(), name: fc.constantFrom('Bulk', 'A', 'z') }), {
        minLength: 1,
        maxLength: 3,
      }),
      goes: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(walk, async ({ order, limit, where, isByUrl, comes, goes }) => {
        const asked = `${where}&order=${order}`
        const before = await everyRow(asked)
        const gone = new Set<string>()
        const come = new Set<string>()
        const rows: FoundRow[] = []
        let page = await search(server, `${asked}&limit=${limit}`)
        for (;;) {
          rows.push(...page.opportunities)
          const { nextPageUrl, startAfter, startAfterId } = page.meta
          if (nextPageUrl === null) break
          for (const { at, name } of comes) {
            const id = `walk${made++}`
            come.add(id)
            const createdAt = new Date(before[at % before.length]?.createdAt ?? bulk)
            await insertRow(server, { id, name, contactId: 'byMEV0NQinDhq8ZfiOi2', createdAt })
          }
          const ours = before.find(({ id }) => id.startsWith('walk') && !gone.has(id))
          if (goes && ours && ours.id !== page.opportunities.at(-1)?.id) {
            gone.add(ours.id)
            await server.ask('DELETE', `/opportunities/${ours.id}`)
          }
          const on = `${asked}&limit=${limit}&startAfter=${startAfter}&startAfterId=${startAfterId}`
          page = isByUrl
            ? ((await server.ask('GET', nextPageUrl.slice(server.url.length))).body as SearchResult)
            : await search(server, on)
        }
        assert.equal(new Set(idsOf(rows)).size, rows.length, 'no row twice')
        const staying = idsOf(before).filter((id) => !gone.has(id))
        assert.deepEqual(
          idsOf(rows).filter((id) => !gone.has(id) && !come.has(id)),
          staying,
        )
      }),
      { numRuns: 25 },
    )
  })

  async function everyRow(asked: string): Promise<FoundRow[]> {
    return followPages(server, await search(server, `${asked}&limit=100`))
  }
})
