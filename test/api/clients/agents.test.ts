import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { newEventTypes } from '../opportunities/changing.ts'
import { type FoundRow, idsOf, type SearchResult } from '../opportunities/searching.ts'
import { unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { caller } from './caller.ts'

const { locationId, pipelineId, contactId, stageIds, userIds, customFieldIds } = demo
const pair = { locationId, pipelineId, contactId }
const json = { accept: 'application/json', 'content-type': 'application/json' }

const server = testServer()

const rowOf = (answer: Record<string, unknown>) => answer.opportunity as FoundRow

/** UPSTREAM: rocketride-org/rocketride-server:nodes/src/nodes/tool_gohighlevel, behaviour.md §9 */
describe('RocketRide, tool_gohighlevel', () => {
  const ask = caller(server)
  const followers = { followers: [], isRemoveAllFollowers: false, followersActionType: 'add' }

  test('GET search until meta has no more, POST search with all that its body requires', async () => {
    const query = `limit=40&status=all&getTasks=true&getNotes=false&location_id=${locationId}`
    const first = (await ask('GET', `/opportunities/search?${query}`)) as SearchResult
    const { startAfter, startAfterId, total } = first.meta
    const cursor = `startAfter=${startAfter}&startAfterId=${startAfterId}`
    const second = (await ask('GET', `/opportunities/search?${query}&${cursor}`)) as SearchResult
    const rows = [...first.opportunities, ...second.opportunities]
    assert.equal(new Set(idsOf(rows)).size, total)
    assert.ok(rows.every((row) => Array.isArray(row.tasks) && !('notes' in row)))
    const flags = { notes: true, tasks: false, calendarEvents: false, unReadConversations: true }
    const body = { limit: 100, locationId, searchAfter: [], query: '', additionalDetails: flags }
    const advanced = await ask('POST', '/opportunities/search', { body })
    const found = advanced.opportunities as FoundRow[]
    assert.deepEqual(idsOf(found), idsOf(rows))
    assert.equal(advanced.total, total)
    assert.ok(found.every((row) => row.unReadConversations === 0 && !('tasks' in row)))
    const paged = await ask('POST', '/opportunities/search', { body: { ...body, page: 1 } })
    assert.deepEqual(paged.opportunities, [])
  })

  test('every write, with the three keys about followers on each upsert', async () => {
    const body = { pipelineId, name: 'Rocket', status: 'open', monetaryValue: 5, contactId }
    const made = rowOf(
      await ask('POST', '/opportunities/', { status: 201, body: { ...body, locationId } }),
    )
    const path = `/opportunities/${made.id}`
    const field = { key: 'budget', field_value: 12 }
    const changed = { pipelineStageId: stageIds[1], customFields: [field] }
    const moved = rowOf(await ask('PUT', path, { body: changed }))
    assert.deepEqual(moved.customFields, [{ id: customFieldIds.budget, fieldValue: 12 }])
    const reasons = await ask('GET', `/opportunities/lost-reason?locationId=${locationId}`)
    const [reason] = reasons.lostReasons as { id: string }[]
    const lost = { status: 'lost', lostReasonId: reason?.id }
    const told = await ask('PUT', `${path}/status`, { body: lost })
    assert.ok(told.succeded && told.success)
    assert.partialDeepStrictEqual(rowOf(await ask('GET', path)), lost)
    await server.newEvents()
    const upsert = { id: made.id, pipelineId, locationId, ...followers }
    const kept = await ask('POST', '/opportunities/upsert', { body: upsert })
    assert.equal(kept.new, false)
    assert.deepEqual(await newEventTypes(server), [], 'an empty add changes nothing')
    const unattached = { pipelineId, name: 'Nobody', locationId, ...followers }
    const refused = await server.ask('POST', '/opportunities/upsert', { body: unattached })
    assert.equal(refused.text, unprocessable('contactId should not be empty'))
    const some = { followers: userIds.slice(0, 2) }
    const added = await ask('POST', `${path}/followers`, { status: 201, body: some })
    assert.deepEqual(added, { followers: userIds.slice(0, 2), followersAdded: userIds.slice(0, 2) })
    const all = `${path}/followers?isRemoveAllFollowers=true`
    const removed = await ask('DELETE', all, { body: { followers: [userIds[0]] } })
    assert.deepEqual(removed, { followers: [], followersRemoved: userIds.slice(0, 2) })
    assert.equal((await ask('DELETE', path)).succeded, true)
  })
})

/** UPSTREAM: the sources of both, which share their client of the API; behaviour.md §9 */
describe('mastanley13/GoHighLevel-MCP and cristip73/GoHighLevel-MCP', () => {
  const ask = caller(server, { headers: json })

  test('search with everything that the tool has, in snake_case', async () => {
    const [row] = (
      (await ask('GET', `/opportunities/search?location_id=${locationId}`)) as SearchResult
    ).opportunities
    const query = new URLSearchParams({
      location_id: locationId,
      q: String(row?.contact.email),
      pipeline_id: String(row?.pipelineId),
      pipeline_stage_id: String(row?.pipelineStageId),
      contact_id: String(row?.contactId),
      status: 'all',
      assigned_to: String(row?.assignedTo),
      id: String(row?.id),
      order: 'added_desc',
      date: '01-01-2026',
      endDate: '12-31-2026',
      country: 'US',
      page: '1',
      limit: '20',
      getTasks: 'false',
      getNotes: 'false',
      getCalendarEvents: 'false',
    })
    const found = (await ask('GET', `/opportunities/search?${query}`)) as SearchResult
    assert.deepEqual(idsOf(found.opportunities), [row?.id])
    assert.equal(found.meta.total, 1)
  })

  test('the tools for one opportunity, read as data.opportunity and succeded', async () => {
    const { pipelines } = await ask('GET', `/opportunities/pipelines?locationId=${locationId}`)
    assert.equal((pipelines as object[]).length, 3)
    const body = { ...pair, name: 'MCP', status: 'open', monetaryValue: 1500, source: 'MCP' }
    const { id } = rowOf(await ask('POST', '/opportunities/', { status: 201, body }))
    const path = `/opportunities/${id}`
    assert.equal(rowOf(await ask('GET', path)).source, 'MCP')
    const changed = { name: 'Renamed', pipelineStageId: stageIds[2], assignedTo: userIds[3] }
    assert.partialDeepStrictEqual(rowOf(await ask('PUT', path, { body: changed })), changed)
    const won = await ask('PUT', `${path}/status`, { body: { status: 'won' } })
    assert.equal(won.succeded, true)
    const upserted = await ask('POST', '/opportunities/upsert', {
      body: { ...pair, name: 'Upserted', status: 'won', followers: userIds[1] },
    })
    assert.equal(upserted.new, false)
    assert.partialDeepStrictEqual(upserted.opportunity, { id, followers: [userIds[1]] })
    const two = { followers: userIds.slice(1, 3) }
    const added = await ask('POST', `${path}/followers`, { status: 201, body: two })
    assert.deepEqual(added.followersAdded, [userIds[2]])
    const removed = await ask('DELETE', `${path}/followers`, { body: two })
    assert.deepEqual(removed, { followers: [], followersRemoved: two.followers })
    assert.equal((await ask('DELETE', path)).succeded, true)
  })
})

/** UPSTREAM: growthable-source/ghl-agent:lib/crm/ghl/adapter.ts, behaviour.md §9 */
describe('growthable-source/ghl-agent', () => {
  const ask = caller(server, { headers: json })

  test('what a contact has, upserted by contact and pipeline without a word of followers', async () => {
    const wanted = { contactId, pipelineId, pipelineStageId: stageIds[1], name: 'Agent' }
    const upsert = async (more: object) =>
      ask('POST', '/opportunities/upsert', { body: { ...wanted, ...more, locationId } })
    const first = await upsert({ status: 'open' })
    assert.equal(first.new, true)
    const { id } = rowOf(first)
    const second = await upsert({ monetaryValue: 99.5 })
    assert.equal(second.new, false)
    assert.partialDeepStrictEqual(rowOf(second), { id, monetaryValue: 99.5, followers: [] })
    const query = new URLSearchParams({
      contact_id: contactId,
      location_id: locationId,
      status: 'all',
    })
    const found = (await ask('GET', `/opportunities/search?${query}`)) as SearchResult
    assert.deepEqual(idsOf(found.opportunities), [id])
    const path = `/opportunities/${id}`
    await ask('PUT', path, { body: { pipelineStageId: stageIds[3] } })
    await ask('PUT', path, { body: { monetaryValue: 100 } })
    await ask('PUT', `${path}/status`, { body: { status: 'abandoned' } })
    assert.partialDeepStrictEqual(rowOf(await ask('GET', path)), {
      pipelineStageId: stageIds[3],
      monetaryValue: 100,
      status: 'abandoned',
    })
    const body = { followers: [userIds[5]] }
    await ask('POST', `${path}/followers`, { status: 201, body })
    await ask('DELETE', `${path}/followers`, { body })
    await ask('DELETE', path)
    assert.equal((await server.ask('GET', path)).status, 404, 'which it reads as null')
  })
})

/** UPSTREAM: NicholaiVogel/GoHighLevel-CLI:crates/ghl/src/opportunities.rs, behaviour.md §9 */
describe('NicholaiVogel/GoHighLevel-CLI', () => {
  const agent = 'Mozilla/5.0 (compatible; ghl-cli/0.1; +https://github.com/NicholaiVogel/GHL-CLI)'
  const ask = caller(server, { headers: { ...json, 'user-agent': agent } })

  test('looks for a duplicate by name before it creates, and finds it the second time', async () => {
    const name = 'Deal from the CLI'
    const asked = new URLSearchParams({
      location_id: locationId,
      limit: '5',
      q: name,
      pipeline_id: pipelineId,
      contact_id: contactId,
      status: 'open',
    })
    const search = async () => (await ask('GET', `/opportunities/search?${asked}`)) as SearchResult
    assert.deepEqual((await search()).opportunities, [])
    const body = { locationId, name, pipelineId, contactId, status: 'open', monetaryValue: 0.1 }
    const { id } = rowOf(await ask('POST', '/opportunities/', { status: 201, body }))
    const [same] = (await search()).opportunities
    assert.partialDeepStrictEqual(same, { id, name, pipelineId, contactId })
    await ask('PUT', `/opportunities/${id}`, { body: { status: 'won' } })
    assert.deepEqual((await search()).opportunities, [])
    await ask('DELETE', `/opportunities/${id}`)
  })

  test('pages by number, and by startAfterId before startAfter', async () => {
    const own = `location_id=${locationId}&limit=25`
    const page = async (more: string) =>
      (await ask('GET', `/opportunities/search?${own}&${more}`)) as SearchResult
    const first = await page('page=1')
    const byNumber = await page('page=2')
    const { startAfter, startAfterId } = first.meta
    const byKey = await page(`startAfterId=${startAfterId}&startAfter=${startAfter}`)
    assert.equal(byNumber.opportunities.length, 25)
    assert.deepEqual(byKey.opportunities, byNumber.opportunities)
  })
})
