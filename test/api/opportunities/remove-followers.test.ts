import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'

const path = `/opportunities/${demo.opportunityId}/followers`
const [first, second, third, fourth] = demo.followers

describe('remove-followers-opportunity', () => {
  const server = testServer()

  /** Lets these users follow, as if nothing had happened before. */
  async function follow(...followers: string[]): Promise<void> {
    await server.db.query(sql`
      update opportunities set followers = ${followers}::text[], index_version = 1,
        updated_at = created_at
      where location_id = ${demo.locationId} and id = ${demo.opportunityId}`)
    await server.newEvents()
  }

  const read = async () => {
    const { body } = await server.ask('GET', `/opportunities/${demo.opportunityId}`)
    return body.opportunity as Record<string, unknown>
  }

  // UPSTREAM: behaviour.md §3, the contract's example
  test('200: the documented example, to the letter', async () => {
    await follow(...demo.followers)
    const answer = await server.ask('DELETE', path, { body: { followers: [third, fourth] } })
    assert.equal(answer.status, 200)
    assert.equal(
      answer.text,
      '{"followers":["sx6wyHhbFdRXh302Lunr","sx6wyHhbFdRXh302LLss"],' +
        '"followersRemoved":["Mx6wyHhbFdRXh302Luer","Ka6wyHhbFdRXh302LLsAm"]}',
    )
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
  })

  test('200: appends exactly its two events, in the same commit', async () => {
    await follow(...demo.followers)
    await server.ask('DELETE', path, { body: { followers: [third] } })
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
          followers: [first, second, fourth],
          followersAdded: [],
          followersRemoved: [third],
        },
      },
    ])
  })

  test('200: stamps updatedAt and counts the change, and GET shows it', async () => {
    await follow(...demo.followers)
    await server.ask('DELETE', path, { body: { followers: [first] } })
    const opportunity = await read()
    assert.deepEqual(opportunity.followers, [second, third, fourth])
    assert.equal(opportunity.updatedAt, server.now.toISOString())
    assert.equal(opportunity.indexVersion, 2)
  })

  test('200: a call that changes nothing appends nothing and leaves updatedAt', async () => {
    await follow(first, second)
    const before = await read()
    for (const followers of [[], ['nobody-knows-me'], [third, demo.userIds[4]]]) {
      const { status, body } = await server.ask('DELETE', path, { body: { followers } })
      assert.equal(status, 200)
      assert.deepEqual(body, { followers: [first, second], followersRemoved: [] })
    }
    assert.deepEqual(await server.newEvents(), [])
    assert.deepEqual(await read(), before)
  })

  test('200: counts somebody named twice once, and skips who does not follow', async () => {
    await follow(...demo.followers)
    const followers = [second, second, 'nobody-knows-me', second]
    const { body } = await server.ask('DELETE', path, { body: { followers } })
    assert.deepEqual(body, { followers: [first, third, fourth], followersRemoved: [second] })
  })

  test('200: isRemoveAllFollowers empties the list, with a body, an empty one, or none', async () => {
    for (const options of [
      {},
      { body: {} },
      { body: '' },
      { body: { followers: [] } },
      { body: { followers: [first] } },
    ]) {
      await follow(...demo.followers)
      const all = `${path}?isRemoveAllFollowers=true`
      const { status, body } = await server.ask('DELETE', all, options)
      assert.equal(status, 200)
      assert.deepEqual(body, { followers: [], followersRemoved: demo.followers })
    }
    await follow()
    const { body } = await server.ask('DELETE', `${path}?isRemoveAllFollowers=true`)
    assert.deepEqual(body, { followers: [], followersRemoved: [] })
    assert.deepEqual(await server.newEvents(), [])
  })

  test('200: isRemoveAllFollowers=false is as if it were not there', async () => {
    await follow(first, second)
    const { body } = await server.ask('DELETE', `${path}?isRemoveAllFollowers=false`, {
      body: { followers: [first] },
    })
    assert.deepEqual(body, { followers: [second], followersRemoved: [first] })
  })

  test('200: with a slash at the end, and under every version', async () => {
    for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15', 'legacy']) {
      await follow(first, second)
      const options = { version, body: { followers: [second] } }
      const { status, body } = await server.ask('DELETE', `${path}/`, options)
      assert.equal(status, 200)
      assert.deepEqual(body, { followers: [first], followersRemoved: [second] })
    }
  })

  test('404: a missing opportunity, and one of another location', async () => {
    for (const id of ['nobody-knows-me', demo.otherLocation.opportunityId]) {
      const answer = await server.ask('DELETE', `/opportunities/${id}/followers`, {
        body: { followers: [demo.otherLocation.userIds[1]] },
      })
      assert.equal(answer.status, 404)
      assert.equal(
        answer.text,
        '{"statusCode":404,"error":"Not Found","message":"Opportunity not found",' +
          '"code":"OPPORTUNITY_NOT_FOUND"}',
      )
    }
    const other = { token: demo.otherLocation.privateIntegrationToken }
    const { body } = await server.ask(
      'GET',
      `/opportunities/${demo.otherLocation.opportunityId}`,
      other,
    )
    const { followers } = body.opportunity as { followers: string[] }
    assert.deepEqual(followers, [demo.otherLocation.userIds[1]])
  })

  test('422: every violation at once, in class-validator’s words', async () => {
    await follow(...demo.followers)
    const refusals: [unknown, string[]][] = [
      [{}, ['followers must be an array']],
      [undefined, ['followers must be an array']],
      ['', ['followers must be an array']],
      [{ followers: first }, ['followers must be an array']],
      [{ followers: null }, ['followers must be an array']],
      [{ followers: [1, null, {}] }, ['each value in followers must be a string']],
      [{ followers: [], locationId: 'x' }, ['property locationId should not exist']],
      [
        { followers: [1], userId: 'x', id: 2 },
        [
          'property userId should not exist',
          'property id should not exist',
          'each value in followers must be a string',
        ],
      ],
      [[first], ['The body must be an object']],
      ['"text"', ['The body must be an object']],
      ['null', ['followers must be an array']],
    ]
    for (const [body, message] of refusals) {
      const answer = await server.ask('DELETE', path, { body })
      assert.equal(answer.status, 422)
      const expected = { message, error: 'Unprocessable Entity', statusCode: 422 }
      assert.equal(answer.text, JSON.stringify(expected))
    }
    assert.deepEqual((await read()).followers, demo.followers)
    assert.deepEqual(await server.newEvents(), [])
  })

  test('422: a query that is not the documented one', async () => {
    await follow(first)
    const refusals = [
      ['isRemoveAllFollowers=maybe', 'isRemoveAllFollowers must be a boolean value: true or false'],
      ['isRemoveAllFollowers=', 'isRemoveAllFollowers must be a boolean value: true or false'],
      [
        'isRemoveAllFollowers=true&isRemoveAllFollowers=true',
        'isRemoveAllFollowers must be a boolean value: true or false',
      ],
      [
        'isRemoveAllFollowers[]=true',
        'isRemoveAllFollowers must be a boolean value: true or false',
      ],
    ]
    for (const [query, message] of refusals) {
      const answer = await server.ask('DELETE', `${path}?${query}`, {
        body: { followers: [first] },
      })
      assert.equal(answer.status, 422, query)
      assert.deepEqual(answer.body.message, [message])
    }
    assert.deepEqual((await read()).followers, [first])
  })
})
