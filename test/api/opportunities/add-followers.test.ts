import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { opportunityNotFound, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { addMembers, follow, setLeaving } from './members.ts'

const path = `/opportunities/${demo.opportunityId}/followers`
const [first, second, third, fourth] = demo.followers
const [, , , , fifth = '', sixth = ''] = demo.userIds
const [stranger = ''] = demo.otherLocation.userIds

const notFound = (...ids: string[]) =>
  unprocessable(...ids.map((id) => `User with id ${id} not found`))
const tooMany = unprocessable('followers must contain no more than 10 elements')

describe('add-followers-opportunity', () => {
  const server = testServer()
  let crew: string[] = []
  before(async () => {
    crew = await addMembers(server.db, 12)
  })

  /** Lets these users follow, as if nothing had happened before. */
  async function start(...followers: string[]): Promise<void> {
    await follow(server.db, followers)
    await server.newEvents()
  }

  const read = async () => {
    const { body } = await server.ask('GET', `/opportunities/${demo.opportunityId}`)
    return body.opportunity as Record<string, unknown>
  }

  /** Asserts that the body is refused in these words, and that it changed and told nothing. */
  async function refuse(body: unknown, text: string): Promise<void> {
    const earlier = await read()
    const answer = await server.ask('POST', path, { body })
    assert.equal(answer.text, text)
    assert.equal(answer.status, 422)
    assert.deepEqual(await read(), earlier)
    assert.deepEqual(await server.newEvents(), [])
  }

  test('201: new followers come after those who are there, in the order given', async () => {
    await start(second, first)
    const answer = await server.ask('POST', path, { body: { followers: [fifth, fourth, third] } })
    assert.equal(answer.status, 201)
    const followers = [second, first, fifth, fourth, third]
    const followersAdded = [fifth, fourth, third]
    assert.equal(answer.text, JSON.stringify({ followers, followersAdded }))
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.deepEqual((await read()).followers, followers)
  })

  // UPSTREAM: behaviour.md §3, the contract's FollowersDTO
  test('201: the official example, one user twice who follows already, adds nobody', async () => {
    await start(...demo.followers)
    const earlier = await read()
    const body = { followers: ['sx6wyHhbFdRXh302Lunr', 'sx6wyHhbFdRXh302Lunr'] }
    const answer = await server.ask('POST', path, { body })
    assert.equal(answer.status, 201)
    const expected = { followers: demo.followers, followersAdded: [] }
    assert.equal(answer.text, JSON.stringify(expected))
    assert.deepEqual(await server.newEvents(), [])
    assert.deepEqual(await read(), earlier)
  })

  test('201: appends exactly its two events, in this order', async () => {
    await start(first)
    await server.ask('POST', path, { body: { followers: [fifth, first] } })
    const opportunity = {
      id: demo.opportunityId,
      name: 'Website redesign for Northwind Dental',
      source: 'form',
      status: 'open',
      contactId: 'byMEV0NQinDhq8ZfiOi2',
      dateAdded: '2026-01-06T15:00:00.000Z',
      assignedTo: null,
      locationId: demo.locationId,
      pipelineId: demo.pipelineId,
      monetaryValue: 4800,
      pipelineStageId: demo.stageIds[0],
    }
    assert.deepEqual(await server.newEvents(), [
      { type: 'OpportunityUpdate', payload: opportunity },
      {
        type: 'OpportunityFollowersUpdate',
        payload: {
          ...opportunity,
          followers: [first, fifth],
          followersAdded: [fifth],
          followersRemoved: [],
        },
      },
    ])
  })

  test('201: stamps updatedAt and counts the change, and changes nothing else', async () => {
    await start(first)
    const earlier = await read()
    server.now = new Date('2026-06-07T08:09:10.011Z')
    await server.ask('POST', path, { body: { followers: [second] } })
    assert.deepEqual(await read(), {
      ...earlier,
      followers: [first, second],
      updatedAt: '2026-06-07T08:09:10.011Z',
      indexVersion: 2,
    })
  })

  test('201: counts somebody named twice once, at the first place', async () => {
    await start()
    const followers = [sixth, first, sixth, first, sixth]
    const { status, body } = await server.ask('POST', path, { body: { followers } })
    assert.equal(status, 201)
    assert.deepEqual(body, { followers: [sixth, first], followersAdded: [sixth, first] })
  })

  test('201: skips who follows already, and adds the others', async () => {
    await start(third, first)
    const followers = [first, fifth, third, second]
    const { body } = await server.ask('POST', path, { body: { followers } })
    const followersAdded = [fifth, second]
    assert.deepEqual(body, { followers: [third, first, ...followersAdded], followersAdded })
  })

  test('201: a call that adds nobody appends nothing and leaves updatedAt', async () => {
    await start(second, first)
    const earlier = await read()
    for (const followers of [[], [first], [first, second], [second, second]]) {
      const { status, body } = await server.ask('POST', path, { body: { followers } })
      assert.equal(status, 201)
      assert.deepEqual(body, { followers: [second, first], followersAdded: [] })
    }
    assert.deepEqual(await server.newEvents(), [])
    assert.deepEqual(await read(), earlier)
  })

  test('201: somebody who follows stays, even when gone from the location', async () => {
    await start(stranger, first)
    const { status, body } = await server.ask('POST', path, {
      body: { followers: [stranger, second] },
    })
    assert.equal(status, 201)
    assert.deepEqual(body, { followers: [stranger, first, second], followersAdded: [second] })
  })

  test('201: with a slash at the end, and under every version', async () => {
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      await start(first)
      const options = { version, body: { followers: [second] } }
      const { status, body } = await server.ask('POST', `${path}/`, options)
      assert.equal(status, 201)
      assert.deepEqual(body, { followers: [first, second], followersAdded: [second] })
    }
  })

  test('201: exactly ten, at once and one by one', async () => {
    const ten = crew.slice(0, 10)
    await start()
    const { status, body } = await server.ask('POST', path, { body: { followers: ten } })
    assert.equal(status, 201)
    assert.deepEqual(body, { followers: ten, followersAdded: ten })
    await start()
    for (const [i, id] of ten.entries()) {
      const answer = await server.ask('POST', path, { body: { followers: [id] } })
      assert.equal(answer.status, 201)
      assert.deepEqual(answer.body, { followers: ten.slice(0, i + 1), followersAdded: [id] })
    }
  })

  test('201: a list of more than ten names that are no more than ten users', async () => {
    const ten = crew.slice(0, 10)
    await start(...ten.slice(0, 9))
    const { status, body } = await server.ask('POST', path, {
      body: { followers: [...ten, ...ten] },
    })
    assert.equal(status, 201)
    assert.deepEqual(body, { followers: ten, followersAdded: [ten[9]] })
  })

  test('422: an eleventh follower, and nobody is added', async () => {
    await start(...crew.slice(0, 10))
    await refuse({ followers: [crew[10]] }, tooMany)
    await refuse({ followers: [crew[0], crew[11]] }, tooMany)
    await start(...crew.slice(0, 9))
    await refuse({ followers: [crew[9], crew[10]] }, tooMany)
    await start()
    await refuse({ followers: crew.slice(0, 11) }, tooMany)
    await start(...crew.slice(0, 10))
    const { status, body } = await server.ask('POST', path, { body: { followers: [crew[3]] } })
    assert.equal(status, 201)
    assert.deepEqual(body, { followers: crew.slice(0, 10), followersAdded: [] })
  })

  test('422: unknown users, each of them named, and nobody is added', async () => {
    await start(first)
    await refuse({ followers: ['nobody-knows-me'] }, notFound('nobody-knows-me'))
    await refuse({ followers: [second, 'x', third, 'y', 'x'] }, notFound('x', 'y'))
    const odd = [
      '',
      ' ',
      "'",
      '"',
      '\\',
      '{}',
      'NULL',
      '漢字😀',
      `${second} `,
      second.toLowerCase(),
    ]
    await refuse({ followers: odd }, notFound(...odd))
    const notUsers = [demo.contactId, demo.locationId, demo.opportunityId.slice(0, 19)]
    await refuse({ followers: notUsers }, notFound(...notUsers))
  })

  test('422: a user of another location is as unknown', async () => {
    await start(first)
    await refuse({ followers: [stranger] }, notFound(stranger))
    await refuse({ followers: [second, stranger] }, notFound(stranger))
  })

  test('422: a user who is leaving the location is not of it any more', async () => {
    await start(first)
    await setLeaving(server.db, second, server.now)
    await refuse({ followers: [second] }, notFound(second))
    await refuse({ followers: [third, second] }, notFound(second))
    await setLeaving(server.db, second, null)
    const { status } = await server.ask('POST', path, { body: { followers: [second] } })
    assert.equal(status, 201)
  })

  test('422: unknown users are named even where the ten are full', async () => {
    await start(...crew.slice(0, 10))
    await refuse({ followers: ['nobody-knows-me', first] }, notFound('nobody-knows-me'))
  })

  test('404: a missing opportunity, and one of another location', async () => {
    for (const id of ['nobody-knows-me', demo.otherLocation.opportunityId]) {
      for (const followers of [[first], [stranger], []]) {
        const answer = await server.ask('POST', `/opportunities/${id}/followers`, {
          body: { followers },
        })
        assert.equal(answer.status, 404)
        assert.equal(answer.text, opportunityNotFound)
      }
    }
    const [row] = await server.db.query<{ followers: string[] }>(sql`
      select followers from opportunities
      where location_id = ${demo.otherLocation.locationId}
        and id = ${demo.otherLocation.opportunityId}`)
    assert.deepEqual(row?.followers, [demo.otherLocation.userIds[1]])
    assert.deepEqual(await server.newEvents(), [])
  })

  test('201: an opportunity of the same id in another location is another one', async () => {
    await start(first)
    const { locationId, privateIntegrationToken: token, userIds } = demo.otherLocation
    await server.db.query(sql`
      insert into opportunities (location_id, id, name, pipeline_id, pipeline_stage_id, contact_id,
        status, duplicate_slot, followers, last_status_change_at, last_stage_change_at,
        created_at, updated_at)
      select location_id, ${demo.opportunityId}, 'Theirs', pipeline_id, pipeline_stage_id,
        contact_id, status, 'theirs', followers, created_at, created_at, created_at, updated_at
      from opportunities where location_id = ${locationId}`)
    const ours = await server.ask('POST', path, { body: { followers: [second] } })
    assert.deepEqual(ours.body.followers, [first, second])
    const [theirs, they] = userIds
    const body = { followers: [theirs] }
    const answer = await server.ask('POST', path, { body, token })
    assert.equal(answer.status, 201)
    assert.deepEqual(answer.body, { followers: [they, theirs], followersAdded: [theirs] })
    assert.deepEqual((await read()).followers, [first, second])
    const events = await server.newEvents()
    assert.deepEqual(
      events.map(({ payload }) => payload.locationId),
      [demo.locationId, demo.locationId, locationId, locationId],
    )
    await server.db.query(sql`
      delete from opportunities where location_id = ${locationId} and id = ${demo.opportunityId}`)
  })

  test('422: every violation at once, in class-validator’s words', async () => {
    await start(first)
    const isNoArray = 'followers must be an array'
    const isNoString = 'each value in followers must be a string'
    await refuse({}, unprocessable(isNoArray))
    await refuse(undefined, unprocessable(isNoArray))
    await refuse('', unprocessable(isNoArray))
    await refuse('null', unprocessable(isNoArray))
    await refuse({ followers: second }, unprocessable(isNoArray))
    await refuse({ followers: { 0: second } }, unprocessable(isNoArray))
    await refuse({ followers: null }, unprocessable(isNoArray))
    await refuse({ followers: [second, 1] }, unprocessable(isNoString))
    await refuse({ followers: [1, null, {}, [second]] }, unprocessable(isNoString))
    await refuse([second], unprocessable('The body must be an object'))
    await refuse('"text"', unprocessable('The body must be an object'))
    await refuse(
      { followers: [1], userId: 'x', id: 2 },
      unprocessable('property userId should not exist', 'property id should not exist', isNoString),
    )
  })

  test('201: whatever the query, even that of removing', async () => {
    await start(first)
    for (const query of ['isRemoveAllFollowers=true', 'isRemoveAllFollowers=', 'followers[]=x']) {
      const answer = await server.ask('POST', `${path}?${query}`, { body: { followers: [] } })
      assert.equal(answer.status, 201)
    }
    assert.deepEqual((await read()).followers, [first])
  })
})
