import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { demo } from '../../src/demo/ids.ts'
import { until } from '../until.ts'
import { ask, cleanUp, Groundlevel, run, startServer, temporaryDirectory } from './groundlevel.ts'

const memory = ['dev', '--data-dir', 'memory']
const opportunity = `/opportunities/${demo.opportunityId}`
const stopMsMax = 5_000

after(cleanUp)

/** Opens a connection and sends these bytes; it collects what comes back. */
async function connect(url: string, bytes: string): Promise<{ socket: net.Socket; got: string[] }> {
  const { hostname, port } = new URL(url)
  const socket = net.connect(Number(port), hostname)
  const got: string[] = []
  socket.setEncoding('utf8').on('data', (text) => got.push(String(text)))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(bytes)
  return { socket, got }
}

const request = (method: string, pathname: string, body = '') =>
  [
    `${method} ${pathname} HTTP/1.1`,
    'host: localhost',
    'version: 2021-07-28',
    `authorization: Bearer ${demo.privateIntegrationToken}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')

describe('groundlevel dev', { timeout: 300_000 }, () => {
  test('--json prints one line with everything a client needs, and logs on stderr', async (t) => {
    const server = await startServer(memory)
    t.diagnostic(`in memory it answers after ${Math.round(performance.now() - server.started)} ms`)
    const answer = await ask(server.url, 'GET', opportunity)
    assert.equal(answer.status, 200)
    assert.deepEqual(await server.end(), { code: 0, signal: null })
    assert.equal(server.stdout.indexOf('\n'), server.stdout.length - 1, 'one line')
    const line = JSON.parse(server.stdout)
    assert.deepEqual(Object.keys(line), [
      'url',
      'pid',
      'companyId',
      'locationId',
      'userIds',
      'pipelineId',
      'stageIds',
      'contactId',
      'opportunityId',
      'privateIntegrationToken',
      'agencyPrivateIntegrationToken',
      'clientId',
      'clientSecret',
      'otherLocation',
    ])
    const { locationId, privateIntegrationToken, opportunityId, userIds } = demo.otherLocation
    const otherLocation = { locationId, privateIntegrationToken, opportunityId, userIds }
    assert.deepEqual(line.otherLocation, otherLocation)
    assert.equal(line.pid, server.child.pid)
    assert.equal(line.opportunityId, 'sx6wyHhbFdRXh302Lunr')
    assert.match(line.url, /^http:\/\/127\.0\.0\.1:\d+$/)
    const messages = server.logs().map(({ msg }) => msg)
    assert.ok(messages.includes('groundlevel answers') && messages.includes('request'))
    assert.doesNotMatch(server.stderr, /pit-/, 'no token is logged')
  })

  test('every id of the line is in the world, and each token opens its own location', async () => {
    const server = await startServer(memory)
    const line = await server.line()
    const ownToken = String(line.privateIntegrationToken)
    const opportunityBody = JSON.parse(
      (await ask(server.url, 'GET', opportunity, undefined, ownToken)).text,
    )
    assert.equal(opportunityBody.opportunity.pipelineId, line.pipelineId)
    const pipelines = `/opportunities/pipelines?locationId=${line.locationId}`
    const listed = JSON.parse((await ask(server.url, 'GET', pipelines)).text).pipelines
    const pipeline = listed.find(({ id }: { id: string }) => id === line.pipelineId)
    assert.deepEqual(
      pipeline.stages.map(({ id }: { id: string }) => id),
      line.stageIds,
    )
    const otherLocation = line.otherLocation as {
      opportunityId: string
      privateIntegrationToken: string
    }
    const otherOpportunity = `/opportunities/${otherLocation.opportunityId}`
    const open = (path: string, token: string) => ask(server.url, 'GET', path, undefined, token)
    assert.equal((await open(otherOpportunity, otherLocation.privateIntegrationToken)).status, 200)
    assert.equal((await open(otherOpportunity, ownToken)).status, 404)
    assert.equal((await open(opportunity, String(line.agencyPrivateIntegrationToken))).status, 401)
    const { userIds, contactId, stageIds } = line as Record<string, readonly string[]>
    const created = await ask(server.url, 'POST', '/opportunities/', {
      locationId: line.locationId,
      name: 'With the ids of the line',
      status: 'open',
      pipelineId: line.pipelineId,
      pipelineStageId: stageIds?.at(-1),
      contactId,
      assignedTo: userIds?.at(-1),
    })
    assert.equal(created.status, 201, created.text)
    await server.end()
  })

  test('starts on a directory of its own, and the second time finds what was there', async (t) => {
    const directory = path.join(temporaryDirectory(), 'deep', 'data')
    const args = ['dev', '--data-dir', directory]
    const first = await startServer(args)
    t.diagnostic(`the first start takes ${Math.round(performance.now() - first.started)} ms`)
    const followers = { followers: demo.followers.slice(1) }
    assert.equal(
      (await ask(first.url, 'DELETE', `${opportunity}/followers`, followers)).status,
      200,
    )
    assert.deepEqual(await first.end('SIGINT'), { code: 0, signal: null })
    const second = await startServer(['dev'], { GROUNDLEVEL_DATA_DIR: directory })
    t.diagnostic(`the second start takes ${Math.round(performance.now() - second.started)} ms`)
    const { text } = await ask(second.url, 'GET', opportunity)
    assert.deepEqual(JSON.parse(text).opportunity.followers, demo.followers.slice(0, 1))
    assert.deepEqual(await second.end(), { code: 0, signal: null })
  })

  test('prints a banner whose curl works when it is pasted', async (t) => {
    if (spawnSync('curl', ['--version']).status !== 0) return t.skip('There is no curl here')
    const server = new Groundlevel([...memory, '--port', '0'])
    await until(() => server.stdout.includes('Ctrl+C'))
    const lines = server.stdout.split('\n')
    const first = lines.findIndex((line) => line.trim().startsWith('curl'))
    const pasted = lines.slice(first, lines.indexOf('', first)).join('\n')
    const { stdout } = spawnSync('sh', ['-c', `${pasted} --silent`], { encoding: 'utf8' })
    const { traceId, ...body } = JSON.parse(stdout)
    assert.ok(traceId)
    assert.deepEqual(body, {
      followers: demo.followers.slice(0, 2),
      followersRemoved: demo.followers.slice(2),
    })
    for (const part of [demo.locationId, demo.opportunityId, demo.pipelineId, '/docs\n']) {
      assert.ok(server.stdout.includes(part))
    }
    await server.end()
  })

  test('takes its options from the environment, and leaves DATABASE_URL alone', async () => {
    const { url, port } = await freePort()
    const server = new Groundlevel(['dev'], {
      GROUNDLEVEL_PORT: port,
      PORT: '1',
      GROUNDLEVEL_DATA_DIR: 'memory',
      GROUNDLEVEL_JSON: 'true',
      GROUNDLEVEL_LOG_LEVEL: 'silent',
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    })
    assert.equal((await server.line()).url, url)
    assert.equal((await ask(url, 'GET', opportunity)).status, 200)
    await server.end()
    assert.equal(server.stderr, '', 'silent is silent')
  })

  test('says in a sentence that the port is in use', async () => {
    const holder = net.createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as net.AddressInfo
    const { code, stdout, stderr } = await run(memory, { PORT: String(port) })
    holder.close()
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.equal(
      stderr,
      `groundlevel: Port ${port} on 127.0.0.1 is in use. ` +
        'Choose another with --port, or --port 0 for any.\n',
    )
  })
})

describe('a signal', { timeout: 300_000 }, () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal} lets what is under way be answered, and waits for nobody else`, async () => {
      const server = await startServer(memory)
      // One that was answered and stays open.
      const idle = await connect(server.url, request('GET', opportunity))
      await until(() => idle.got.join('').includes('traceId'))
      // One whose request has begun, and is finished after the signal.
      const body = JSON.stringify({ followers: demo.followers.slice(2) })
      const fullRequest = request('DELETE', `${opportunity}/followers`, body)
      const lateSocket = await connect(server.url, fullRequest.slice(0, -10))
      await ask(server.url, 'GET', '/health')
      const signalled = performance.now()
      const exit = server.end(signal)
      await sleep(200)
      lateSocket.socket.write(fullRequest.slice(-10))
      assert.deepEqual(await exit, { code: 0, signal: null })
      assert.ok(performance.now() - signalled < stopMsMax)
      const answer = lateSocket.got.join('')
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
      assert.ok(answer.includes(`"followersRemoved":${JSON.stringify(demo.followers.slice(2))}`))
      assert.ok(server.logs().some(({ msg }) => msg === 'groundlevel stopped'))
      for (const { socket } of [idle, lateSocket]) socket.destroy()
    })
  }

  test('does not wait for a request that never begins, or never ends', async () => {
    const directory = path.join(temporaryDirectory(), 'data')
    const server = await startServer(['dev', '--data-dir', directory])
    const fullRequest = request('DELETE', `${opportunity}/followers`, '{"followers":[]}')
    const stuck = ['', fullRequest.slice(0, 20), fullRequest.slice(0, -5)]
    const connections = await Promise.all(stuck.map((bytes) => connect(server.url, bytes)))
    await ask(server.url, 'GET', '/health')
    const signalled = performance.now()
    assert.deepEqual(await server.end(), { code: 0, signal: null })
    assert.ok(performance.now() - signalled < stopMsMax)
    assert.ok(server.logs().some(({ msg }) => msg === 'groundlevel stopped'))
    for (const { socket } of connections) socket.destroy()
  })
})

