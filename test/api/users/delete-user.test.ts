import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { limits } from '../../../src/limits.ts'
import { until } from '../../until.ts'
import {
  asAgency,
  asOtherLocation,
  createUnrelatedAgency,
  refusals,
  tokenWith,
} from '../companies/agencies.ts'
import { insertIndexed } from '../opportunities/searching.ts'
import { testServer } from '../test-server.ts'
import { ben, makeUser, membership, opportunitiesOfUser, userEventFields } from './people.ts'

const { companyId } = demo
const homeLocationId = demo.locationId
const otherLocationId = demo.otherLocation.locationId
const [olivia, , sarah, marcus, elena] = demo.userIds

describe('delete-user', () => {
  const server = testServer()

  const remove = (id: string, caller: object = {}) => server.ask('DELETE', `/users/${id}`, caller)

  /** The payload of an opportunity's events, as its row is now. */
  async function cardTold(id: string): Promise<Record<string, unknown>> {
    const { body } = await server.ask('GET', `/opportunities/${id}`)
    const o = body.opportunity as Record<string, unknown>
    const { locationId, assignedTo, contactId, monetaryValue, name } = o
    const { pipelineId, pipelineStageId, source, status, createdAt: dateAdded } = o
    return {
      ...{ locationId, id, assignedTo, contactId, monetaryValue, name },
      ...{ pipelineId, pipelineStageId, source, status, dateAdded },
    }
  }

  test('200: gone from everywhere, with exactly the events of it', async () => {
    const before = await opportunitiesOfUser(server, homeLocationId, sarah)
    const marcusOpportunities = await opportunitiesOfUser(server, homeLocationId, marcus)
    assert.ok(before.some((card) => card.assignedTo === sarah))
    assert.ok(before.some((card) => card.followers.includes(sarah)))
    const user = (await server.ask('GET', `/users/${sarah}`)).body
    await server.newEvents()
    server.now = new Date('2026-03-02T08:00:00.000Z')
    const { status, text } = await remove(sarah)
    assert.equal(status, 200)
    assert.equal(
      text,
      '{"succeded":true,"message":"Queued deleting user with e-mail sarah.nguyen@agency.example ' +
        'and name Sarah Nguyen. Will take effect in a few minutes."}',
    )
    assert.deepEqual(await opportunitiesOfUser(server, homeLocationId, sarah), [])
    assert.equal(await membership(server, homeLocationId, sarah), 'none')

    const expected: object[] = [
      { type: 'UserDelete', payload: { locationId: homeLocationId, ...userEventFields(user) } },
    ]
    for (const card of before) {
      const payload = await cardTold(card.id)
      const followers = card.followers.filter((id) => id !== sarah)
      expected.push({ type: 'OpportunityUpdate', payload })
      if (card.assignedTo === sarah) expected.push({ type: 'OpportunityAssignedToUpdate', payload })
      if (card.followers.includes(sarah)) {
        const changed = { followers, followersAdded: [], followersRemoved: [sarah] }
        const followed = { ...payload, ...changed }
        expected.push({ type: 'OpportunityFollowersUpdate', payload: followed })
      }
      const { body } = await server.ask('GET', `/opportunities/${card.id}`)
      const row = body.opportunity as Record<string, unknown>
      assert.deepEqual(row.followers, followers)
      assert.equal(row.assignedTo, card.assignedTo === sarah ? null : card.assignedTo)
      assert.equal(row.updatedAt, server.now.toISOString())
      assert.equal(row.indexVersion, card.indexVersion + 1)
    }
    assert.deepEqual(await server.newEvents(), expected)

    const untouched = new Set(before.map((card) => card.id))
    const rest = (cards: typeof marcusOpportunities) =>
      cards.filter((card) => !untouched.has(card.id))
    assert.ok(rest(marcusOpportunities).length > 0)
    assert.deepEqual(
      rest(await opportunitiesOfUser(server, homeLocationId, marcus)),
      rest(marcusOpportunities),
    )
  })

  test('200: nobody who is deleted is listed, found, followed by or assigned', async () => {
    const lists = [
      `/users/?locationId=${homeLocationId}`,
      `/users/search?companyId=${companyId}`,
      `/users/search?companyId=${companyId}&ids=${sarah}`,
    ]
    for (const list of lists) {
      const { body } = await server.ask('GET', list)
      assert.ok(!(body.users as { id: string }[]).some(({ id }) => id === sarah), list)
    }
    assert.equal((await server.ask('GET', `/users/${sarah}`)).status, 401)
    const followers = await server.ask('POST', `/opportunities/${demo.opportunityId}/followers`, {
      body: { followers: [sarah] },
    })
    assert.equal(followers.status, 422)
    const repeatedAnswer = await remove(sarah)
    assert.deepEqual(
      [repeatedAnswer.status, repeatedAnswer.body.message],
      [401, 'The user does not exist.'],
    )
    assert.deepEqual(await server.newEvents(), [])
  })

  test('200: under v3 the other spelling', async () => {
    const id = await makeUser(server, { email: 'v3@deo.example' })
    const { status, text } = await remove(id, { version: 'v3' })
    assert.equal(status, 200)
    assert.equal(
      text,
      '{"succeeded":true,"message":"Queued deleting user with e-mail v3@deo.example ' +
        'and name John Deo. Will take effect in a few minutes."}',
    )
  })

  test('200: in all locations, as the agency, and the form of the event', async () => {
    const body = { companyId, locationIds: [homeLocationId, otherLocationId] }
    const changed = await server.ask('PUT', `/users/${elena}`, { ...asAgency, body })
    assert.equal(changed.status, 200)
    await server.ask('POST', `/opportunities/${demo.otherLocation.opportunityId}/followers`, {
      ...asOtherLocation,
      body: { followers: [elena] },
    })
    assert.equal((await opportunitiesOfUser(server, otherLocationId, elena)).length, 1)
    await server.newEvents()
    assert.equal((await remove(elena, asAgency)).status, 200)
    for (const locationId of [homeLocationId, otherLocationId]) {
      assert.deepEqual(await opportunitiesOfUser(server, locationId, elena), [])
      assert.equal(await membership(server, locationId, elena), 'none')
    }
    const deleteEvents = (await server.newEvents()).filter(({ type }) => type === 'UserDelete')
    const locationIds = deleteEvents.map(({ payload }) => payload.locationId)
    assert.deepEqual(locationIds.toSorted(), [homeLocationId, otherLocationId].toSorted())
  })

  test('200: a user whose only location was deleted, and the event under the agency', async () => {
    const born = new Date('2026-01-01T00:00:00.000Z')
    const locationId = 'closedLocation'
    await server.db.query(sql`
      insert into locations (location_id, company_id, name, created_at, updated_at)
      values (${locationId}, ${companyId}, 'Closed', ${born}, ${born})`)
    const email = 'stranded@deo.example'
    const id = await makeUser(server, { email, locationIds: [locationId] })
    const path = `/locations/${locationId}?deleteTwilioAccount=false`
    assert.equal((await server.ask('DELETE', path, asAgency)).status, 200)
    const user = (await server.ask('GET', `/users/${id}`, asAgency)).body
    assert.equal((await remove(id, asAgency)).status, 200)
    const payload = { companyId, ...userEventFields(user), locations: [] }
    assert.deepEqual(await server.newEvents(), [{ type: 'UserDelete', payload }])
    const [row] = await server.db.query<{ under: string }>(sql`
      select location_id as under from outbox where payload ->> 'id' = ${id}
        and type = 'UserDelete'`)
    assert.equal(row?.under, companyId)
  })

  test('200: an agency’s user without a location', async () => {
    const values = { email: 'free@deo.example', type: 'agency', locationIds: [] }
    const id = await makeUser(server, values)
    const { body: user } = await server.ask('GET', `/users/${id}`, asAgency)
    assert.equal((await remove(id, asAgency)).status, 200)
    assert.deepEqual(await server.newEvents(), [
      { type: 'UserDelete', payload: { companyId, ...userEventFields(user), locations: [] } },
    ])
  })

  test('200: one in more records than a step takes', async () => {
    const id = await makeUser(server, { email: 'busy@deo.example' })
    const count = limits.clearingRowsMax * 2 + 1
    const insert = sql`
      insert into opportunities (location_id, id, name, pipeline_id, pipeline_stage_id,
        contact_id, status, assigned_to, followers, duplicate_slot, last_status_change_at,
        last_stage_change_at, created_at, updated_at)
      select ${homeLocationId}, 'busy' || n, 'Busy', ${demo.pipelineId}, ${demo.stageIds[0]},
        ${demo.contactId}, 'open', case when n % 2 = 0 then ${id} end,
        case when n % 2 = 0 then '{}' else array[${id}] end, 'busy' || n, ${server.now},
        ${server.now}, ${server.now}, ${server.now}
      from generate_series(1, ${count}::int) n`
    const inserted = sql`
      select o.* from opportunities o
      where o.location_id = ${homeLocationId} and o.id like 'busy%'`
    await server.db.transaction((tx) => insertIndexed(tx, homeLocationId, insert, inserted))
    assert.equal((await opportunitiesOfUser(server, homeLocationId, id)).length, count)
    await remove(id)
    await until(async () => (await membership(server, homeLocationId, id)) === 'none')
    assert.deepEqual(await opportunitiesOfUser(server, homeLocationId, id), [])
    const events = await server.newEvents()
    const counted = (type: string) => events.filter((event) => event.type === type).length
    const odd = Math.ceil(count / 2)
    assert.deepEqual(
      ['UserDelete', 'OpportunityUpdate', 'OpportunityFollowersUpdate'].map(counted),
      [1, count, odd],
    )
    assert.equal(counted('OpportunityAssignedToUpdate'), count - odd)
  })

  test('200: followers added at the same time are none of the deleted', async () => {
    const id = await makeUser(server, { email: 'race@deo.example' })
    const follow = () =>
      server.ask('POST', `/opportunities/${demo.opportunityId}/followers`, {
        body: { followers: [id] },
      })
    const answers = await Promise.all([follow(), remove(id), follow(), follow()])
    assert.ok(answers.every(({ status }) => status < 500))
    await until(async () => (await membership(server, homeLocationId, id)) === 'none')
    assert.deepEqual(await opportunitiesOfUser(server, homeLocationId, id), [])
  })

  test('200: of many calls at once one deletes', async () => {
    const id = await makeUser(server, { email: 'once@deo.example' })
    const answers = await Promise.all(Array.from({ length: 5 }, () => remove(id)))
    const statuses = answers.map(({ status }) => status).toSorted()
    assert.deepEqual(statuses, [200, 401, 401, 401, 401])
    assert.deepEqual(
      (await server.newEvents()).map(({ type }) => type),
      ['UserDelete'],
    )
  })

  test('401: a user who is not there, or elsewhere', async () => {
    const unrelatedAgency = await createUnrelatedAgency(server)
    const missing = [
      ['nobody-knows-me', asAgency],
      [unrelatedAgency.userId, asAgency],
      [sarah, asAgency],
      [demo.otherLocation.userIds[0], {}],
      [ben.id, asOtherLocation],
    ] as const
    for (const [id, caller] of missing) {
      const { status, body } = await remove(id, caller)
      assert.deepEqual([status, body.message], [401, 'The user does not exist.'])
    }
    assert.equal(await membership(server, otherLocationId, demo.otherLocation.userIds[0]), 'works')
    assert.deepEqual(await server.newEvents(), [])
  })

  test('401: a token without the scope, and an agency’s user by a location', async () => {
    const token = await tokenWith(server, { allowedScopes: ['users.readonly'] })
    const unscopedAnswer = await remove(ben.id, { token })
    assert.deepEqual([unscopedAnswer.status, unscopedAnswer.text], [401, refusals.missingScope])
    const higher = await remove(olivia)
    assert.deepEqual([higher.status, higher.text], [401, refusals.notForLocations])
    assert.equal(await membership(server, homeLocationId, olivia), 'works')
  })

  test('403: somebody who works elsewhere too, by a location', async () => {
    const id = await makeUser(server, {
      email: 'two@deo.example',
      locationIds: [homeLocationId, otherLocationId],
    })
    const { status, text } = await remove(id)
    assert.deepEqual([status, text], [403, refusals.otherLocation])
    assert.equal(await membership(server, homeLocationId, id), 'works')
  })
})
