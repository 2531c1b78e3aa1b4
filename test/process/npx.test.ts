import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { demo } from '../../src/demo/ids.ts'
import { hangMs, until } from '../until.ts'
import { ask, cleanUp, startServer, temporaryDirectory, within } from './groundlevel.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const hasNpx = spawnSync('npx', ['--version']).status === 0
const skip = hasNpx ? false : 'There is no npx here.'

after(cleanUp)

type Line = { url: string; pid: number }

/** Starts the sandbox as the README says, but for where npm keeps what it notes. */
async function startByNpx(dataDir: string) {
  // npm's own variables name the npm that runs these tests.
  const ownNames = Object.keys(process.env).filter((name) => !name.startsWith('npm_'))
  const env = Object.fromEntries(ownNames.map((name) => [name, process.env[name]]))
  const args = ['groundlevel', 'dev', '--data-dir', dataDir, '--port', '0', '--json']
  const npx = spawn('npx', args, {
    cwd: root,
    env: { ...env, npm_config_cache: temporaryDirectory(), npm_config_offline: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const logs: string[] = []
  npx.stderr.setEncoding('utf8').on('data', (text) => logs.push(String(text)))
  const ended = once(npx, 'exit').then(() => assert.fail('npx ended before the sandbox answered'))
  ended.catch(() => undefined)
  const [chunk] = await within(hangMs, Promise.race([once(npx.stdout, 'data'), ended]), 'No line')
  return { npx, logs, line: JSON.parse(String(chunk)) as Line }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('npx groundlevel dev', { skip, timeout: 300_000 }, () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`ends with npm's process, by ${signal}, and its data are whole`, async (t) => {
      const directory = path.join(temporaryDirectory(), 'data')
      const { npx, logs, line } = await startByNpx(directory)
      t.after(() => isAlive(line.pid) && process.kill(line.pid, 'SIGKILL'))
      assert.equal(isAlive(line.pid), true)
      const stored = `/opportunities/${demo.opportunityId}`
      assert.equal((await ask(line.url, 'PUT', stored, { name: `By ${signal}` })).status, 200)
      npx.kill(signal)
      await until(() => !isAlive(line.pid), 10_000)
      await until(() => logs.join('').includes('groundlevel stopped'))
      const again = await startServer(['dev', '--data-dir', directory])
      assert.match((await ask(again.url, 'GET', stored)).text, new RegExp(`By ${signal}`))
      await again.end()
    })
  }
})
