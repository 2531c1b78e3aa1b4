import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { afterEach, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { demo } from '../../../src/demo/ids.ts'
import {
  badRequest,
  invalidPrivateIntegrationToken,
  noRoute,
  opportunityNotFound,
  unprocessable,
} from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { own, request, send } from '../wire.ts'

const path = `/opportunities/${demo.opportunityId}`
/** An address that refuses parameters that it does not have. */
const searched = `/opportunities/search?location_id=${demo.locationId}`

/** What is refused before there is a request to speak of. */
const broken = badRequest('Bad Request')
const headTooLarge = JSON.stringify({
  message: 'Request Header Fields Too Large',
  error: 'Request Header Fields Too Large',
  statusCode: 431,
})

describe('addresses', () => {
  const server = testServer()

  /** The only answer to a request that is written as it stands. */
  async function only(bytes: Uint8Array) {
    const [answer, ...more] = await send(server, bytes)
    assert.ok(answer && more.length === 0)
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    return answer
  }

  // Whatever was sent, the server goes on answering.
  afterEach(async () => {
    assert.equal((await server.ask('GET', path)).status, 200)
  })

  // UPSTREAM: behaviour.md §1.1, Nest's default
  test('404: an unknown route, named as it was asked for', async () => {
    const addresses = [
      '/',
      '/nope',
      '/nope?key=1',
      '/opportunities',
      '/opportunities/?locationId=x',
      `${path}/nope`,
      `${path}/followers/${demo.userIds[0]}`,
      '/v3/opportunities/pipelines',
      '/nope/%E2%82%AC',
    ]
    for (const address of addresses) {
      const answer = await only(request(`GET ${address}`))
      assert.equal(answer.status, 404, address)
      assert.equal(answer.text, noRoute('GET', address))
    }
  })

  test('404: a method that a known path does not have', async () => {
    const calls: [string, string][] = [
      ['PATCH', path],
      ['POST', path],
      ['GET', `${path}/followers`],
      ['PUT', `${path}/followers`],
      ['OPTIONS', `${path}/followers`],
      ['TRACE', path],
      ['POST', '/health'],
    ]
    for (const [method, address] of calls) {
      const answer = await only(request(`${method} ${address}`))
      assert.equal(answer.status, 404, method)
      assert.equal(answer.text, noRoute(method, address))
    }
  })

  test('404: a preflight; no answer lets a page of another origin read it', async () => {
    const origin = 'Origin: https://elsewhere.example'
    const asking = [
      origin,
      'Access-Control-Request-Method: GET',
      'Access-Control-Request-Headers: *',
    ]
    const answers = [
      await only(request(`OPTIONS ${path}`, [...own, ...asking])),
      await only(request(`GET ${path}`, [...own, origin])),
      await only(request('GET /health', [...own, origin])),
    ]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 200, 200],
    )
    for (const { headers } of answers) {
      const names = [...headers.keys()].filter((name) => name.startsWith('access-control-'))
      assert.deepEqual(names, [])
    }
  })

  test('404: slashes that are doubled, or before nothing', async () => {
    for (const address of [`/${path}`, `${path}//`, '/opportunities//followers']) {
      const answer = await only(request(`GET ${address}`))
      assert.equal(answer.status, 404, address)
      assert.equal(answer.text, noRoute('GET', address))
    }
  })

  test('200: one slash at the end, before a query too', async () => {
    const pipelines = `/opportunities/pipelines/?locationId=${demo.locationId}`
    for (const address of [`${path}/`, `${path}/?`, '/health/', pipelines]) {
      assert.equal((await only(request(`GET ${address}`))).status, 200, address)
    }
  })

  test('200: an absolute address, as through a proxy', async () => {
    const answer = await only(request(`GET http://services.leadconnectorhq.com${path}`))
    assert.equal(answer.status, 200)
  })

  test('400: percent-encoding that is broken, in the path', async () => {
    for (const id of ['%', '%zz', 'a%2', '%E0%A4%A', '%FF', '%ED%A0%80', '%C0%80']) {
      for (const address of [`/opportunities/${id}`, `/opportunities/${id}/followers`]) {
        const answer = await only(request(`GET ${address}`))
        assert.equal(answer.status, 400, address)
        assert.equal(answer.text, badRequest(`'${address}' is not a valid url component`))
      }
    }
  })

  test('400: percent-encoding that is broken, in the query', async () => {
    for (const query of ['a=%', 'a=%zz', '%=1', 'a=1&b=%E0%A4%A', 'a=%FF&a=1']) {
      const answer = await only(request(`GET ${path}?${query}`))
      assert.equal(answer.status, 400, query)
      assert.equal(answer.text, badRequest('URI malformed'))
    }
  })

  test('422: a key given twice is one key, however a list is written', async () => {
    const queries = ['a=1&a=2', 'a[]=1', 'a[]=1&a[]=2', 'a[0]=1&a[1]=2', 'a%5B%5D=1', 'a=1&a[]=2']
    for (const query of queries) {
      const answer = await only(request(`GET ${searched}&${query}`))
      assert.equal(answer.status, 422, query)
      assert.equal(answer.text, unprocessable('property a should not exist'))
    }
  })

  test('422: a key that every object has, and one with NUL', async () => {
    const names = [
      '__proto__',
      'constructor',
      'hasOwnProperty',
      'length',
      'a\u0000b',
      '漢字',
      'a b',
    ]
    for (const name of names) {
      const answer = await only(request(`GET ${searched}&${encodeURIComponent(name)}=1`))
      assert.equal(answer.status, 422, name)
      assert.equal(answer.text, unprocessable(`property ${name} should not exist`))
    }
    assert.equal((await only(request(`GET ${searched}&a=%00`))).status, 422)
  })

  test('422 and 431: a long query, and one past what a request’s head may be', async () => {
    const long = await only(request(`GET ${searched}&a=${'x'.repeat(12_000)}`))
    assert.equal(long.status, 422)
    assert.equal(long.text, unprocessable('property a should not exist'))
    const many = await only(request(`GET ${searched}&${'a=1&'.repeat(3_000)}`))
    assert.equal(many.text, unprocessable('property a should not exist'))
    const tooLong = await only(request(`GET ${path}?a=${'x'.repeat(20_000)}`))
    assert.equal(tooLong.status, 431)
    assert.equal(tooLong.text, headTooLarge)
  })

  test('431: headers past their bound', async () => {
    const many = Array.from({ length: 500 }, (_, i) => `X-Header-${i}: ${'x'.repeat(50)}`)
    for (const headers of [[`X-Long: ${'x'.repeat(20_000)}`], many]) {
      const answer = await only(request(`GET ${path}`, [...own, ...headers]))
      assert.equal(answer.status, 431)
      assert.equal(answer.text, headTooLarge)
      assert.equal(answer.headers.get('connection'), 'close')
    }
  })

  test('400: what is not HTTP', async () => {
    const post = (...headers: string[]) =>
      request(
        `POST ${path}/followers`,
        [...own, 'Content-Type: application/json', ...headers],
        '{}',
      )
    const requests = [
      Buffer.from('HELLO\r\n\r\n'),
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
      Buffer.from(`GET ${path} HTTP/9.9\r\nHost: x\r\n\r\n`),
      Buffer.from(`get ${path} HTTP/1.1\r\nHost: x\r\n\r\n`),
      Buffer.from(`GET /opportunities/€ HTTP/1.1\r\nHost: x\r\n\r\n`),
      Buffer.from(`GET /opportunities/a b HTTP/1.1\r\nHost: x\r\n\r\n`),
      request(`GET ${path}`, [...own, 'No colon here']),
      request(`GET ${path}`, [...own, 'Bad name: x']),
      request(`GET ${path}`, [...own, 'X-Bad: a\u0000b']),
      post('Content-Length: -1'),
      post('Content-Length: 2', 'Content-Length: 3'),
      post('Content-Length: 99999999999999999999999'),
      post('Content-Length: 2', 'Transfer-Encoding: chunked'),
      post('Transfer-Encoding: chunked'),
    ]
    for (const bytes of requests) {
      const answer = await only(bytes)
      assert.equal(answer.status, 400, bytes.toString('latin1').slice(0, 200))
      assert.equal(answer.text, broken)
      assert.equal(answer.headers.get('connection'), 'close')
    }
  })

  test('200 and 404: requests that are sent without waiting are answered in order', async () => {
    const bytes = Buffer.concat([
      request(`GET ${path}`),
      request('GET /opportunities/nobody-knows-me'),
      request('GET /health'),
      request(`GET ${searched}&a=1`),
      request(`GET ${path}`),
    ])
    const answers = await send(server, bytes, { answers: 5 })
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 404, 200, 422, 200],
    )
    assert.equal(answers[1]?.text, opportunityNotFound)
    assert.equal(answers[2]?.text, '{"status":"ok"}')
    assert.equal(answers[0]?.text, answers[4]?.text)
    assert.equal(new Set(answers.map(({ traceId }) => traceId)).size, 5)
  })

  test('200: bodies that are sent without waiting stay apart', async () => {
    const add = (body: string) => {
      const length = `Content-Length: ${Buffer.byteLength(body)}`
      const headers = [...own, 'Content-Type: application/json', length]
      return request(`POST ${path}/followers`, headers, body)
    }
    const bytes = [add('{"followers":["a"]}'), add('{"followers":[]}'), add('{"followers":["b"]}')]
    const answers = await send(server, Buffer.concat(bytes), { answers: 3 })
    const followers = { followers: demo.followers, followersAdded: [] }
    assert.deepEqual(
      answers.map(({ text }) => text),
      [
        unprocessable('User with id a not found'),
        JSON.stringify(followers),
        unprocessable('User with id b not found'),
      ],
    )
  })

  test('HEAD: what GET would say, without the body', async () => {
    const get = await server.ask('GET', path)
    const [head] = await send(server, request(`HEAD ${path}`), { isHead: true })
    assert.equal(head?.status, 200)
    assert.equal(head.headers.get('content-length'), get.headers.get('content-length'))
    assert.equal(head.headers.get('content-type'), 'application/json; charset=utf-8')
    // The next answer follows at once: no byte of a body came between.
    const bytes = Buffer.concat([request(`HEAD ${path}`), request('HEAD /nope')])
    const answers = await send(server, bytes, { answers: 2, isHead: true })
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 404],
    )
    const stranger = ['Host: localhost', 'Version: v3', 'Authorization: Bearer pit-x']
    const [refused] = await send(server, request(`HEAD ${path}`, stranger), { isHead: true })
    assert.equal(refused?.status, 401)
    const length = JSON.stringify({ ...JSON.parse(invalidPrivateIntegrationToken), traceId: '' })
    assert.equal(refused.headers.get('content-length'), String(length.length + 36))
  })

  test('408: a request that does not arrive in time', async () => {
    const { hostname, port } = new URL(server.url)
    const accepted = once(server.app.server, 'connection')
    const socket = net.connect(Number(port), hostname)
    socket.write('GET /health HTTP/1.1\r\n')
    const [slow] = await accepted
    // As Node says it after `limits.requestMsMax`.
    const late = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
    server.app.server.emit('clientError', late, slow)
    const answer = (await socket.toArray()).join('')
    assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n/)
    assert.match(
      answer,
      /\{"message":"Request Timeout","error":"Request Timeout","statusCode":408,/,
    )
  })

  test('cut off: whoever was refused before a request, and does not close', async () => {
    const connections = promisify(server.app.server.getConnections.bind(server.app.server))
    const { hostname, port } = new URL(server.url)
    const before = await connections()
    const accepted = once(server.app.server, 'connection')
    const socket = net.connect({ port: Number(port), host: hostname, allowHalfOpen: true })
    socket.on('error', () => undefined)
    socket.write('HELLO\r\n\r\n')
    const [held] = await accepted
    assert.equal(await connections(), before + 1)
    await once(held, 'close')
    socket.destroy()
  })

  test('200: HTTP/1.0, answered and closed', async () => {
    const text = request(`GET ${path}`).toString().replace('HTTP/1.1', 'HTTP/1.0')
    const answer = await only(Buffer.from(text))
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('connection'), 'close')
  })
})
