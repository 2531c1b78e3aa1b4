import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { demo } from '../../src/demo/ids.ts'
import { launchSandbox } from '../launch.ts'
import { noBrowser, openBrowser } from './browser.ts'

const pictures = path.join(os.tmpdir(), 'groundlevel-docs')
const phone = { width: 390, height: 800 }
const desk = { width: 1280, height: 900 }
const removal = 'remove-followers-opportunity'
const [first, second, third, fourth] = demo.followers
const axe = fs.readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
const run = promisify(execFile)

type Fault = { id: string; impact: string; nodes: { html: string }[] }

describe('reference in a browser', { skip: noBrowser, timeout: 480_000 }, () => {
  let sandbox: Awaited<ReturnType<typeof launchSandbox>>
  let browser: Browser

  before(async () => {
    sandbox = await launchSandbox()
    browser = await openBrowser()
    fs.mkdirSync(pictures, { recursive: true })
  })
  after(async () => {
    await browser?.close()
    await sandbox?.stop()
  })

  /** A fresh browser profile that notes what goes wrong and where requests go. */
  async function openPage(address: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ viewport: desk, ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    const complaints: string[] = []
    const origins = new Set<string>()
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url())
      if (protocol !== 'data:' && protocol !== 'blob:') origins.add(origin)
    })
    await page.goto(sandbox.line.url + address)
    const section = page.locator(`section[id$="/${removal}"]`)
    return { context, page, section, complaints, origins }
  }

  async function assertAccessible(page: Page, name: string): Promise<void> {
    const tags = JSON.stringify(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'])
    const found = await page.evaluate<Fault[]>(
      `${axe}; axe.run({ runOnly: ${tags} }).then(({ violations }) => violations)`,
    )
    const serious = found.filter(({ impact }) => ['serious', 'critical'].includes(impact))
    const faultText = serious.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    )
    assert.deepEqual(faultText, [], name)
  }

  const picture = (page: Page, name: string) =>
    page.screenshot({ path: path.join(pictures, `${name}.png`) })

  const send = (page: Page) =>
    page
      .getByRole('dialog')
      .getByRole('button', { name: /^Send.*request/i })
      .last()

  const status = (page: Page, text: string) =>
    page.getByRole('dialog').getByText(text).first().waitFor()

  /** The answer as the runner shows it. */
  const answer = (page: Page) => page.getByRole('dialog').locator('.cm-content').last()

  test('Remove Followers: Send shows the documented answer, another body the 422', async () => {
    const { context, page, section, complaints, origins } = await openPage(`/docs/${removal}`)
    await section.getByRole('button', { name: /Test Request/ }).click()
    await send(page).click()
    await status(page, '200 OK')
    const shown = (await answer(page).innerText()).replace(/\s/g, '')
    assert.ok(
      shown.startsWith(
        `{"followers":["${first}","${second}"],"followersRemoved":["${third}","${fourth}"],"traceId":"`,
      ),
      shown,
    )
    await picture(page, 'runner')
    await assertAccessible(page, 'the runner')

    await page.getByRole('dialog').locator('.cm-content').first().click()
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText('{"followers":"nobody"}')
    await send(page).click()
    await status(page, '422 Unprocessable')
    assert.match(await answer(page).innerText(), /followers must be an array/)
    assert.deepEqual([...origins], [sandbox.line.url])
    // Chromium mentions a refused request in its console.
    assert.deepEqual(
      complaints.filter((text) => !/status of 422/.test(text)),
      [],
    )
    await context.close()
  })

  test('the token of an operation is the one that it takes, and the address can be another', async () => {
    const { context, page, origins } = await openPage('/docs/get-company')
    const company = page.locator('section[id$="/get-company"]')
    await company.getByRole('button', { name: /Test Request/ }).click()
    await send(page).click()
    await status(page, '200 OK')
    assert.match(await answer(page).innerText(), /"company"/)
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: /Response Headers/ }).click()
    await dialog.getByText('X-Ratelimit-Remaining').waitFor()

    await dialog.getByRole('button', { name: 'Server: {baseUrl}' }).click()
    const address = page.locator('input[id$="-baseUrl"]').last()
    assert.equal(await address.inputValue(), sandbox.line.url)
    await address.fill(`${sandbox.line.url}/elsewhere`)
    await page.keyboard.press('Escape')
    await send(page).click()
    await status(page, '404 Not Found')
    assert.match(await answer(page).innerText(), /Cannot GET \/elsewhere\/companies\//)
    await context.close()
    assert.deepEqual([...origins], [sandbox.line.url])
  })

  test('until the component has drawn there is a list of all operations, which leads to them', async () => {
    const context = await browser.newContext({ viewport: phone })
    const page = await context.newPage()
    const released = Promise.withResolvers<void>()
    await page.route(/\/assets\/scalar-/, async (route) => {
      await released.promise
      await route.continue()
    })
    await page.goto(`${sandbox.line.url}/docs`, { waitUntil: 'commit' })
    const outline = page.locator('#outline')
    await outline.getByRole('link', { name: 'Create Opportunity' }).waitFor()
    const followers = '/opportunities/{id}/followers'
    await outline.getByText(`DELETE ${followers}`).waitFor()
    await picture(page, 'outline')
    assert.equal(
      await page.evaluate('document.documentElement.scrollWidth > innerWidth'),
      false,
      'it is not wider than the window',
    )
    await assertAccessible(page, 'the list')
    // Contacts have an operation of this name too.
    const own = outline.getByRole('listitem').filter({ hasText: `DELETE ${followers}` })
    await own.getByRole('link', { name: 'Remove Followers' }).click()
    await outline.locator('li:target').getByText('Remove Followers').waitFor()
    released.resolve()
    await page.locator(`section[id$="/${removal}"]`).getByText('Requirements').waitFor()
    assert.equal(await outline.count(), 0)
    await context.close()
  })

  test('the end of an operation leads to its neighbours and to its page in Markdown', async () => {
    const { context, page, section, complaints } = await openPage(`/docs/v2/${removal}`)
    await page.waitForURL(/\/docs\/v2#tag\/followers\//)
    const end = section.getByRole('navigation', { name: 'Other pages' })
    await end.getByRole('link', { name: 'Previous: Add Followers' }).click()
    await page.waitForURL(/\/docs\/v2#tag\/followers\/add-followers-opportunity$/)
    const before = page.locator('section[id$="/add-followers-opportunity"]')
    await before.getByRole('heading', { name: 'Add Followers' }).waitFor()
    await page.waitForTimeout(500)
    const { y } = (await before.boundingBox()) ?? { y: Number.NaN }
    assert.ok(Math.abs(y) < 200, `it is scrolled to: ${y}`)
    assert.deepEqual(complaints, [])
    await before.getByRole('link', { name: 'View as Markdown' }).click()
    await page.waitForURL(/\/docs\/v2\/add-followers-opportunity\.md$/)
    await context.close()
  })

  test('by keyboard alone: to an operation, into its runner, and send', async () => {
    const { context, page, section } = await openPage(`/docs/${removal}`)
    await section.getByRole('button', { name: /Test Request/ }).waitFor()
    const focused = () =>
      page.evaluate<string>(`document.activeElement.tagName + document.activeElement.innerText`)
    for (let i = 0; !/^BUTTON\s*Test Request/.test(await focused()); i++) {
      assert.ok(i < 60, 'the keyboard reaches Test Request')
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Control+Enter')
    await status(page, '200 OK')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await context.close()
  })

  test('each of the eight samples is there; those of curl, Node and Python run', async (t) => {
    const { context, section, page } = await openPage(`/docs/${removal}`)
    const sources = new Map<string, string>()
    const card = section.locator('.request-card')
    await card.getByRole('button', { name: 'curl' }).waitFor()
    let label = 'curl'
    for (const next of ['curl', 'Node.js', 'Python', 'PHP', 'Java', 'Go', 'Ruby', 'PowerShell']) {
      if (next !== label) {
        await card.getByRole('button', { name: label, exact: true }).click()
        await page.getByRole('option', { name: next, exact: true }).click()
        await card.getByRole('button', { name: next, exact: true }).waitFor()
      }
      label = next
      const source = (await card.locator('pre').textContent()) ?? ''
      assert.ok(source.includes(demo.privateIntegrationToken), next)
      assert.ok(![...sources.values()].includes(source), next)
      sources.set(next, source)
    }
    const programs: [string, string, string[]][] = [
      ['curl', 'bash', ['-c']],
      ['Node.js', process.execPath, ['-e']],
      ['Python', 'python3', ['-c']],
    ]
    for (const [name, program, flags] of programs) {
      await runs(t, name, program, [...flags, sources.get(name) ?? ''])
    }
    await context.close()
  })

  /** Runs a sample, and reads that it was answered 200. */
  async function runs(t: TestContext, name: string, program: string, args: string[]) {
    await t.test(name, async (t) => {
      const there = await run(name === 'curl' ? 'curl' : program, ['--version']).catch(() => false)
      if (!there) return t.skip(`There is no ${program} here.`)
      const { stdout } = await run(program, args)
      assert.deepEqual(JSON.parse(stdout).followers, [first, second], stdout)
    })
  }

  test('stars and a line are sent, and kept', async () => {
    const { context, page, section, complaints } = await openPage(`/docs/${removal}`)
    const form = section.locator('form.feedback')
    await form.scrollIntoViewIfNeeded()
    await form.getByLabel('4 stars').check({ force: true })
    await form.getByLabel(/better/).fill('More pictures')
    await picture(page, 'feedback')
    await form.getByRole('button', { name: 'Send feedback' }).click()
    await form.getByText('Thank you.').waitFor()
    assert.deepEqual(complaints, [])
    await context.close()
  })

  test('all pages on a phone and on a desk, in the light and in the dark', async () => {
    const pages = {
      introduction: '/docs',
      operation: `/docs/${removal}`,
      v2: '/docs/v2',
      errors: '/docs/guide/errors',
      scopes: '/docs/guide/scopes',
      clients: '/docs/guide/clients',
    }
    for (const [name, address] of Object.entries(pages)) {
      for (const viewport of [phone, desk]) {
        for (const colorScheme of ['light', 'dark'] as const) {
          // Each is seen in both colours, and one of them in both on either screen.
          if (name !== 'operation' && (viewport === phone) === (colorScheme === 'light')) continue
          const options = { viewport, colorScheme }
          const { context, page, complaints, origins } = await openPage(address, options)
          await page.locator('main h1, section h1, section h3').first().waitFor()
          // What is drawn when it comes into view has come.
          await page.waitForTimeout(800)
          const screenshotName = `${name}-${viewport.width}-${colorScheme}`
          await picture(page, screenshotName)
          const overflow = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
          assert.equal(overflow, false, `${screenshotName} is not wider than the window`)
          await assertAccessible(page, screenshotName)
          assert.deepEqual(complaints, [], screenshotName)
          assert.deepEqual([...origins], [sandbox.line.url], screenshotName)
          await context.close()
        }
      }
    }
  })

  test('search finds an operation', async () => {
    const { context, page } = await openPage('/docs')
    await page
      .getByRole('button', { name: /Search/ })
      .first()
      .click()
    await page.keyboard.type('remove followers')
    await page
      .getByRole('option', { name: /Remove Followers/ })
      .first()
      .waitFor()
    await assertAccessible(page, 'the search')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(new RegExp(`/${removal}$`))
    await context.close()
  })
})
