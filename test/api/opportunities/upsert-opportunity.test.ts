import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { notOneOf, opportunityNotFound, otherLocation, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { assertChangeRefused, newEventTypes, upsert } from './changing.ts'
import { clearPipeline, createOpportunity, readBack } from './creation.ts'
import { addMembers } from './members.ts'

const { locationId, pipelineId, contactId, userIds } = demo
const pair = { locationId, pipelineId, contactId }
const path = ['POST', '/opportunities/upsert'] as const

describe('Upsert-opportunity', () => {
  const server = testServer()
  beforeEach(() => clearPipeline(server))

  const allowDuplicates = (allowed: boolean) =>
    server.db.query(sql`
      update locations set allow_duplicate_opportunity = ${allowed}
      where location_id = ${locationId}`)

  test('200: creates what the contact does not have, in the shape of reading', async () => {
    const body = {
      ...pair,
      name: 'opportunity name',
      status: 'lost',
      lostReasonId: demo.lostReasonIds.price,
      pipelineStageId: demo.stageIds[1],
      monetaryValue: 220,
      assignedTo: userIds[4],
      source: 'public api',
      followers: [userIds[1], userIds[0], userIds[1]],
      isRemoveAllFollowers: true,
      followersActionType: 'add',
      forecastExpectedCloseDate: '2026-04-23',
      forecastProbability: 20,
    }
    const made = await upsert(server, body)
    assert.equal(made.new, true)
    assert.deepEqual(made.opportunity, await readBack(server, made.opportunity.id))
    const { opportunity: row } = made
    const { pipelineStageId, name, status, lostReasonId, source } = body
    assert.partialDeepStrictEqual(row, { pipelineStageId, name, status, lostReasonId, source })
    assert.deepEqual(row.followers, [userIds[1], userIds[0]])
    assert.equal(row.forecastOriginalCloseDate, '2026-04-23')
    const events = await server.newEvents()
    assert.deepEqual(
      events.map(({ type }) => type),
      ['OpportunityCreate', 'OpportunityUpdate', 'OpportunityFollowersUpdate'],
    )
    assert.deepEqual(events[2]?.payload.followersAdded, [userIds[1], userIds[0]])
  })

  test('200: the least: open, of the contact’s name, in the first stage', async () => {
    const { opportunity: row } = await upsert(server, pair)
    assert.equal(row.name, 'Jordan Blake')
    assert.equal(row.status, 'open')
    assert.equal(row.pipelineStageId, demo.stageIds[0])
    assert.deepEqual(await newEventTypes(server), ['OpportunityCreate', 'OpportunityUpdate'])
  })

  test('200: a contact without a name lends what it has', async () => {
    for (const [email, phone, name] of [
      ['a@b.example', '+1', 'a@b.example'],
      [null, '+1', '+1'],
      [null, null, 'nameless'],
    ]) {
      await server.db.query(sql`
        delete from opportunities where location_id = ${locationId} and contact_id = 'nameless'`)
      await server.db.query(sql`
        insert into contacts (location_id, id, email, phone, created_at, updated_at)
        values (${locationId}, 'nameless', ${email}, ${phone}, ${server.now}, ${server.now})
        on conflict (location_id, id) do update set email = ${email}, phone = ${phone}`)
      const { opportunity } = await upsert(server, { ...pair, contactId: 'nameless' })
      assert.equal(opportunity.name, name)
    }
  })

  // UPSTREAM: behaviour.md §2.5, by contact and pipeline as clients do
  test('200: changes what the contact has, and only what was sent', async () => {
    const made = await createOpportunity(server, { monetaryValue: 5, source: 'form' })
    await server.newEvents()
    const changed = await upsert(server, { ...pair, status: 'won', name: null })
    assert.equal(changed.new, false)
    assert.deepEqual(changed.opportunity, { ...made, status: 'won', indexVersion: 2 })
    assert.deepEqual(await newEventTypes(server), ['OpportunityUpdate', 'OpportunityStatusUpdate'])
    const again = await upsert(server, { ...pair, status: 'won', followers: [] })
    assert.deepEqual(again, { opportunity: changed.opportunity, new: false })
    assert.deepEqual(await server.newEvents(), [])
  })

  test('200: by its id, to another pipeline too', async () => {
    const { id } = await createOpportunity(server)
    const renewals = 'aWdODOBVOlH1RUFKWQke'
    const { opportunity, new: isNew } = await upsert(server, {
      id,
      locationId,
      pipelineId: renewals,
    })
    assert.equal(isNew, false)
    assert.equal(opportunity.id, id)
    assert.equal(opportunity.pipelineId, renewals)
  })

  test('200: with duplicates the newest open one, or else the newest', async () => {
    await allowDuplicates(true)
    const ids: string[] = []
    for (const status of ['open', 'open', 'won', 'lost']) {
      server.now = new Date(server.now.getTime() + 1_000)
      ids.push((await createOpportunity(server, { status })).id)
    }
    assert.equal((await upsert(server, pair)).opportunity.id, ids[1])
    await upsert(server, { ...pair, status: 'won' })
    assert.equal((await upsert(server, pair)).opportunity.id, ids[0])
    await upsert(server, { ...pair, status: 'won' })
    assert.equal((await upsert(server, pair)).opportunity.id, ids[3])
    await allowDuplicates(false)
  })

  test('200: followers are added, removed, and emptied first', async () => {
    const [a, b, c] = userIds
    const { id } = await createOpportunity(server)
    const steps: [sent: object, after: string[]][] = [
      [{ followers: a }, [a]],
      [{ followers: [b, a] }, [a, b]],
      [{ followers: [a, c], followersActionType: 'remove' }, [b]],
      [{ followers: [c], isRemoveAllFollowers: true }, [c]],
      [{ followers: [c], isRemoveAllFollowers: true, followersActionType: 'remove' }, []],
      [{ followers: null, followersActionType: null, isRemoveAllFollowers: null }, []],
    ]
    for (const [sent, after] of steps) {
      const { opportunity } = await upsert(server, { ...pair, ...sent })
      assert.deepEqual(opportunity.followers, after)
      assert.deepEqual((await readBack(server, id)).followers, after)
    }
    const told = (await server.newEvents())
      .filter(({ type }) => type === 'OpportunityFollowersUpdate')
      .map(({ payload }) => [payload.followersAdded, payload.followersRemoved])
    assert.deepEqual(told, [
      [[a], []],
      [[b], []],
      [[], [a]],
      [[c], [b]],
      [[], [c]],
    ])
  })

  test('422: an eleventh follower and unknown users, new or not, and nothing is written', async () => {
    const crew = await addMembers(server.db, 11)
    const tooMany = unprocessable('followers must contain no more than 10 elements')
    const followers = ['nope', demo.otherLocation.userIds[0]]
    const unknown = unprocessable(...followers.map((id) => `User with id ${id} not found`))
    for (const prepare of [async () => undefined, () => createOpportunity(server)]) {
      await prepare()
      await assertChangeRefused(server, path, { body: { ...pair, followers: crew } }, [
        422,
        tooMany,
      ])
      const body = { ...pair, name: 'x', followers, isRemoveAllFollowers: true }
      await assertChangeRefused(server, path, { body }, [422, unknown])
    }
    const { opportunity } = await upsert(server, { ...pair, followers: crew.slice(1) })
    assert.deepEqual(opportunity.followers, crew.slice(1))
  })

  test('422: neither id nor contact, and everything that is missing', async () => {
    const text = unprocessable('contactId should not be empty')
    for (const rest of [{}, { contactId: null }, { contactId: '' }, { id: '' }]) {
      await assertChangeRefused(server, path, { body: { locationId, pipelineId, ...rest } }, [
        422,
        text,
      ])
    }
    const missing = ['pipelineId', 'locationId'].flatMap((name) => [
      `${name} must be a string`,
      `${name} should not be empty`,
    ])
    await assertChangeRefused(server, path, { body: {} }, [422, unprocessable(...missing)])
    const wrong = { ...pair, followers: 5, followersActionType: 'set', customFields: [] }
    const messages = [
      'property customFields should not exist',
      'followers must be an array',
      notOneOf('followersActionType', 'add', 'remove'),
    ]
    await assertChangeRefused(server, path, { body: wrong }, [422, unprocessable(...messages)])
  })

  test('404, 422, 403, 400: what is not there, or is not theirs', async () => {
    const byId = { locationId, pipelineId, id: demo.otherLocation.opportunityId }
    await assertChangeRefused(server, path, { body: byId }, [404, opportunityNotFound])
    const stolen = { ...pair, id: demo.opportunityId }
    const text = unprocessable('property contactId should not exist')
    await assertChangeRefused(server, path, { body: stolen }, [422, text])
    const elsewhere = { ...pair, locationId: demo.otherLocation.locationId }
    await assertChangeRefused(server, path, { body: elsewhere }, [403, otherLocation])
    const bad = (message: string) =>
      [400, JSON.stringify({ statusCode: 400, message, error: 'Bad Request' })] as const
    await assertChangeRefused(
      server,
      path,
      { body: { ...pair, pipelineId: 'nope' } },
      bad('The pipeline id is invalid.'),
    )
    await assertChangeRefused(
      server,
      path,
      { body: { ...pair, contactId: 'nope' } },
      bad('Contact with id nope not found'),
    )
    const reason = unprocessable('lostReasonId should not exist unless status is lost')
    const lost = { ...pair, lostReasonId: demo.lostReasonIds.price }
    await assertChangeRefused(server, path, { body: lost }, [422, reason])
    const noReason = unprocessable('Lost reason with id nope not found')
    const unknown = { ...pair, status: 'lost', lostReasonId: 'nope' }
    await assertChangeRefused(server, path, { body: unknown }, [422, noReason])
  })

  test('200: of 12 at once one creates and all others change, duplicates allowed or not', async () => {
    for (const allowed of [false, true]) {
      await allowDuplicates(allowed)
      await clearPipeline(server)
      const bodies = Array.from({ length: 12 }, (_, i) => ({ ...pair, monetaryValue: i + 1 }))
      const all = await Promise.all(bodies.map((body) => upsert(server, body)))
      assert.equal(all.filter((one) => one.new).length, 1)
      const ids = new Set(all.map(({ opportunity }) => opportunity.id))
      assert.equal(ids.size, 1)
      const [id = ''] = ids
      assert.equal((await readBack(server, id)).indexVersion, 12)
      const types = await newEventTypes(server)
      assert.equal(types.filter((type) => type === 'OpportunityCreate').length, 1)
      assert.equal(types.filter((type) => type === 'OpportunityMonetaryValueUpdate').length, 11)
    }
    await allowDuplicates(false)
  })
})
