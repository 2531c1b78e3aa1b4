import assert from 'node:assert/strict'
import net from 'node:net'
import { describe, test } from 'node:test'
import { demo } from '../../../src/demo/ids.ts'
import { testServer } from '../test-server.ts'

const path = `/opportunities/${demo.opportunityId}`
const own = `Authorization: Bearer ${demo.privateIntegrationToken}`
const otherAuthorization = `Authorization: Bearer ${demo.otherLocation.privateIntegrationToken}`
const version = 'Version: 2021-07-28'

describe('requests that two servers may read differently', () => {
  const server = testServer()

  /** Sends lines as they stand and returns all that comes back until the connection ends. */
  function send(lines: readonly string[], body = ''): Promise<string> {
    const { hostname, port } = new URL(server.url)
    return new Promise((resolve, reject) => {
      const socket = net.connect(Number(port), hostname)
      let received = ''
      socket.setTimeout(5_000, () => socket.destroy(new Error(`it hangs after ${received}`)))
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1')
      })
      socket.on('error', reject)
      socket.on('close', () => resolve(received))
      socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
    })
  }

  const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, s]) => s)
  const head = (line: string, ...headers: string[]) => [line, 'Host: localhost', ...headers]

  /** A request that would change something, if it were read as one of its own. */
  const hidden =
    `DELETE ${path}/followers?isRemoveAllFollowers=true HTTP/1.1\r\nHost: localhost\r\n` +
    `${own}\r\n${version}\r\n\r\n`

  test('400, and the connection ends: a body whose length is said twice', async () => {
    const post = `POST ${path}/followers HTTP/1.1`
    const both = 'Transfer-Encoding: chunked'
    const type = 'Content-Type: application/json'
    const doubles: [string[], string][] = [
      [['Content-Length: 4', both], `0\r\n\r\n${hidden}`],
      [[both, 'Content-Length: 4'], `0\r\n\r\n${hidden}`],
      [['Content-Length: 0', `Content-Length: ${hidden.length}`], hidden],
      [['Content-Length: 0, 9'], hidden],
      [['Content-Length: +0'], hidden],
      [['Content-Length : 0'], hidden],
      [['Transfer-Encoding: xchunked'], `0\r\n\r\n${hidden}`],
      [['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${hidden}`],
      [['Transfer-Encoding : chunked'], `0\r\n\r\n${hidden}`],
      [[both], `0x1\r\n\r\n${hidden}`],
      [['X-One: 1\rContent-Length: 4'], hidden],
      [['X-One: 1\n\nTransfer-Encoding: chunked'], hidden],
    ]
    for (const [headers, body] of doubles) {
      const text = await send(head(post, own, version, type, ...headers), body)
      assert.deepEqual(statuses(text), ['400'], `${headers}: ${text}`)
    }
    const ownHeaders = [own, version, type, both, 'Connection: close']
    const text = await send(head(post, ...ownHeaders), '10\r\n{"followers":[]}\r\n0\r\n\r\n')
    assert.deepEqual(statuses(text), ['201'], 'one whose length is said once is answered')
    assert.deepEqual(await server.newEvents(), [])
  })

  test('a token that comes twice is the first one', async () => {
    const get = `GET ${path} HTTP/1.1`
    const both = (...tokens: string[]) =>
      send(head(get, ...tokens, version, 'Connection: close')).then(statuses)
    assert.deepEqual(await both(own, otherAuthorization), ['200'])
    assert.deepEqual(await both(otherAuthorization, own), ['404'])
    const lines = [`${own}, Bearer ${demo.otherLocation.privateIntegrationToken}`]
    assert.deepEqual(await both(...lines), ['401'])
  })

  test('no header but Authorization says who calls, and none says what else is asked', async () => {
    const others = {
      'x-http-method-override': 'DELETE',
      'x-method-override': 'DELETE',
      'x-original-url': `${path}/followers?isRemoveAllFollowers=true`,
      'x-rewrite-url': `${path}/followers?isRemoveAllFollowers=true`,
      locationid: demo.otherLocation.locationId,
      'location-id': demo.otherLocation.locationId,
      'x-location-id': demo.otherLocation.locationId,
      companyid: 'nobody',
      'x-authorization': `Bearer ${demo.otherLocation.privateIntegrationToken}`,
      'proxy-authorization': `Bearer ${demo.otherLocation.privateIntegrationToken}`,
      cookie: `token=${demo.otherLocation.privateIntegrationToken}`,
    }
    const answer = await server.ask('GET', path, { headers: others })
    assert.equal(answer.status, 200)
    const { locationId } = answer.body.opportunity as { locationId: string }
    assert.equal(locationId, demo.locationId)
    const nobody = await server.ask('GET', path, { token: null, headers: others })
    assert.equal(nobody.status, 401)
    assert.deepEqual(await server.newEvents(), [])
  })

  test('what a client sends never becomes a header of the answer', async () => {
    const line = '%0d%0aSet-Cookie:%20a=b%0d%0a%0d%0a'
    for (const address of [`/nowhere${line}`, `/opportunities/x${line}`, `${path}?a=${line}`]) {
      const { headers } = await server.ask('GET', address, { headers: { 'x-trace-id': 'mine' } })
      assert.equal(headers.get('set-cookie'), null)
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
    }
    const bogus = await server.ask('GET', path, { version: 'a<script>' })
    assert.equal(bogus.status, 400)
    assert.equal(bogus.headers.get('content-type'), 'application/json; charset=utf-8')
  })
})
