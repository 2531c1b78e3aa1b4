import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { addMembers, follow } from './members.ts'
import { areEqual, type FollowersCall, findSerialOrder, onlyIn } from './serial-followers.ts'

const path = `/opportunities/${demo.opportunityId}/followers`
const full = unprocessable('followers must contain no more than 10 elements')

type Call = { method: 'POST' | 'DELETE'; followers: string[] }
type AnsweredCall = Call & { status: number; text: string; body: Partial<FollowersCall> }

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe('followers of one opportunity, changed at once', () => {
  const server = testServer()
  let crew: string[] = []
  before(async () => {
    crew = await addMembers(server.db, 64)
  })

  const call = async ({ method, followers }: Call): Promise<AnsweredCall> => {
    const { status, text, body } = await server.ask(method, path, { body: { followers } })
    return { method, followers, status, text, body }
  }

  const read = async () => {
    const { body } = await server.ask('GET', `/opportunities/${demo.opportunityId}`)
    return body.opportunity as { followers: string[]; indexVersion: number }
  }

  /** Whether a search by a follower finds the opportunity. */
  async function finds(userId: string): Promise<boolean> {
    const filters = [{ field: 'followers', operator: 'contains', value: userId }]
    const body = { locationId: demo.locationId, limit: 100, filters }
    const answer = await server.ask('POST', '/opportunities/search', { body })
    const rows = answer.body.opportunities as { id: string }[]
    return rows.some(({ id }) => id === demo.opportunityId)
  }

  /** What the events tell of the changes since the last call, each with its OpportunityUpdate. */
  async function changes(): Promise<FollowersCall[]> {
    const events = await server.newEvents()
    const told = events.filter(({ type }) => type === 'OpportunityFollowersUpdate')
    const updates = events.filter(({ type }) => type === 'OpportunityUpdate')
    assert.equal(updates.length, told.length)
    assert.equal(events.length, told.length * 2)
    return told.map(({ payload }) => payload as FollowersCall)
  }

  test('201 and 422: of 64 users added at once exactly ten follow', async () => {
    await follow(server.db, [])
    await server.newEvents()
    const called = await Promise.all(crew.map((id) => call({ method: 'POST', followers: [id] })))
    const added = called.filter(({ status }) => status === 201)
    const refused = called.filter(({ status }) => status === 422)
    assert.deepEqual([added.length, refused.length], [10, 54])
    for (const { text } of refused) assert.equal(text, full)

    const { followers, indexVersion } = await read()
    assert.deepEqual([...followers].sort(), added.flatMap((one) => one.followers).sort())
    assert.equal(indexVersion, 11)
    // Each of the ten answers shows the list one longer than another's, and the last one all.
    const lists = added.map(({ body }) => body.followers ?? [])
    for (const list of lists) assert.deepEqual(list, followers.slice(0, list.length))
    const lengths = lists.map((list) => list.length).sort((a, b) => a - b)
    assert.deepEqual(lengths, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    for (const { body, followers: userIds } of added) assert.deepEqual(body.followersAdded, userIds)
    assert.equal((await changes()).length, 10)
  })

  for (const seed of [1, 2, 3, 4]) {
    test(`200, 201 and 422: 64 mixed calls at once are as if in turn (seed ${seed})`, async () => {
      await follow(server.db, demo.followers)
      await server.newEvents()
      const random = randomOf(seed)
      // Fourteen who come and go, so that the bound of ten is met from both sides.
      const pool = [...demo.followers, ...crew.slice(0, 10)]
      const pick = () => pool[Math.floor(random() * pool.length)] ?? ''
      const calls = Array.from({ length: 64 }, (): Call => {
        const followers = Array.from({ length: 1 + Math.floor(random() * 3) }, pick)
        return { method: random() < 0.6 ? 'POST' : 'DELETE', followers }
      })
      const called = await Promise.all(calls.map(call))
      const order = findSerialOrder(demo.followers, await changes())
      assert.ok(order, 'there is no order in which each change follows from the one before')
      const lists = [[...demo.followers], ...order.map(({ followers }) => followers)]
      assert.ok(lists.every((list) => list.length <= 10))
      const { followers, indexVersion } = await read()
      assert.deepEqual(followers, lists.at(-1))
      assert.equal(indexVersion, 1 + order.length)
      const found = await Promise.all(pool.map(async (id) => ((await finds(id)) ? [id] : [])))
      assert.deepEqual(found.flat().sort(), followers.toSorted())
      explain(called, order, lists)
    })
  }
})

/** Every answer must be that of its call at some point of the order. */
function explain(called: AnsweredCall[], order: FollowersCall[], lists: string[][]): void {
  const unexplained = new Set(called)
  for (const [i, change] of order.entries()) {
    const found = [...unexplained].find((one) => isExplained(one, change, lists[i] ?? []))
    assert.ok(found, `nobody was told of ${JSON.stringify(change)}`)
    unexplained.delete(found)
  }
  for (const one of unexplained) {
    const point = lists.find((list) => changedNothing(one, list))
    assert.ok(point, `${one.method} ${one.followers} answered ${one.status} ${one.text}`)
  }
}

/** Whether a call answered with this change, and would make it to this list. */
function isExplained(
  { method, followers, text }: AnsweredCall,
  change: FollowersCall,
  list: string[],
): boolean {
  const userIds = [...new Set(followers)]
  const isAdding = method === 'POST'
  const moved = isAdding ? userIds.filter((id) => !list.includes(id)) : onlyIn(list, userIds)
  if (moved.length === 0) return false
  if (!areEqual(moved, isAdding ? change.followersAdded : change.followersRemoved)) return false
  const key = isAdding ? 'followersAdded' : 'followersRemoved'
  return text === JSON.stringify({ followers: change.followers, [key]: moved })
}

/** Whether a call to this list would have been answered like this, and would leave it. */
function changedNothing(
  { method, followers, status, text }: AnsweredCall,
  list: string[],
): boolean {
  const newcomers = [...new Set(followers)].filter((id) => !list.includes(id))
  if (method === 'DELETE') {
    const answer = JSON.stringify({ followers: list, followersRemoved: [] })
    return onlyIn(list, followers).length === 0 && status === 200 && text === answer
  }
  if (status === 422) return text === full && list.length + newcomers.length > 10
  const answer = JSON.stringify({ followers: list, followersAdded: [] })
  return newcomers.length === 0 && status === 201 && text === answer
}
