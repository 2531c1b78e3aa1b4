import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { memoryCounts, postgresCounts } from '../../../src/http/rate-limit/counts.ts'
import { testServer } from '../test-server.ts'
import { endLimitedServers, startLimitedServer } from './limited.ts'

after(endLimitedServers)

const wrong = 'pit-5e1fdb0c-2d7a-4c1e-9f63-8b0a4d2c7e12'

describe('requests without a good token', () => {
  const server = testServer()

  test('429: an address that was refused too often is told to wait', async () => {
    for (const counts of [memoryCounts(), postgresCounts(server.db)]) {
      const { ask } = await startLimitedServer(server, counts, { refusedMax: 4 })
      assert.equal((await ask({ token: wrong })).status, 401)
      assert.equal((await ask({ token: '' })).status, 401)
      assert.equal((await ask({ token: 'e30.e30.e30' })).status, 401)
      assert.equal((await ask({ headers: { version: '' } })).status, 401)
      for (const request of [{ token: wrong }, { token: '' }, { headers: { version: '' } }]) {
        const answer = await ask(request)
        assert.equal(answer.status, 429)
        assert.match(answer.text, /^\{"statusCode":429,"message":"Too Many Requests","traceId":"/)
        assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
        assert.equal(answer.headers.get('content-length'), String(answer.text.length))
        const seconds = Number(answer.headers.get('retry-after'))
        assert.ok(seconds >= 1 && seconds <= 10, `Retry-After: ${seconds}`)
      }
    }
  })

  test('200: a good token passes, and so do health and a path that is not there', async () => {
    const { ask } = await startLimitedServer(server, memoryCounts(), { refusedMax: 2 })
    for (let i = 0; i < 3; i++) await ask({ token: wrong })
    assert.equal((await ask({ token: wrong })).status, 429)
    assert.equal((await ask()).status, 200)
    assert.equal((await ask({ path: '/health', token: '' })).status, 200)
    assert.equal((await ask({ path: '/nowhere', token: '' })).status, 404)
    const missing = await ask({ path: '/opportunities/nobody-knows-me' })
    assert.equal(missing.status, 404, 'a refusal of somebody who is known is not counted here')
  })

  test('429: guesses at a client’s secret are refused like those at a token', async () => {
    const { ask } = await startLimitedServer(server, memoryCounts(), { refusedMax: 3 })
    const guess = () =>
      ask({
        method: 'POST',
        path: '/oauth/token',
        token: '',
        body: {
          client_id: demo.clientId,
          client_secret: 'guessed',
          grant_type: 'refresh_token',
          refresh_token: 'guessed',
        },
      })
    for (let i = 0; i < 3; i++) {
      const { status } = await guess()
      assert.ok(status === 400 || status === 401, `${status}`)
    }
    assert.equal((await guess()).status, 429)
  })

  test('pages for people stay pages, and count for nothing', async () => {
    const { ask } = await startLimitedServer(server, memoryCounts(), { refusedMax: 2 })
    const page = () => ask({ path: '/oauth/chooselocation?client_id=nobody', token: '' })
    for (let i = 0; i < 3; i++) assert.equal((await page()).status, 400)
    for (let i = 0; i < 2; i++) assert.equal((await ask({ token: wrong })).status, 401)
    assert.equal((await ask({ token: wrong })).status, 429)
    const answer = await page()
    assert.equal(answer.status, 400)
    assert.match(answer.headers.get('content-type') ?? '', /^text\/html/)
    assert.match(answer.text, /^<!doctype html>/i)
  })

  test('an address is what the connection says; a client’s own word changes nothing', async () => {
    const { ask } = await startLimitedServer(server, memoryCounts(), { refusedMax: 2 })
    const from = (i: number) =>
      ask({
        token: wrong,
        headers: { 'x-forwarded-for': `203.0.113.${i}`, forwarded: `for=203.0.113.${i}` },
      })
    assert.equal((await from(1)).status, 401)
    assert.equal((await from(2)).status, 401)
    assert.equal((await from(3)).status, 429)
  })

  test('behind a proxy that is trusted, the address is the one that the proxy saw', async () => {
    const { ask } = await startLimitedServer(server, memoryCounts(), { refusedMax: 2 }, 'loopback')
    // The proxy appends what it saw; what stands before is the client's own invention.
    const from = (seen: string, invented: number) =>
      ask({ token: wrong, headers: { 'x-forwarded-for': `203.0.113.${invented}, ${seen}` } })
    for (let i = 0; i < 2; i++) assert.equal((await from('198.51.100.7', i)).status, 401)
    assert.equal((await from('198.51.100.7', 3)).status, 429)
    assert.equal((await from('198.51.100.8', 3)).status, 401)
    for (let i = 0; i < 2; i++) assert.equal((await from(`2001:db8::${i}`, i)).status, 401)
    assert.equal((await from('2001:db8:0:0:ffff::1', 1)).status, 429, 'one network of IPv6')
    assert.equal((await from('2001:db8:0:1::1', 1)).status, 401)
  })
})
