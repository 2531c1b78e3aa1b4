import fs from 'node:fs'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { noBrowser, openBrowser } from '../test/browser/browser.ts'
import { launchSandbox } from '../test/launch.ts'
import { median } from './median.ts'

/**
 * `npm run bench:docs`: how long the reference at `/docs` takes in a browser that has nothing of it
 * yet, and what is transferred for it. Writes `docs-results.md`.
 */
const { values: flags } = parseArgs({
  options: { loads: { type: 'string', default: '15' }, out: { type: 'string' } },
})
const loads = Number(flags.loads)

/** Milliseconds since the address was asked for, and bytes. */
type Load = { painted: number; drawn: number; bytes: number }

/** Runs in the page: notes when its list of operations is painted, and the component after it. */
const watch = `
  const seen = window.seen = {}
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
      if (name === 'first-contentful-paint') seen.painted = startTime
    }
  }).observe({ type: 'paint', buffered: true })
  let isListed = false
  new MutationObserver(() => {
    const outline = document.querySelector('#outline li')
    isListed ||= outline !== null
    if (isListed && !outline) seen.drawn ??= performance.now()
  }).observe(document, { childList: true, subtree: true })`

const bytesOfAll = `performance.getEntries()
  .reduce((sum, { transferSize = 0 }) => sum + transferSize, 0)`

async function load(browser: Awaited<ReturnType<typeof openBrowser>>, url: string): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  await page.addInitScript(watch)
  await page.goto(`${url}/docs`)
  await page.waitForFunction('window.seen.painted && window.seen.drawn')
  const seen = await page.evaluate<Omit<Load, 'bytes'>>('window.seen')
  const bytes = await page.evaluate<number>(bytesOfAll)
  await context.close()
  return { ...seen, bytes }
}

function report(found: readonly Load[], version: string): string {
  const column = (name: keyof Load) => found.map((one) => one[name])
  const ms = (name: keyof Load) => {
    const all = column(name)
    return [median(all), Math.min(...all), Math.max(...all)].map(Math.round).join(' | ')
  }
  return [
    '# Results of `npm run bench:docs`',
    '',
    'Written by the bench; run it again rather than edit this page.',
    '',
    `- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, Chromium ${version}; ` +
      `${os.cpus().length} cores (${os.cpus()[0]?.model}), shared by server and browser`,
    `- ${found.length} loads of \`/docs\`, each in a new profile; milliseconds`,
    `- ${Math.max(...column('bytes')).toLocaleString('en')} bytes transferred (Brotli)`,
    '',
    '| what can be read | median | least | most |',
    '| --- | --: | --: | --: |',
    `| the list of all operations (first paint) | ${ms('painted')} |`,
    `| the reference, with its runner | ${ms('drawn')} |`,
    '',
  ].join('\n')
}

if (noBrowser) throw new Error(noBrowser)
const sandbox = await launchSandbox()
const browser = await openBrowser()
try {
  // The first load makes the pages, on the server's side.
  await load(browser, sandbox.line.url)
  const found: Load[] = []
  for (let i = 0; i < loads; i++) found.push(await load(browser, sandbox.line.url))
  const text = report(found, browser.version())
  fs.writeFileSync(flags.out ?? fileURLToPath(new URL('docs-results.md', import.meta.url)), text)
  process.stdout.write(text)
} finally {
  await browser.close()
  await sandbox.stop()
}
