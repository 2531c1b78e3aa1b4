import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { demo } from '../../../src/demo/ids.ts'
import { badRequest, opportunityNotFound, unprocessable } from '../refusals.ts'
import { testServer } from '../test-server.ts'
import { own, request, send, type WireAnswer } from '../wire.ts'

const path = `/opportunities/${demo.opportunityId}/followers`
const json = 'Content-Type: application/json'
const mib = 1024 * 1024

const notJson = badRequest("Body is not valid JSON but content-type is set to 'application/json'")
const unsupported = JSON.stringify({
  message: 'Unsupported Media Type: Content-Type must be application/json',
  error: 'Unsupported Media Type',
  statusCode: 415,
})
const tooLarge = JSON.stringify({
  message: 'Request body is too large',
  error: 'Payload Too Large',
  statusCode: 413,
})

/** Types of which none is JSON, and what broken clients send for one. */
const types = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'application/xml',
  'application/jsonl',
  'text/json',
  'json',
  'undefined',
  '',
]

/** A body that changes nothing. */
const idle = '{"followers":[]}'
const added = JSON.stringify({ followers: demo.followers, followersAdded: [] })

describe('bodies', () => {
  const server = testServer()

  /** Sends bytes as the body, as the demo location's own client. */
  async function post(body: string | Uint8Array, headers: readonly string[] = [json]) {
    const length = `Content-Length: ${Buffer.byteLength(body)}`
    return only(request(`POST ${path}`, [...own, ...headers, length], body))
  }

  async function only(bytes: Uint8Array): Promise<WireAnswer> {
    const [answer, ...more] = await send(server, bytes)
    assert.ok(answer && more.length === 0)
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    return answer
  }

  // Whatever was sent: nothing changed, and the server goes on answering.
  afterEach(async () => {
    const answer = await server.ask('POST', path, { body: idle })
    assert.equal(answer.text, added)
    assert.deepEqual(await server.newEvents(), [])
  })

  test('400: broken JSON', async () => {
    const bodies = [
      '{"followers":[',
      '{"followers":[]}}',
      '{"followers":[]} x',
      '{followers:[]}',
      "{'followers':[]}",
      '{"followers":[],}',
      '{"followers":[undefined]}',
      '{"followers":["a\u0000b"]}',
      '{"followers":["a\nb"]}',
      '{"followers":["\\x41"]}',
      '// none\n{"followers":[]}',
      'followers=x',
      '{',
      '"',
      '   ',
      '\u0000',
      '['.repeat(100_000),
      '{"a":'.repeat(50_000),
    ]
    for (const body of bodies) {
      const answer = await post(body)
      assert.equal(answer.status, 400, body.slice(0, 50))
      assert.equal(answer.text, notJson)
    }
  })

  test('400: bytes that are not UTF-8', async () => {
    const wrong = [[0xff], [0xc0, 0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]
    for (const bytes of wrong) {
      const parts = [Buffer.from('{"followers":["'), Buffer.from(bytes), Buffer.from('"]}')]
      const answer = await post(Buffer.concat(parts))
      assert.equal(answer.status, 400)
      assert.equal(answer.text, badRequest('The body is not valid UTF-8'))
    }
    const latin = Buffer.from('{"followers":["é"]}', 'latin1')
    const answer = await post(latin, ['Content-Type: application/json; charset=iso-8859-1'])
    assert.equal(answer.status, 400)
  })

  test('201: with a byte order mark, blanks around, and any content type of JSON', async () => {
    for (const body of [`\ufeff${idle}`, ` \t\r\n${idle}\r\n`]) {
      assert.equal((await post(body)).text, added)
    }
    const types = [
      'application/json; charset=utf-8',
      'application/json;charset=UTF-8',
      'APPLICATION/JSON',
      'application/json ; charset="utf-8"',
    ]
    for (const type of types) {
      const answer = await post(idle, [`Content-Type: ${type}`])
      assert.equal(answer.status, 201, type)
      assert.equal(answer.text, added)
    }
  })

  test('201: of a key that is given twice the last one counts, as in JSON.parse', async () => {
    assert.equal((await post('{"followers":["x"],"followers":[]}')).text, added)
    const answer = await post('{"followers":[],"followers":["x"]}')
    assert.equal(answer.text, unprocessable('User with id x not found'))
  })

  test('201: in pieces, without a length', async () => {
    const headers = [...own, json, 'Transfer-Encoding: chunked']
    const pieces = '9\r\n{"followe\r\n7\r\nrs":[]}\r\n0\r\n\r\n'
    assert.equal((await only(request(`POST ${path}`, headers, pieces))).text, added)
  })

  test('415: another content type, or none', async () => {
    for (const headers of [...types.map((type) => [`Content-Type: ${type}`]), []]) {
      const answer = await post(idle, headers)
      assert.equal(answer.status, 415, headers[0])
      assert.equal(answer.text, unsupported)
    }
  })

  test('422: an empty body is as none, whatever its content type', async () => {
    for (const headers of [[json], [], ...types.map((type) => [`Content-Type: ${type}`])]) {
      const answer = await post('', headers)
      assert.equal(answer.status, 422)
      assert.equal(answer.text, unprocessable('followers must be an array'))
    }
  })

  test('422: JSON that is no object', async () => {
    for (const body of ['[1]', '[{"followers":[]}]', '5', 'true', '"text"', '-1e400']) {
      const answer = await post(body)
      assert.equal(answer.status, 422, body)
      assert.equal(answer.text, unprocessable('The body must be an object'))
    }
    const answer = await post('null')
    assert.equal(answer.text, unprocessable('followers must be an array'))
  })

  test('413: more than 1 MiB, declared or in pieces without a length', async () => {
    const pad = 'x'.repeat(mib + 1 - '{"followers":[],"pad":""}'.length)
    const body = `{"followers":[],"pad":"${pad}"}`
    assert.equal(body.length, mib + 1)
    const piece = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    const chunked = [...own, json, 'Transfer-Encoding: chunked']
    const answers = [
      await post(body),
      await only(request(`POST ${path}`, [...own, json, `Content-Length: ${mib + 1}`])),
      await only(request(`POST ${path}`, [...own, json, 'Content-Length: 9007199254740991'])),
      await only(request(`POST ${path}`, chunked, piece.repeat(17))),
    ]
    for (const answer of answers) {
      assert.equal(answer.status, 413)
      assert.equal(answer.text, tooLarge)
      // What is still to come is not read: the connection is of no use any more.
      assert.equal(answer.headers.get('connection'), 'close')
    }
  })

  test('422: exactly 1 MiB is read, and refused for what it says', async () => {
    const pad = 'x'.repeat(mib - '{"followers":[],"pad":""}'.length)
    const answer = await post(`{"followers":[],"pad":"${pad}"}`)
    assert.equal(answer.status, 422)
    assert.equal(answer.text, unprocessable('property pad should not exist'))
    const numbers = `{"followers":[${'1,'.repeat(500_000)}1]}`
    assert.equal(
      (await post(numbers)).text,
      unprocessable('each value in followers must be a string'),
    )
  })

  test('400: NUL, in values and in keys, however deep', async () => {
    const bodies = [
      '{"followers":["\\u0000"]}',
      '{"followers":["a\\u0000b"]}',
      '{"followers":[],"a\\u0000":1}',
      '{"followers":[],"a":[{"b":{"c":["\\u0000"]}}]}',
      '"\\u0000"',
    ]
    for (const body of bodies) {
      const answer = await post(body)
      assert.equal(answer.status, 400, body)
      assert.equal(answer.text, badRequest('The body holds a NUL character'))
    }
    // A backslash and five characters are no NUL.
    const answer = await post('{"followers":["\\\\u0000"]}')
    assert.equal(answer.text, unprocessable('User with id \\u0000 not found'))
  })

  test('400: keys that would reach prototypes, and none of them does', async () => {
    const bodies = [
      '{"followers":[],"__proto__":{"polluted":true}}',
      '{"followers":[],"__pr\\u006fto__":{"polluted":true}}',
      '{"followers":[],"constructor":{"prototype":{"polluted":true}}}',
      '{"followers":[{"__proto__":{"polluted":true}}]}',
    ]
    for (const body of bodies) {
      const answer = await post(body)
      assert.equal(answer.status, 400, body)
      assert.equal(JSON.parse(answer.text).error, 'Bad Request')
      assert.equal('polluted' in {}, false)
    }
  })

  test('422: keys that every object has are keys that should not exist', async () => {
    for (const key of ['constructor', 'toString', 'hasOwnProperty', 'length', '', ' ']) {
      const answer = await post(JSON.stringify({ followers: [], [key]: 1 }))
      assert.equal(answer.status, 422, key)
      assert.equal(answer.text, unprocessable(`property ${key} should not exist`))
    }
  })

  test('400: 100,000 brackets deep, wherever they stand', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    for (const body of [`{"followers":${deep}}`, `{"followers":[],"deep":${deep}}`, deep]) {
      const answer = await post(body)
      assert.equal(answer.status, 400)
      assert.equal(
        answer.text,
        '{"message":"The body is nested too deeply","error":"Bad Request","statusCode":400}',
      )
    }
  })

  test('400: half a surrogate pair, in a value or in a key', async () => {
    for (const body of ['{"followers":["\\ud800"]}', '{"followers":[],"a\\udc00":1}']) {
      const answer = await post(body)
      assert.equal(answer.status, 400)
      assert.match(answer.text, /The body holds half a surrogate pair/)
    }
  })

  test('415: a compressed body is refused', async () => {
    const headers = [json, 'Content-Encoding: gzip']
    const answer = await post(gzipSync(idle), headers)
    assert.equal(answer.status, 415)
    const message = 'Unsupported Media Type: the body must not be compressed'
    const error = 'Unsupported Media Type'
    assert.equal(answer.text, JSON.stringify({ message, error, statusCode: 415 }))
  })

  test('200 and 404: a body that a GET has is not looked at', async () => {
    for (const id of [demo.opportunityId, 'nobody-knows-me']) {
      const headers = [...own, json, 'Content-Length: 1']
      const answer = await only(request(`GET /opportunities/${id}`, headers, '{'))
      assert.equal(answer.status, id === demo.opportunityId ? 200 : 404)
      if (answer.status === 404) assert.equal(answer.text, opportunityNotFound)
    }
  })

  test('DELETE reads and refuses bodies as POST does', async () => {
    const refusals = [
      ['{', json, 400, notJson],
      ['{"followers":["\\u0000"]}', json, 400, badRequest('The body holds a NUL character')],
      [Buffer.from([0x22, 0xff, 0x22]), json, 400, badRequest('The body is not valid UTF-8')],
      ['followers=x', 'Content-Type: text/plain', 415, unsupported],
      ['[1]', json, 422, unprocessable('The body must be an object')],
      ['', json, 422, unprocessable('followers must be an array')],
      ['x'.repeat(mib + 1), json, 413, tooLarge],
    ] as const
    for (const [body, type, status, text] of refusals) {
      const headers = [...own, type, `Content-Length: ${Buffer.byteLength(body)}`]
      const answer = await only(request(`DELETE ${path}`, headers, body))
      assert.equal(answer.text, text)
      assert.equal(answer.status, status)
    }
    const length = Buffer.byteLength(idle)
    const headers = [...own, json, `Content-Length: ${length}`]
    const answer = await only(request(`DELETE ${path}`, headers, idle))
    const expected = { followers: demo.followers, followersRemoved: [] }
    assert.equal(answer.text, JSON.stringify(expected))
  })
})
