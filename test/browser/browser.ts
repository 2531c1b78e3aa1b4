import fs from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** A browser of this machine: the one that CHROMIUM names, or where distributions put theirs. */
const places = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const executable = places.find((place) => place && fs.existsSync(place))

/** Why a test of pages cannot run here; false when it can. */
export const noBrowser =
  executable === undefined &&
  'There is no Chromium here: install one, or name it in the variable CHROMIUM.'

const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** What starts the browser, without all that it would do on its own account. */
export const browserCommand = {
  executablePath: executable ?? '',
  // Chromium's sandbox refuses root, which is who runs the tests in a container.
  args: process.getuid?.() === 0 ? ['--no-sandbox', ...quiet] : quiet,
}

/** Starts it, to be told what to do. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch(browserCommand)
}
