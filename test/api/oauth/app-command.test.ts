import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findApp, redirectUriFault } from '../../../src/api/oauth/installs/apps.ts'
import { openSigningKeys } from '../../../src/auth/signing-keys.ts'
import { demo } from '../../../src/demo/ids.ts'
import { engine } from '../../test-database.ts'
import { testServer } from '../test-server.ts'
import { consent, exchange, refresh, tokensFor } from './client.ts'

const bin = fileURLToPath(new URL('../../../bin/groundlevel.js', import.meta.url))
const redirectUri = 'https://crm.example/callback'

const skip = engine === 'pglite' && 'the command opens the server’s database, here in its memory'

describe('groundlevel app', { skip }, () => {
  const server = testServer()

  /** Runs the command on the test server's own database. */
  function run(...args: string[]): Promise<{ code: number; body: never; stderr: string }> {
    const place = ['--json', '--database-url', String(server.databaseUrl)]
    return new Promise((resolve) => {
      execFile(process.execPath, [bin, 'app', ...args, ...place], (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : 0
        resolve({ code, body: (stdout ? JSON.parse(stdout) : {}) as never, stderr })
      })
    })
  }

  const create = (scopes: string) =>
    run('create', '--name', 'CRM sync', '--redirect-uris', redirectUri, '--scopes', scopes)

  test('create shows the secret once, list never', async () => {
    const { code, body } = await create('contacts.readonly,opportunities.readonly')
    const { id, clientId, clientSecret, ...app } = body as Record<string, string>
    assert.equal(code, 0)
    assert.match(String(clientId), /^[0-9a-f]{24}-[0-9a-z]{8}$/)
    assert.equal(String(clientId).slice(0, 24), id)
    assert.match(String(clientSecret), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    assert.deepEqual(app, {
      versionId: id,
      name: 'CRM sync',
      redirectUris: [redirectUri],
      scopes: ['contacts.readonly', 'opportunities.readonly'],
      target: 'both',
      webhookUrl: null,
    })
    const list = await run('list')
    const apps = list.body as { clientId: string; installs: unknown[] }[]
    assert.deepEqual(
      apps.map((one) => one.clientId),
      [demo.clientId, clientId],
    )
    assert.deepEqual(apps[1]?.installs, [])
    assert.ok(!JSON.stringify(apps).includes(String(clientSecret)))
    const rotated = await run('rotate-secret', '--client-id', String(clientId))
    assert.notEqual((rotated.body as { clientSecret: string }).clientSecret, clientSecret)
  })

  test('create takes targets, several redirect URIs, all scopes and a webhook URL', async () => {
    const uris = `${redirectUri},http://localhost:3000/x,http://127.0.0.1:8080/,http://[::1]/x`
    const more = ['--target', 'agency', '--webhook-url', 'http://localhost:9000/hook']
    const { body } = await run(
      ...['create', '--name', 'All', '--redirect-uris', uris, '--scopes', 'all', ...more],
    )
    const app = body as Record<string, unknown>
    assert.deepEqual(app.redirectUris, uris.split(','))
    assert.equal(app.target, 'agency')
    assert.equal(app.webhookUrl, 'http://localhost:9000/hook')
    assert.ok((app.scopes as string[]).includes('opportunities.write'))
  })

  test('a redirect URI is https, or http on this machine', () => {
    for (const [uri, fault] of [
      ['http://crm.example/callback', 'must be https, or http on localhost'],
      ['http://localhost.crm.example/', 'must be https, or http on localhost'],
      ['http://127.0.0.1.crm.example/', 'must be https, or http on localhost'],
      ['javascript:alert(1)', 'must be https, or http on localhost'],
      ['data:text/html,x', 'must be https, or http on localhost'],
      ['nonsense', 'is not an address'],
      ['https://crm.example/#here', 'must not have a fragment'],
      ['https://crm.example/#', 'must not have a fragment'],
      ['https://user:word@crm.example/', 'must not hold credentials'],
    ] as const) {
      assert.equal(redirectUriFault(uri), fault)
    }
  })

  test('refuses in a sentence', async () => {
    const createArgs = ['create', '--name', 'X', '--redirect-uris', redirectUri]
    for (const [args, sentence] of [
      [['create', '--name', 'X', '--redirect-uris', 'ftp://x', '--scopes', 'all'], /"ftp:\/\/x"/],
      [[...createArgs, '--scopes', 'contacts.nonsense'], /There is no scope "contacts.nonsense"/],
      [[...createArgs, '--scopes', 'all', '--target', 'all'], /one of sub-account, agency, both/],
      [['uninstall', '--client-id', demo.clientId, '--location', 'x'], /is not installed in x/],
      [['nonsense'], /Say one of create, list, rotate-secret, uninstall, rotate-signing-key/],
    ] as const) {
      const { code, stderr } = await run(...args)
      assert.equal(code, 1)
      assert.match(stderr, sentence)
      assert.match(stderr, /^groundlevel: [^\n]+\n$/)
    }
  })

  test('uninstall ends what the app was given', async () => {
    const tokens = await tokensFor(server, consent(server))
    const place = ['--client-id', demo.clientId, '--location', demo.locationId]
    const { code, body } = await run('uninstall', ...place)
    assert.deepEqual([code, body], [0, { uninstalled: true }])
    assert.equal((await refresh(server, tokens.refresh_token)).status, 400)
  })

  test('an app from the command line gets tokens', async () => {
    const { body } = await create('opportunities.readonly')
    const createdApp = body as { clientId: string; clientSecret: string }
    const app = await findApp(server.db, createdApp.clientId)
    const code = await consent(server, { ...(app && { app }), redirectUri })
    const { status } = await exchange(server, code, {
      client_id: createdApp.clientId,
      client_secret: createdApp.clientSecret,
      redirect_uri: redirectUri,
    })
    assert.equal(status, 200)
  })

  test('rotate-signing-key makes another key, and with --now the only one', async () => {
    const kids = async () => {
      const keys = await openSigningKeys(server.db, undefined, new Date())
      return (await keys.jwks()).keys.map(({ kid }) => kid)
    }
    const [first] = await kids()
    const { code, body } = await run('rotate-signing-key')
    const { kid, note } = body as { kid: string; note: string }
    assert.equal(code, 0)
    assert.match(note, /older tokens stay good/)
    assert.deepEqual(await kids(), [kid, first])
    const { body: at } = await run('rotate-signing-key', '--now')
    const now = at as { kid: string; note: string }
    assert.match(now.note, /older access tokens end/)
    assert.deepEqual(await kids(), [now.kid])
  })
})
