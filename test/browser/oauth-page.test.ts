import assert from 'node:assert/strict'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { createApp } from '../../src/api/oauth/installs/apps.ts'
import { scopes } from '../../src/auth/scopes.ts'
import { sql } from '../../src/db/sql.ts'
import { demo } from '../../src/demo/ids.ts'
import { openSandbox } from '../../src/sandbox.ts'
import { launchSandbox } from '../launch.ts'
import { noBrowser, openBrowser } from './browser.ts'

const pictures = path.join(os.tmpdir(), 'groundlevel-oauth-page')
const phone = { width: 360, height: 740 }
const desk = { width: 1280, height: 900 }

type App = Awaited<ReturnType<typeof createApp>>

/** What an app has: an address that answers, and sends people on to another host of its own. */
async function listenForCallback() {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`)
    if (url.pathname === '/onward') {
      response.writeHead(302, { location: `http://127.0.0.1:${url.port}/welcome` }).end()
    } else {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html><link rel="icon" href="data:,"><h1>Back in the app</h1>')
    }
  })
  server.listen(0)
  await once(server, 'listening')
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  return { origin, close: () => server.close() }
}

describe('chooselocation in a browser', { skip: noBrowser }, () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'groundlevel-browser-'))
  let callback: Awaited<ReturnType<typeof listenForCallback>>
  let sandbox: Awaited<ReturnType<typeof launchSandbox>>
  let browser: Browser
  let app: App
  let largeApp: App

  before(async () => {
    callback = await listenForCallback()
    const db = await openSandbox({ dataDir: directory })
    const now = new Date()
    const wanted = {
      name: 'Calendar Sync',
      redirectUris: [`${callback.origin}/callback?from=app`, `${callback.origin}/onward`],
      scopes: ['contacts.readonly', 'contacts.write', 'opportunities.readonly', 'oauth.write'],
      target: 'both',
      webhookUrl: null,
    } as const
    app = await createApp(db, wanted, now)
    largeApp = await createApp(db, { ...wanted, name: 'Everything', scopes }, now)
    const names = ['Bakery', 'Barbers', 'Café', 'Dentists', 'Florists', 'Gym', 'Salon', 'Vets']
    for (const name of names) {
      await db.query(sql`
        insert into locations (location_id, company_id, name, city, created_at, updated_at)
        values (${`browser${name}`}, ${demo.companyId}, ${`Harbour ${name}`}, 'Portsmouth',
          ${now}, ${now})`)
    }
    await db.close()
    sandbox = await launchSandbox(directory)
    browser = await openBrowser()
    fs.mkdirSync(pictures, { recursive: true })
  })
  after(async () => {
    await browser?.close()
    await sandbox?.stop()
    callback?.close()
    fs.rmSync(directory, { recursive: true, force: true })
  })

  function address(changed: Record<string, string> = {}): string {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: app.clientId,
      redirect_uri: app.redirectUris[0] ?? '',
      scope: app.scopes.join(' '),
      state: 'a state/with?signs',
      ...changed,
    })
    return `${sandbox.line.url}/v2/oauth/chooselocation?${query}`
  }

  /** A fresh browser profile that notes what goes wrong and where requests go. */
  async function openPage(options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ viewport: phone, ...options })
    const page = await context.newPage()
    const complaints: string[] = []
    const origins = new Set<string>()
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => origins.add(new URL(request.url()).origin))
    return { context, page, complaints, origins }
  }

  /** Pictures on a phone and on a desk, in the light and in the dark, to be looked at. */
  async function picture(page: Page, name: string): Promise<void> {
    for (const viewport of [phone, desk]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(viewport)
        await page.emulateMedia({ colorScheme })
        const file = path.join(pictures, `${name}-${viewport.width}-${colorScheme}.png`)
        await page.screenshot({ path: file, fullPage: true })
      }
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 320, height: 600 })
    const overflow = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
    assert.equal(overflow, false, `${name} fits a width of 320 px`)
    await page.setViewportSize(phone)
  }

  /** What has the focus: its role, and the name that a screen reader says. */
  const focused = (page: Page) =>
    page.evaluate<string>(`(() => {
      const it = document.activeElement
      const label = it.labels?.[0]?.innerText ?? it.innerText
      return it.tagName.toLowerCase() + ': ' + label.replace(/\\s+/g, ' ').trim()
    })()`)

  async function tabTo(page: Page, name: string): Promise<void> {
    for (let i = 0; i < 30; i++) {
      if ((await focused(page)) === name) return
      await page.keyboard.press('Tab')
    }
    assert.fail(`the keyboard does not reach “${name}”`)
  }

  test('by keyboard alone: sign in, choose two locations, allow', async () => {
    const { context, page, complaints, origins } = await openPage()
    await page.goto(address())
    await picture(page, '1-sign-in')
    assert.equal(await focused(page), 'button: Continue as the demo admin')
    await page.keyboard.press('Enter')

    await page.waitForURL(/\/oauth\/chooselocation\?/)
    await page.getByRole('heading', { name: 'Where do you want Calendar Sync?' }).waitFor()
    await tabTo(page, 'input: The agency itself Groundlevel Demo Agency')
    await picture(page, '2-choose-agency')
    await page.keyboard.press('ArrowDown')
    assert.equal(await focused(page), 'input: Only some locations Choose which')
    await tabTo(page, 'input: Find a location')
    await page.keyboard.type('harb')
    await page.keyboard.press('Enter')
    assert.equal(await page.locator('.locations > li:visible').count(), 8)
    await page.keyboard.press('Control+A')
    await page.keyboard.type('harb barb')
    assert.equal(await page.locator('.locations > li:visible').count(), 1)
    assert.equal(await page.locator('output').innerText(), '1 found')
    await tabTo(page, 'input: Harbour Barbers Portsmouth')
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Control+A')
    await page.keyboard.press('Backspace')
    await tabTo(page, 'input: Riverside Marketing')
    await page.keyboard.press('Space')
    await picture(page, '3-choose-some')
    await tabTo(page, 'button: Continue')
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { name: 'Allow Calendar Sync in 2 locations?' }).waitFor()
    await picture(page, '4-consent')
    assert.deepEqual(complaints, [])
    assert.deepEqual([...origins], [sandbox.line.url])
    await tabTo(page, 'button: Allow')
    await page.keyboard.press('Enter')

    await page.waitForURL(`${callback.origin}/**`)
    const back = new URL(page.url())
    assert.match(back.searchParams.get('code') ?? '', /^[0-9a-f]{40}$/)
    assert.equal(back.searchParams.get('from'), 'app')
    assert.equal(back.searchParams.get('state'), 'a state/with?signs')
    assert.deepEqual([...origins], [sandbox.line.url, callback.origin])
    assert.deepEqual(complaints, [])
    await context.close()
  })

  test('an app whose callback leads on to another host is reached', async () => {
    const { context, page, complaints } = await openPage()
    await page.goto(address({ redirect_uri: app.redirectUris[1] ?? '' }))
    await page.getByRole('button', { name: 'Continue as the demo admin' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await picture(page, '5-consent-agency')
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByRole('heading', { name: 'Back in the app' }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/welcome')
    assert.deepEqual(complaints, [])
    await context.close()
  })

  test('what an app with every scope may do fits a page, and opens area by area', async () => {
    const { context, page, complaints } = await openPage()
    await page.goto(address({ client_id: largeApp.clientId, scope: scopes.join(' ') }))
    await page.getByRole('button', { name: 'Continue as the demo admin' }).click()
    await page.getByLabel('All locations').check()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { name: 'Allow Everything in all locations of' }).waitFor()
    await picture(page, '9-consent-areas')
    const allow = await page.getByRole('button', { name: 'Allow' }).boundingBox()
    assert(allow && allow.y < 2 * phone.height, `Allow is at ${allow?.y} px`)
    assert.equal(await page.getByText('See your calendars').isVisible(), false)
    await tabTo(page, 'summary: Calendars see and change')
    await page.keyboard.press('Enter')
    await page.getByText('See your calendars', { exact: true }).waitFor()
    await picture(page, '10-consent-area')
    assert.deepEqual(complaints, [])
    await context.close()
  })

  test('without scripts: a password, a mistake, all locations, deny, sign out', async () => {
    const { context, page, complaints } = await openPage({ javaScriptEnabled: false })
    await page.goto(address())
    await page.getByLabel('E-mail address').fill(demo.admin.email)
    await page.getByLabel('Password').fill('not this one')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    assert.equal(await page.title(), 'Error: sign in · Groundlevel')
    await picture(page, '6-sign-in-problem')
    await page.getByLabel('Password').fill(demo.admin.password)
    await page.keyboard.press('Enter')

    await page.getByLabel('Only some locations').check()
    await page.getByRole('button', { name: 'Continue' }).click()
    assert.equal(await page.getByRole('alert').innerText(), 'Choose at least one location.')
    await picture(page, '7-choose-problem')
    await page.getByLabel('All locations').check()
    await page.getByLabel('Those added later, too').check()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { name: 'in all locations of' }).waitFor()
    await page.getByRole('link', { name: 'Choose another place' }).click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.waitForURL(`${callback.origin}/**`)
    assert.equal(new URL(page.url()).searchParams.get('error'), 'access_denied')

    await page.goto(address())
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    // A refused password answers 401, which Chromium mentions in its console.
    assert.deepEqual(
      complaints.filter((text) => !/status of (401|422)/.test(text)),
      [],
    )
    await context.close()
  })

  test('a link that does not work says so, and goes nowhere', async () => {
    const { context, page } = await openPage()
    await page.goto(address({ redirect_uri: 'https://evil.example/' }))
    await page.getByRole('heading', { name: 'This link does not work' }).waitFor()
    await picture(page, '8-damaged')
    assert.equal(new URL(page.url()).origin, sandbox.line.url)
    await context.close()
  })

  test('no other site can show the page in a frame', async () => {
    const { context, page } = await openPage()
    await page.goto(`${callback.origin}/frame`)
    await page.evaluate(`document.body.innerHTML = '<iframe></iframe>'`)
    await page.evaluate(`document.querySelector('iframe').src = ${JSON.stringify(address())}`)
    await page.waitForTimeout(1000)
    const texts = await Promise.all(
      page.frames().map((frame) =>
        frame
          .locator('body')
          .innerText()
          .catch(() => ''),
      ),
    )
    assert.doesNotMatch(texts.join(), /Sign in/)
    await context.close()
  })

  test('text and its ground differ enough to be read, light and dark', async () => {
    const { context, page } = await openPage()
    await page.goto(address())
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const colours = await page.evaluate<Record<string, string>>(`Object.fromEntries(
        ['ground', 'card', 'text', 'quiet', 'field', 'accent', 'accent-deep', 'on-accent', 'tint',
          'problem', 'problem-tint'].map((name) => [name,
          getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim()]))`)
      const pairs: [string, string, number][] = [
        ...['ground', 'card', 'tint'].flatMap((under): [string, string, number][] => [
          ['text', under, 4.5],
          ['quiet', under, 4.5],
          ['accent', under, 4.5],
        ]),
        ['on-accent', 'accent', 4.5],
        ['on-accent', 'accent-deep', 4.5],
        ['accent-deep', 'tint', 4.5],
        ['problem', 'problem-tint', 4.5],
        ['field', 'card', 3],
      ]
      for (const [over, under, least] of pairs) {
        const ratio = contrast(colours[over] ?? '', colours[under] ?? '')
        assert(ratio >= least, `${over} on ${under}, ${colorScheme}: ${ratio.toFixed(2)}`)
      }
    }
    await context.close()
  })
})

/** WCAG 2's contrast of two colours in hex. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const digits = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const part = Number.parseInt(digits.slice(i, i + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
