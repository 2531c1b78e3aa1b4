import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { demo } from '../../src/demo/ids.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { openWithDemo } from '../test-database.ts'

const bin = fileURLToPath(new URL('../../bin/groundlevel.js', import.meta.url))
const secretKey = 'a secret of this test, long enough'

describe('rate limits of groundlevel', () => {
  let postgres: TestPostgres
  const children = new Set<ChildProcess>()

  before(async () => {
    postgres = await startPostgres(['fsync=off'])
    const db = await openWithDemo(postgres.url)
    await db.close()
  })

  after(async () => {
    const ends = [...children].map(async (child) => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    })
    await Promise.all(ends)
    await postgres.stop()
  })

  function launch(args: string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, [bin, ...args, '--port', '0', '--json'], {
      env: { ...process.env, GROUNDLEVEL_LOG_LEVEL: 'warn', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.add(child)
    return child
  }

  async function start(args: string[], env: Record<string, string> = {}): Promise<string> {
    const child = launch(args, env)
    const [line] = await once(createInterface({ input: child.stdout as never }), 'line')
    return JSON.parse(line).url
  }

  const serve = (...args: string[]) =>
    start(['serve', ...args], {
      DATABASE_URL: postgres.url,
      GROUNDLEVEL_SECRET_KEY: secretKey,
    })

  const ask = (url: string, token: string = demo.privateIntegrationToken) =>
    fetch(`${url}/opportunities/${demo.opportunityId}`, {
      headers: { authorization: `Bearer ${token}`, version: '2021-07-28' },
    }).then(async (response) => {
      await response.arrayBuffer()
      return response
    })

  test('three servers on one database allow 100 in 10 s together, within 10 %', async () => {
    const urls = await Promise.all([serve(), serve(), serve()])
    const requests = Array.from({ length: 240 }, (_, i) => ask(urls[i % 3] ?? ''))
    const answers = await Promise.all(requests)
    const granted = answers.filter(({ status }) => status === 200).length
    assert.equal(answers.filter(({ status }) => status === 429).length, 240 - granted)
    assert.ok(granted >= 90 && granted <= 110, `${granted}`)
    for (const url of urls) {
      const refusal = await ask(url)
      assert.equal(refusal.status, 429, 'on each of them')
      assert.equal(refusal.headers.get('x-ratelimit-remaining'), '0')
    }
  })

  test('serve is as strict as production is, or as its options say', async () => {
    const [production, sandbox, own, off] = await Promise.all([
      serve(),
      serve('--rate-limit', 'sandbox'),
      serve('--rate-limit-max', '7', '--rate-limit-daily', '70'),
      serve('--rate-limit', 'off'),
    ])
    const limits = async (url: string | undefined) => {
      const { headers } = await ask(url ?? '', demo.otherLocation.privateIntegrationToken)
      return [headers.get('x-ratelimit-max'), headers.get('x-ratelimit-limit-daily')]
    }
    assert.deepEqual(await limits(production), ['100', '200000'])
    assert.deepEqual(await limits(sandbox), ['25', '10000'])
    assert.deepEqual(await limits(own), ['7', '70'])
    assert.deepEqual(await limits(off), ['100', '200000'])
  })

  test('dev has no limit unless it is asked for one', async () => {
    const [off, sandbox] = await Promise.all([
      start(['dev', '--data-dir', 'memory']),
      start(['dev', '--data-dir', 'memory'], { GROUNDLEVEL_RATE_LIMIT: 'sandbox' }),
    ])
    const statuses = async (url: string) => {
      const answers = await Promise.all(Array.from({ length: 130 }, () => ask(url)))
      return answers.filter(({ status }) => status === 200).length
    }
    assert.equal(await statuses(off), 130)
    assert.equal(await statuses(sandbox), 25)
  })

  test('serve wants a secret key of 32 characters', async () => {
    for (const key of [undefined, 'x'.repeat(31)]) {
      const env = { DATABASE_URL: postgres.url, ...(key ? { GROUNDLEVEL_SECRET_KEY: key } : {}) }
      const child = launch(['serve'], env)
      let logged = ''
      child.stderr?.on('data', (text) => {
        logged += text
      })
      const [code] = await once(child, 'close')
      assert.equal(code, 1)
      assert.match(
        logged,
        /^groundlevel: Set GROUNDLEVEL_SECRET_KEY to a text of 32 characters .*\n$/,
      )
    }
  })

  test('what no option can mean is a sentence', async () => {
    const mistakes: [string[], RegExp][] = [
      [['--rate-limit', 'lots'], /--rate-limit is one of production, sandbox, off\./],
      [['--rate-limit-max', '0'], /--rate-limit-max is a number of requests from 1, not "0"\./],
      [['--rate-limit-daily', 'many'], /--rate-limit-daily is a number/],
      [['--redis-url', 'localhost:6379'], /--redis-url is an address as in redis:/],
      [['--trust-proxy', 'true'], /--trust-proxy is the addresses or networks/],
      [['--trust-proxy', '10.0.0.1,example.com'], /--trust-proxy is the addresses or networks/],
    ]
    for (const [args, words] of mistakes) {
      const child = launch(['dev', '--data-dir', 'memory', ...args])
      let logged = ''
      child.stderr?.on('data', (text) => {
        logged += text
      })
      const [code] = await once(child, 'close')
      assert.equal(code, 1)
      assert.match(logged, words)
    }
  })
})