describe('groundlevel', { timeout: 300_000, concurrency: 4 }, () => {
  const refusals: [args: string[], sentence: RegExp][] = [
    [['serve'], /Set DATABASE_URL to a PostgreSQL database/],
    [['serve', '--database-url', 'postgres://x@127.0.0.1:1/x'], /does not answer \(.*ECONNREFUSED/],
    [['migrate', '--database-url', 'postgres://x@127.0.0.1:1/x'], /does not answer \(.*ECONNREF/],
    [['serve', '--database-url', 'not an address'], /postgres:\/\/user:password@host\/database/],
    [['serve', '--database-url', 'postgres://me:a#b@h/db'], /would show a secret to all who can/],
    [['location', 'list', '--database-url', 'https://h/db'], /postgres:\/\/user:password@host/],
    [['destroy'], /^groundlevel: there is no command "destroy"\. See groundlevel --help\.\n$/],
    [['dev', '--nope'], /'--nope'/],
    [['dev', 'memory'], /"memory" is one word too many\. See --help/],
    [['dev', '--host', ''], /--host is empty\. See --help/],
    [['dev', '--database-url', 'postgres://h/db'], /has its own database\. .*groundlevel serve/],
    [['serve', '--data-dir', 'memory'], /is for the sandbox: groundlevel dev/],
    [['serve', '--trust-proxy', '10.0.0.0/99'], /not "10\.0\.0\.0\/99"/],
    [['dev', '--port', 'x'], /--port is a number from 0 to 65535, not "x"/],
    [['token'], /Say one of create, list, scopes, rotate, [^.]+\. See --help\./],
    [['token', 'destroy'], /Say one of create, list, scopes, rotate, [^.]+\. See --help\./],
  ]
  for (const [args, sentence] of refusals) {
    test(`${args.join(' ')}: a sentence on stderr, and exit code 1`, async () => {
      const { code, stdout, stderr } = await run(args)
      assert.equal(code, 1, stderr)
      assert.equal(stdout, '')
      assert.match(stderr, /^groundlevel: [^\n]+\.\n$/)
      assert.match(stderr, sentence)
    })
  }

  test('an address whose password cannot be read as one: the sentence says how it is written', async () => {
    const { code, stderr } = await run(['serve'], { DATABASE_URL: 'postgres://me:a#b@h/db' })
    assert.equal(code, 1, stderr)
    assert.match(stderr, /In a password, # is written %23/)
  })

  test('--help names every command and every option, and so does no argument', async () => {
    for (const args of [['--help'], [], ['dev', '--help']]) {
      const { code, stdout, stderr } = await run(args)
      assert.equal(code, 0)
      assert.equal(stderr, '')
      const commands = [
        'dev',
        'serve',
        'migrate',
        'token',
        'location',
        'user',
        'app',
        'feedback',
        'doctor',
      ]
      for (const command of commands) {
        assert.match(stdout, new RegExp(`^  ${command}\\b`, 'm'))
      }
      assert.match(stdout, /--data-dir DIR/)
    }
  })
})

/** A port that nobody uses, and the address of a server on it. */
async function freePort(): Promise<{ port: string; url: string }> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return { port: String(port), url: `http://127.0.0.1:${port}` }
}
