import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import pino from 'pino'
import { feedbackLimits, listFeedback } from '../../../src/docs/feedback.ts'
import { createApp } from '../../../src/main.ts'
import { type Ask, testServer } from '../test-server.ts'

const good = { operationId: 'remove-followers-opportunity', stars: 5, text: 'Clear.' }

describe('feedback on a page of the reference', () => {
  const server = testServer()
  const post = (body: unknown, options: Ask = {}) =>
    server.ask('POST', '/docs/feedback', { token: null, version: null, body, ...options })

  test('201: it is kept, and listed with the latest first', async () => {
    const { status, text } = await post(good)
    assert.equal(status, 201)
    assert.equal(text, '{"received":true}')
    assert.equal((await post({ operationId: 'get-opportunity', stars: 1 })).status, 201)
    const createdAt = server.now.toISOString()
    assert.deepEqual(await listFeedback(server.db), [
      { operationId: 'get-opportunity', stars: 1, text: '', createdAt },
      { ...good, createdAt },
    ])
  })

  test('422: an operation that is not there, stars that are none, a text too long', async () => {
    const before = await listFeedback(server.db)
    const refused: [object, string[]][] = [
      [{ ...good, operationId: 'none' }, ['operationId must be known']],
      [
        { ...good, text: 'x'.repeat(501) },
        ['text must be shorter than or equal to 500 characters'],
      ],
    ]
    for (const [body, messages] of refused) {
      const answer = await post(body)
      assert.equal(answer.status, 422)
      assert.deepEqual(answer.body.message, messages)
    }
    for (const stars of [0, 6, 2.5, '5', null, undefined]) {
      assert.equal((await post({ ...good, stars })).status, 422)
    }
    assert.equal((await post({ ...good, more: 1 })).status, 422)
    assert.deepEqual(await listFeedback(server.db), before)
  })

  test('403, 415: no page elsewhere can send it', async () => {
    const before = await listFeedback(server.db)
    for (const site of ['cross-site', 'same-site', 'none']) {
      const { status } = await post(good, { headers: { 'sec-fetch-site': site } })
      assert.equal(status, 403)
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const body = JSON.stringify(good)
      assert.equal((await post(body, { headers: { 'content-type': type } })).status, 415)
    }
    assert.deepEqual(await listFeedback(server.db), before)
  })

  test('404: it is not asked for where it is switched off', async () => {
    const app = await createApp(server.settings, pino({ level: 'silent' }), { feedback: false })
    const answer = await app.inject({ method: 'POST', url: '/docs/feedback', payload: good })
    assert.equal(answer.statusCode, 404)
    assert.match((await app.inject('/docs')).body, /"feedback":false/)
    await app.close()
  })

  test('429: an address has so many in an hour', async () => {
    const statuses: number[] = []
    for (let i = 0; i <= feedbackLimits.perAddressMax; i++) {
      const { status, headers } = await post(good)
      statuses.push(status)
      if (status === 429) assert.ok(Number(headers.get('retry-after')) > 0)
    }
    assert.equal(statuses[0], 201)
    assert.equal(statuses.at(-1), 429)
  })
})
