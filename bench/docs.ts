import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { browserCommand, noBrowser } from '../test/browser/browser.ts'
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
/** Longer than a load takes on a slow machine. */
const settledMs = 6_000

/** Milliseconds since the address was asked for, and bytes. */
type PageLoad = { painted: number; drawn: number; bytes: number }

const timingScript = `({
  painted: performance.getEntriesByName('first-contentful-paint')[0].startTime,
  drawn: performance.getEntriesByName('drawn')[0].startTime,
  bytes: performance.getEntries().reduce((sum, { transferSize = 0 }) => sum + transferSize, 0),
})`

/**
 * Opens the page as somebody does who reads it. Whoever watches a page through its debugger makes it
 * slower: each line that it writes to the console then costs V8 another reading of the script. So
 * the page is asked only when all is over.
 */
async function load(url: string): Promise<PageLoad & { version: string }> {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'groundlevel-browser-'))
  const { executablePath, args } = browserCommand
  const profileArgs = ['--headless=new', '--remote-debugging-port=0', '--window-size=1280,900']
  const started = [...args, ...profileArgs, `--user-data-dir=${profile}`, 'about:blank']
  const child = spawn(executablePath, started, { stdio: 'ignore' })
  try {
    const port = await portOf(profile)
    await fetch(`http://127.0.0.1:${port}/json/new?${url}/docs`, { method: 'PUT' })
    await sleep(settledMs)
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
    const pages = browser.contexts().flatMap((context) => context.pages())
    const page = pages.find((one) => one.url().startsWith(url))
    if (!page) throw new Error('The browser did not open the page')
    return { ...(await page.evaluate<PageLoad>(timingScript)), version: browser.version() }
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill()
    await ended
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Where the browser listens: it writes that down when it is ready. */
async function portOf(profile: string): Promise<number> {
  const file = path.join(profile, 'DevToolsActivePort')
  for (let i = 0; i < 100 && !fs.existsSync(file); i++) await sleep(100)
  // It is slower while it starts.
  await sleep(1_000)
  return Number.parseInt(fs.readFileSync(file, 'utf8'), 10)
}

function report(found: readonly PageLoad[], version: string): string {
  const column = (name: keyof PageLoad) => found.map((one) => one[name])
  const ms = (name: keyof PageLoad) => {
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
    `- ${found.length} loads of \`/docs\`, each in a new profile without a debugger; milliseconds`,
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
try {
  // The first load makes the pages, on the server's side.
  const { version } = await load(sandbox.line.url)
  const found: PageLoad[] = []
  for (let i = 0; i < loads; i++) found.push(await load(sandbox.line.url))
  const text = report(found, version)
  fs.writeFileSync(flags.out ?? fileURLToPath(new URL('docs-results.md', import.meta.url)), text)
  process.stdout.write(text)
} finally {
  await sandbox.stop()
}
