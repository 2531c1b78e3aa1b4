import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { demo } from '../../src/demo/ids.ts'
import { until } from '../until.ts'
import { cleanUp, startServer, temporaryDirectory } from './groundlevel.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const guide = fs.readFileSync(path.join(root, 'docs/guide/tls.md'), 'utf8')
const isInstalled = (program: string, flag: string) => spawnSync(program, [flag]).status === 0
const skip =
  !isInstalled('caddy', 'version') || !isInstalled('curl', '--version')
    ? 'There is no Caddy or no curl here: install them.'
    : false

/** The code of one language in the guide, a block each. */
const blocksOf = (language: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, code = '']) => code,
  )

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Leads every name and port to Caddy's, as the hosts file of the guide and port 443 do. */
const preload = (port: number) => `import https from 'node:https'
const { createConnection } = https.globalAgent
https.globalAgent.createConnection = (options, done) => createConnection.call(
  https.globalAgent, { ...options, host: '127.0.0.1', port: ${port} }, done)
`

describe('the guide of clients with a built-in host', { skip, timeout: 300_000 }, () => {
  // Caddy keeps its authority, and curl finds its settings, under the home directory.
  const home = temporaryDirectory()
  const env = { PATH: process.env.PATH, HOME: home }
  const authority = path.join(home, '.local/share/caddy/pki/authorities/local/root.crt')
  let caddy: ChildProcess
  let url: string

  before(async () => {
    const dev = ['dev', '--data-dir', 'memory', '--trust-proxy', '127.0.0.1']
    const server = await startServer(dev)
    url = server.url
    const [httpPort, httpsPort] = [await freePort(), await freePort()]
    const ports = `admin off\n\tdefault_bind 127.0.0.1\n\thttp_port ${httpPort}\n\thttps_port ${httpsPort}`
    const [caddyfile = ''] = blocksOf('caddyfile')
    const file = caddyfile
      .replace('skip_install_trust', `skip_install_trust\n\t${ports}`)
      .replace('127.0.0.1:4680', new URL(url).host)
    fs.writeFileSync(path.join(home, 'Caddyfile'), file)
    fs.writeFileSync(path.join(home, '.curlrc'), `connect-to = "::127.0.0.1:${httpsPort}"\n`)
    fs.writeFileSync(path.join(home, 'preload.mjs'), preload(httpsPort))
    const logs = fs.openSync(path.join(home, 'caddy.log'), 'w')
    caddy = spawn('caddy', ['run', '--config', 'Caddyfile'], {
      cwd: home,
      env,
      stdio: ['ignore', logs, logs],
    })
    const ready = 'https://marketplace.leadconnectorhq.com/ready'
    await until(() => fs.existsSync(authority) && curl(ready).status === 0)
  })
  after(async () => {
    caddy?.kill('SIGKILL')
    if (caddy && caddy.exitCode === null && caddy.signalCode === null) await once(caddy, 'exit')
    await cleanUp()
  })

  const curl = (...args: string[]) =>
    spawnSync('curl', ['-sS', '-i', '--cacert', authority, ...args], { env, encoding: 'utf8' })

  /** Runs the guide's own program in a process that is told of the authority, or is not. */
  function runProgram(trust: Record<string, string>) {
    const [program = ''] = blocksOf('js')
    const args = ['--import', path.join(home, 'preload.mjs'), '--input-type=module', '-']
    const settings = { cwd: root, input: program, encoding: 'utf8' } as const
    return spawnSync(process.execPath, args, { ...settings, env: { ...env, ...trust } })
  }

  test('its curl is answered, and the next page is at the address that was asked', () => {
    const command = blocksOf('sh').find((code) => code.startsWith('curl'))
    assert(command)
    const { stdout, status } = spawnSync('bash', ['-eu'], { env, input: command, encoding: 'utf8' })
    assert.equal(status, 0)
    const { opportunities, meta } = JSON.parse(stdout)
    assert.equal(opportunities.length, 1)
    assert.match(meta.nextPageUrl, /^https:\/\/services\.leadconnectorhq\.com\/opportunities\/sea/)
  })

  test('the official SDK needs nothing but the variable', () => {
    const setting = blocksOf('sh').find((code) => code.startsWith('export')) ?? ''
    const [, name = '', value = ''] = /^export (\w+)=(.*)$/m.exec(setting) ?? []
    assert.equal(value.replace('~', home), authority)
    const trusting = runProgram({ [name]: authority })
    assert.equal(trusting.stderr, '')
    assert.notEqual(trusting.stdout.trim(), '')
    assert.match(runProgram({}).stderr, /Network error: No response received from server/)
  })

  test('the page where apps are installed has a secure cookie, at both of its names', () => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: demo.clientId,
      redirect_uri: demo.redirectUris[0],
      scope: 'contacts.readonly',
    })
    for (const host of ['marketplace.gohighlevel.com', 'marketplace.leadconnectorhq.com']) {
      const { stdout } = curl(`https://${host}/oauth/chooselocation?${query}`)
      assert.match(stdout, /^HTTP\/2 200/)
      assert.match(stdout, /set-cookie: [^\n]*; Secure/)
      assert.match(stdout, /<h1>Sign in<\/h1>/)
    }
  })
})
