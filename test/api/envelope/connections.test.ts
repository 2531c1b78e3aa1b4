import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '../../../src/db/sql.ts'
import { demo } from '../../../src/demo/ids.ts'
import { badRequest } from '../refusals.ts'
import { read, testServer } from '../test-server.ts'
import { own, request } from '../wire.ts'

const hangMs = 5_000
const path = `/opportunities/${demo.opportunityId}`
const statuses = ['won', 'lost', 'open', 'abandoned']
const hosts = own.filter((line) => line.startsWith('Host:'))
const hostless = own.filter((line) => !line.startsWith('Host:'))

describe('one connection', () => {
  const server = testServer()

  /** Sends parts one after the other and returns the answers until the server ends it. */
  async function converse(parts: readonly Uint8Array[], { closesHalf = false } = {}) {
    const { hostname, port } = new URL(server.url)
    const socket = net.connect({ port: Number(port), host: hostname, allowHalfOpen: true })
    let received = ''
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1')
    })
    const ended = once(socket, 'end')
    socket.setTimeout(hangMs, () => socket.destroy(new Error(`it hangs after ${received}`)))
    for (const part of parts) {
      socket.write(part)
      if (parts.length > 1) await sleep(5)
    }
    if (closesHalf) socket.end()
    await ended
    socket.destroy()
    return received
      .split(/(?=HTTP\/1\.1 )/)
      .filter((text) => text !== '')
      .map((text) => {
        const [head = '', body = ''] = text.split('\r\n\r\n')
        return { status: Number(head.slice(9, 12)), head, text: body && read(body).text }
      })
  }

  const statusesOf = (answers: { status: number }[]) => answers.map(({ status }) => status)

  function setStatus(status: string, ...headers: string[]): Buffer {
    const body = JSON.stringify({ status })
    const type = ['Content-Type: application/json', `Content-Length: ${body.length}`]
    return request(`PUT ${path}/status`, [...own, ...type, ...headers], body)
  }

  async function storedStatus(): Promise<string | undefined> {
    const [row] = await server.db.query<{ status: string }>(sql`
      select status from opportunities
      where location_id = ${demo.locationId} and id = ${demo.opportunityId}`)
    return row?.status
  }

  const garbage = Buffer.from('\u0000\u0001garbage\r\n\r\n')
  const unfinished = Buffer.from(`POST ${path}/followers HTTP/1.1\r\nHost: x\r\n`)

  test('200 before 400: what was done is answered before the refusal of what follows', async () => {
    for (let i = 0; i < 20; i++) {
      const status = statuses[i % 4] ?? ''
      const bytes = [setStatus(status), garbage]
      const answers = await converse(i % 2 ? bytes : [Buffer.concat(bytes)])
      assert.deepEqual(statusesOf(answers), [200, 400])
      assert.equal(answers[1]?.text, badRequest('Bad Request'))
      assert.match(answers[1]?.head ?? '', /connection: close/i)
      assert.equal(await storedStatus(), status)
    }
  })

  test('all answers in order, each of what was done before it, and then the refusal', async () => {
    const [won, lost] = [setStatus('won'), setStatus('lost')]
    const get = request(`GET ${path}`)
    const bytes = Buffer.concat([get, won, request('GET /health'), lost, get, garbage])
    const answers = await converse([bytes])
    assert.deepEqual(statusesOf(answers), [200, 200, 200, 200, 200, 400])
    assert.equal(answers[2]?.text, '{"status":"ok"}')
    assert.match(answers[4]?.text ?? '', /"status":"lost"/)
  })

  test('200 to a client that closes its half after its last request', async () => {
    for (let i = 0; i < 8; i++) {
      const status = statuses[i % 4] ?? ''
      const answers = await converse([setStatus(status)], { closesHalf: true })
      assert.deepEqual(statusesOf(answers), [200])
      assert.equal(await storedStatus(), status)
    }
    const both = Buffer.concat([setStatus('won'), request(`GET ${path}`)])
    assert.deepEqual(statusesOf(await converse([both], { closesHalf: true })), [200, 200])
  })

  test('200, and 400 for a request that the client leaves unfinished', async () => {
    for (const rest of [unfinished, setStatus('open').subarray(0, -3)]) {
      const bytes = Buffer.concat([setStatus('lost'), rest])
      const answers = await converse([bytes], { closesHalf: true })
      assert.deepEqual(statusesOf(answers), [200, 400])
      assert.equal(await storedStatus(), 'lost')
    }
  })

  test('200 alone where the client said that it was the last, whatever follows', async () => {
    for (const rest of [garbage, setStatus('open')]) {
      const answers = await converse([Buffer.concat([setStatus('won', 'Connection: close'), rest])])
      assert.deepEqual(statusesOf(answers), [200])
      assert.equal(await storedStatus(), 'won')
    }
  })

  test('one answer to a request whose body breaks, after those before it', async () => {
    const chunked = ['Content-Type: application/json', 'Transfer-Encoding: chunked']
    const broken = request(`POST ${path}/followers`, [...own, ...chunked], 'nonsense\r\n')
    const answers = await converse([Buffer.concat([setStatus('open'), broken])])
    assert.deepEqual(statusesOf(answers), [200, 400])
    const strangers = ['Host: localhost', 'Version: 2021-07-28', ...chunked]
    const stranger = request(`POST ${path}/followers`, strangers, '')
    assert.deepEqual(statusesOf(await converse([stranger, Buffer.from('nonsense\r\n')])), [401])
  })

  const post = `POST ${path}/followers`
  const type = 'Content-Type: application/json'
  const chunks = '10\r\n{"followers":[]}\r\n0\r\n\r\n'
  const refused: [status: number, message: string, string, string[], string?][] = [
    [400, 'Bad Request', `GET ${path}`, hostless],
    [400, 'Bad Request', `GET ${path}`, [...own, ...hosts]],
    [400, 'Bad Request', `GET ${path}`, [...own, 'hOST: other']],
    [400, 'Bad Request', `GET ${path}`, [...hostless, 'Host: a b']],
    [400, 'Bad Request', `GET ${path}`, [...hostless, 'Host: user@localhost']],
    [400, 'Bad Request', `GET ${path}`, [...hostless, 'Host: localhost/x']],
    [417, 'Expectation Failed', `GET ${path}`, [...own, 'Expect: the-unexpected']],
    [501, 'Not Implemented', post, [...own, type, 'Transfer-Encoding: gzip, chunked'], chunks],
    [
      501,
      'Not Implemented',
      post,
      [...own, type, 'Transfer-Encoding: x', 'Transfer-Encoding: chunked'],
      chunks,
    ],
    [400, 'Bad Request', post, [...own, type, 'Transfer-Encoding: chunked, chunked'], chunks],
  ]

  test('400, 417 and 501: what two servers may read differently ends the connection', async () => {
    await storedStatus()
    await server.newEvents()
    for (const [status, message, line, headers, body] of refused) {
      const follows = request(`DELETE ${path}/followers?isRemoveAllFollowers=true`)
      const answers = await converse([Buffer.concat([request(line, headers, body), follows])])
      assert.deepEqual(statusesOf(answers), [status], `${headers}`)
      const error = { message, error: message, statusCode: status }
      assert.equal(answers[0]?.text, JSON.stringify(error))
      assert.match(answers[0]?.head ?? '', /content-type: application\/json; charset=utf-8/i)
      assert.match(answers[0]?.head ?? '', /connection: close/i)
    }
    assert.deepEqual(await server.newEvents(), [], 'what follows is not done')
  })

  test('200: a host by name, address and port, and none in HTTP/1.0', async () => {
    const last = 'Connection: close'
    for (const host of [
      'localhost',
      'a.example:4680',
      '[::1]:80',
      '127.0.0.1',
      '',
      'a_b.example',
    ]) {
      const answers = await converse([
        request(`GET ${path}`, [...hostless, `Host: ${host}`, last, 'Expect: 100-continue']),
      ])
      assert.deepEqual(statusesOf(answers), [100, 200], host)
    }
    const old = `GET ${path} HTTP/1.0\r\n${hostless.join('\r\n')}\r\n\r\n`
    assert.deepEqual(statusesOf(await converse([Buffer.from(old)])), [200])
  })
})
