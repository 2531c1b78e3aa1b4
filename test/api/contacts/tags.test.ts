import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { contactNotFound, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import type { Sent } from './rows.ts'

const { locationId, contactId } = demo
const path = `/contacts/${contactId}/tags`
const maya = 'byMEV0NQinDhq8ZfiOi2'

describe('add-tags and remove-tags', () => {
  const server = testServer()

  // UPSTREAM: behaviour-contacts.md §4.1
  test('201 and 200: what was new or gone, with one event, and none when nothing changed', async () => {
    await server.newEvents()
    const steps: [string, string[], Sent, number][] = [
      [
        'POST',
        ['VIP', 'lead', ' a:b '],
        { tags: ['lead', 'vip', 'a:b'], tagsAdded: ['vip', 'a:b'] },
        1,
      ],
      ['POST', ['vip'], { tags: ['lead', 'vip', 'a:b'], tagsAdded: [] }, 0],
      ['POST', [], { tags: ['lead', 'vip', 'a:b'], tagsAdded: [] }, 0],
      ['DELETE', ['Lead', 'none'], { tags: ['vip', 'a:b'], tagsRemoved: ['lead'] }, 1],
      ['DELETE', ['none'], { tags: ['vip', 'a:b'], tagsRemoved: [] }, 0],
    ]
    for (const [method, tags, expected, events] of steps) {
      const { status, body } = await server.ask(method, path, { body: { tags } })
      assert.equal(status, method === 'POST' ? 201 : 200)
      assert.deepEqual(body, expected)
      const types = (await server.newEvents()).map(({ type }) => type)
      assert.deepEqual(
        types,
        Array.from({ length: events }, () => 'ContactTagUpdate'),
      )
    }
  })

  test('422 and 400: what does not belong in the body, and a contact that is not there', async () => {
    for (const method of ['POST', 'DELETE']) {
      const body = { tags: ['a'], locationId }
      const { text } = await server.ask(method, path, { body })
      assert.equal(text, unprocessable('property locationId should not exist'))
      const wrong = await server.ask(method, path, { body: { tags: [1] } })
      assert.equal(wrong.text, unprocessable('each value in tags must be a string'))
      const missing = await server.ask(method, '/contacts/missing/tags', { body: { tags: ['a'] } })
      assert.equal(missing.text, contactNotFound('missing'))
    }
  })

  test('201: of 64 at once none is lost', async () => {
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, i) => server.ask('POST', path, { body: { tags: [`t${i}`] } })),
    )
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201])
    const { tags } = (await server.ask('GET', `/contacts/${contactId}`)).body.contact as {
      tags: string[]
    }
    assert.equal(tags.filter((tag) => /^t\d+$/.test(tag)).length, 64)
  })

  // UPSTREAM: behaviour-contacts.md §4.3
  test('201: a bulk answers for each contact, and says why it could not', async () => {
    const [other] = await server.db.query<{ id: string }>(sql`
      select id from contacts where location_id = ${demo.otherLocation.locationId}`)
    const deleted = 'cJAWDskpkJHbRbhAT7bs'
    await server.ask('DELETE', `/contacts/${deleted}`)
    const contacts = [maya, 'short', deleted, other?.id]
    const bulk = (type: string, more: Sent) =>
      server.ask('POST', `/contacts/bulk/tags/update/${type}`, {
        body: { contacts, locationId, ...more },
      })
    const { status, body } = await bulk('add', { tags: ['New', 'lead'] })
    assert.equal(status, 201)
    const oldTags = ['lead', 'dental']
    const failed = (i: number, message: string) => ({
      contactId: contacts[i],
      message,
      type: 'error',
    })
    assert.deepEqual(body, {
      succeded: true,
      succeeded: true,
      errorCount: 3,
      responses: [
        {
          contactId: maya,
          message: 'Tags updated',
          type: 'success',
          oldTags,
          tagsAdded: ['new'],
          tagsRemoved: [],
        },
        failed(1, 'contact id is not a valid firebase id'),
        failed(2, 'contact is deleted'),
        failed(3, 'contact does not belong to location'),
      ],
    })
    const cleared = (await bulk('remove', { tags: [], removeAllTags: true })).body
      .responses as Sent[]
    assert.deepEqual(cleared[0]?.tagsRemoved, ['lead', 'dental', 'new'])
    assert.equal((await bulk('add', { tags: [], removeAllTags: true })).status, 422)
    assert.equal((await bulk('swap', { tags: [] })).status, 422)
  })
})
