import assert from 'node:assert/strict'
import { indexChanges } from '../../../src/api/opportunities/store/indexed.ts'
import { contactOf, searchText } from '../../../src/api/opportunities/store/search-text.ts'
import type { Queryable } from '../../../src/db/database.ts'
import { type Sql, sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { changeSeveral } from '../../../src/events/outbox.ts'
import type { Ask, TestServer } from '../test-server.ts'

export type FoundRow = Record<string, unknown> & {
  id: string
  name: string
  contactId: string
  createdAt: string
  sort: (string | number)[]
  contact: Record<'id' | 'name' | 'email' | 'phone' | 'companyName', string | null>
  customFields: ({ id: string; type: string } & Record<string, unknown>)[]
}

export type Meta = {
  total: number
  nextPageUrl: string | null
  startAfterId: string | null
  startAfter: number | null
  currentPage: number
  nextPage: number | null
  prevPage: number | null
}

export type SearchResult = { opportunities: FoundRow[]; meta: Meta; aggregations: object }

/** Searches by address; the location is the demo's, unless it is named. */
export async function search(
  server: TestServer,
  query: string,
  ask: Ask = {},
): Promise<SearchResult> {
  const location = `${ask.version === 'v3' ? 'locationId' : 'location_id'}=${demo.locationId}`
  const answer = await server.ask('GET', `/opportunities/search?${location}&${query}`, ask)
  assert.equal(answer.status, 200, answer.text.slice(0, 1_000))
  return answer.body as SearchResult
}

export type AdvancedSearchResult = {
  opportunities: FoundRow[]
  total: number
  stageAggregations?: Record<string, unknown>[]
  aggregations: object
}

/** Searches by body. */
export async function searchAdvanced(
  server: TestServer,
  body: object = {},
  ask: Ask = {},
): Promise<AdvancedSearchResult> {
  const answer = await server.ask('POST', '/opportunities/search', {
    ...ask,
    body: { locationId: demo.locationId, limit: 500, ...body },
  })
  assert.equal(answer.status, 200, answer.text.slice(0, 1_000))
  return answer.body as AdvancedSearchResult
}

export const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)

/** Follows `nextPageUrl` to the end, and returns what all pages had. */
export async function followPages(
  server: TestServer,
  first: SearchResult,
  ask: Ask = {},
): Promise<FoundRow[]> {
  const rows = [...first.opportunities]
  let { nextPageUrl } = first.meta
  for (let pages = 1; nextPageUrl !== null; pages++) {
    assert.ok(pages < 200, 'the pages end')
    assert.ok(nextPageUrl.startsWith(`${server.url}/opportunities/search?`), nextPageUrl)
    const answer = await server.ask('GET', nextPageUrl.slice(server.url.length), ask)
    assert.equal(answer.status, 200, answer.text.slice(0, 1_000))
    const page = answer.body as SearchResult
    assert.equal(page.meta.currentPage, pages + 1)
    assert.equal(page.meta.prevPage, pages)
    rows.push(...page.opportunities)
    nextPageUrl = page.meta.nextPageUrl
  }
  return rows
}

export type NewRow = {
  id: string
  contactId?: string
  name?: string
  value?: number
  probability?: number
  followers?: readonly string[]
  createdAt: Date
}

/** Writes an opportunity as creation does, made at a time of its own. */
export async function insertRow(server: TestServer, row: NewRow): Promise<void> {
  const { locationId } = demo
  const {
    id,
    contactId = demo.contactId,
    name = id,
    value = 1,
    probability = null,
    followers = [],
    createdAt: at,
  } = row
  const insert = sql`
    insert into opportunities (location_id, id, name, pipeline_id, pipeline_stage_id, contact_id,
      status, monetary_value, forecast_probability, followers, duplicate_slot,
      last_status_change_at, last_stage_change_at, created_at, updated_at, search_text)
    select f.location_id, ${id}, ${name}, ${demo.pipelineId}, ${demo.stageIds[0]}, f.id, 'open',
      ${value}::numeric, ${probability}::numeric, ${followers}::text[], ${id}, ${at}::timestamptz,
      ${at}::timestamptz, ${at}::timestamptz, ${at}::timestamptz, ${searchText(sql`${name}::text`)}
    ${contactOf(locationId, sql`${contactId}`)}`
  const inserted = sql`
    select o.* from opportunities o where o.location_id = ${locationId} and o.id = ${id}`
  await server.db.transaction((tx) => insertIndexed(tx, locationId, insert, inserted))
}

/** Inserts opportunities, with what they are found and counted by. */
export async function insertIndexed(
  tx: Queryable,
  locationId: string,
  insert: Sql,
  inserted: Sql,
): Promise<void> {
  await tx.query(insert)
  const derived = indexChanges(locationId, { after: sql`changed` })
  const now = new Date(0)
  await changeSeveral(tx, { locationId, now, change: inserted, ...derived, events: [] })
}

/** Newest first, and of two made at once by contact and id: how searches are sorted. */
export function newestFirst(a: FoundRow, b: FoundRow): number {
  const keys = (row: FoundRow) => [row.createdAt, row.contactId, row.id]
  const [left, right] = [keys(a), keys(b)]
  const i = left.findIndex((key, at) => key !== right[at])
  return i < 0 ? 0 : (left[i] ?? '') < (right[i] ?? '') ? 1 : -1
}
