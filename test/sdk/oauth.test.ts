import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type GHLError, HighLevel } from '@gohighlevel/api-client'
import { demo } from '../../src/demo/ids.ts'
import { admin, answerTo, Person } from '../api/oauth-page/person.ts'
import type { TestServer } from '../api/test-server.ts'
import { noBrowser, openBrowser } from '../browser/browser.ts'
import { launchSandbox } from '../launch.ts'

const bin = fileURLToPath(new URL('../../bin/groundlevel.js', import.meta.url))
const [redirectUri] = demo.redirectUris
const { locationId, companyId } = demo

/** The same in Chromium; nobody listens where the app's address leads. */
async function consentInBrowser(address: URL, where: Record<string, string>): Promise<string> {
  const browser = await openBrowser()
  try {
    const page = await browser.newPage()
    await page.route(`${redirectUri}**`, (route) => route.fulfill({ body: 'Back in the app' }))
    await page.goto(address.href)
    await page.getByLabel('E-mail address').fill(admin.email)
    await page.getByLabel('Password').fill(admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    for (const [name, value] of Object.entries(where)) {
      await page.locator(`input[name="${name}"][value="${value}"]`).check()
    }
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL(`${redirectUri}**`)
    return new URL(page.url()).searchParams.get('code') ?? ''
  } finally {
    await browser.close()
  }
}

describe('@gohighlevel/api-client with an app of OAuth', () => {
  let dataDir: string
  let sandbox: Awaited<ReturnType<typeof launchSandbox>>
  let highLevel: HighLevel

  before(async () => {
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'groundlevel-sdk-'))
    sandbox = await launchSandbox(dataDir)
    const { clientId, clientSecret } = sandbox.line
    highLevel = new HighLevel({ clientId, clientSecret, logLevel: 'none' })
    highLevel.getHttpClient().defaults.baseURL = sandbox.line.url
  })
  after(async () => {
    await sandbox.stop()
    fs.rmSync(dataDir, { recursive: true, force: true })
  })

  const sessions = () => highLevel.getSessionStorage()
  const session = async (id: string) => {
    const found = await sessions().getSession(id)
    assert.ok(found)
    return found
  }
  const pipelines = () => highLevel.opportunities.getPipelines({ locationId })

  /** Installs the app on its page, as people do, and returns the code that the app is sent. */
  async function install(where: Record<string, string>): Promise<string> {
    const address = new URL(
      highLevel.oauth.getAuthorizationUrl(
        sandbox.line.clientId,
        redirectUri,
        'opportunities.readonly opportunities.write oauth.readonly oauth.write',
      ),
    )
    const local = new URL(address.pathname + address.search, sandbox.line.url)
    const code = noBrowser ? await consent(local, where) : await consentInBrowser(local, where)
    assert.match(code, /^[0-9a-f]{40}$/)
    return code
  }

  async function consent(address: URL, where: Record<string, string>): Promise<string> {
    const person = new Person({ url: sandbox.line.url } as TestServer)
    const page = await person.signIn(address.search.slice(1), admin)
    const asked = await person.submit(page, '/choose', where)
    return String(answerTo(await person.submit(asked, '/decide', { decision: 'allow' })).code)
  }

  async function exchange(code: string, user_type: string) {
    const { clientId: client_id, clientSecret: client_secret } = sandbox.line
    const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, user_type }
    return highLevel.oauth.getAccessToken({ client_id, client_secret, ...grant })
  }

  describe('in a location', () => {
    test('getAccessToken gives a session that calls are made with', async () => {
      const tokens = await exchange(
        await install({ where: 'some', locations: locationId }),
        'Location',
      )
      assert.equal(tokens.locationId, locationId)
      assert.equal(tokens.userType, 'Location')
      await sessions().setSession(locationId, tokens)
      assert.equal((await pipelines()).pipelines?.length, 3)
    })

    test('a call by id, with the location as the SDK wants it', async () => {
      const { opportunity } = await highLevel.opportunities.getOpportunity(
        { id: demo.opportunityId },
        { headers: { locationId } },
      )
      assert.equal(opportunity?.id, demo.opportunityId)
    })

    test('a session about to expire is refreshed first, once for many calls', async () => {
      const before = await session(locationId)
      await sessions().setSession(locationId, { ...before, expires_in: 10 })
      await Promise.all([pipelines(), pipelines(), pipelines()])
      const now = await session(locationId)
      assert.notEqual(now.access_token, before.access_token)
      assert.notEqual(now.refresh_token, before.refresh_token)
      assert.equal(now.expires_in, 86399)
      assert.equal(now.locationId, locationId)
    })

    test('a 401 is answered by a refresh and the call again', async () => {
      const before = await session(locationId)
      await sessions().setSession(locationId, { ...before, access_token: 'stale' })
      assert.equal((await pipelines()).pipelines?.length, 3)
      const now = await session(locationId)
      assert.notEqual(now.refresh_token, before.refresh_token)
    })

    test('two processes that refresh with one token both go on', async () => {
      const { refresh_token } = await session(locationId)
      const refresh = () =>
        highLevel.oauth.refreshToken(
          String(refresh_token),
          sandbox.line.clientId,
          sandbox.line.clientSecret,
          'refresh_token',
          'Location',
        )
      const [first, second] = await Promise.all([refresh(), refresh()])
      assert.deepEqual(
        [second.access_token, second.refresh_token],
        [first.access_token, first.refresh_token],
      )
      await sessions().setSession(locationId, first)
      assert.equal((await pipelines()).pipelines?.length, 3)
    })

    test('a refusal of a code reaches the caller with its status', async () => {
      await assert.rejects(exchange('f'.repeat(40), 'Location'), (error: GHLError) => {
        assert.equal(error.statusCode, 401)
        assert.match(error.message, /UnAuthorized!/)
        return true
      })
    })
  })

  describe('in an agency', () => {
    test('getAccessToken gives the agency’s session', async () => {
      const tokens = await exchange(await install({ where: 'all', future: 'yes' }), 'Company')
      assert.equal(tokens.userType, 'Company')
      assert.equal(tokens.approveAllLocations, true)
      await sessions().setSession(companyId, tokens)
    })

    test('getInstalledLocation', async () => {
      const appId = sandbox.line.clientId.slice(0, 24)
      const found = await highLevel.oauth.getInstalledLocation({ companyId, appId })
      assert.equal(found.count, 2)
      assert.deepEqual(
        found.locations?.map(({ isInstalled }) => isInstalled),
        [true, true],
      )
    })

    test('getLocationAccessToken opens a location, and its session is refreshed as others', async () => {
      const otherId = demo.otherLocation.locationId
      const tokens = await highLevel.oauth.getLocationAccessToken({
        companyId,
        locationId: otherId,
      })
      await sessions().setSession(otherId, tokens)
      const ofOther = () => highLevel.opportunities.getPipelines({ locationId: otherId })
      assert.equal((await ofOther()).pipelines?.length, 1)
      await sessions().setSession(otherId, { ...tokens, expires_in: 10 })
      assert.equal((await ofOther()).pipelines?.length, 1)
      assert.notEqual((await session(otherId)).access_token, tokens.access_token)
    })

    test('a location whose refresh token is gone gets another token through the agency', async () => {
      const otherId = demo.otherLocation.locationId
      const before = await session(otherId)
      const broken = { ...before, refresh_token: 'gone', expires_in: 10 }
      await sessions().setSession(otherId, broken)
      const { pipelines } = await highLevel.opportunities.getPipelines({ locationId: otherId })
      assert.equal(pipelines?.length, 1)
      assert.notEqual((await session(otherId)).access_token, before.access_token)
    })
  })

  describe('after the app was uninstalled from the location', () => {
    before(async () => {
      await sandbox.stop()
      await promisify(execFile)(process.execPath, [
        ...[bin, 'app', 'uninstall', '--data-dir', dataDir],
        ...['--client-id', demo.clientId, '--location', locationId],
      ])
      sandbox = await launchSandbox(dataDir)
      highLevel.getHttpClient().defaults.baseURL = sandbox.line.url
    })

    test('the agency’s tokens are as good as before', async () => {
      const appId = sandbox.line.clientId.slice(0, 24)
      const found = await highLevel.oauth.getInstalledLocation({ companyId, appId })
      assert.equal(found.count, 2)
    })

    test('401: the location’s own end', async () => {
      const before = await session(locationId)
      const orphan = { ...before, companyId: 'nobody' }
      await sessions().setSession(locationId, orphan)
      await assert.rejects(pipelines(), (error: GHLError) => {
        assert.equal(error.statusCode, 401)
        assert.match(error.message, /access token is invalid/)
        return true
      })
    })
  })
})
