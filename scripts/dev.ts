import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * `npm run dev`: the sandbox, which restarts when one of its files changes. `node --watch` misses the
 * second change by an editor that replaces files (vim, git, `sed -i`), as on Linux it watches files;
 * this watches their directories.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const watchedFolders = ['bin', 'src', 'migrations', 'web', 'docs']
/** An editor writes a file in several steps, and git many files. */
const quietMs = 100

let child: ChildProcess | undefined
let timer: NodeJS.Timeout | undefined
let restarting = Promise.resolve()
let isStopping = false

function start(): void {
  const args = ['bin/groundlevel.js', 'dev', ...process.argv.slice(2)]
  child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
}

async function stop(): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** Waits for the old server to release the data directory before the new one opens it. */
async function restart(file: string): Promise<void> {
  process.stderr.write(`${file} changed: starting anew\n`)
  await stop()
  if (isStopping) return
  watch()
  start()
}

const directories = new Set<string>()

/** Watches the directories that are not watched yet. */
function watch(): void {
  for (const top of watchedFolders) {
    const children = fs.globSync(`${top}/**/`, { cwd: root })
    for (const directory of new Set([top, ...children])) {
      if (directories.has(path.resolve(root, directory))) continue
      directories.add(path.resolve(root, directory))
      fs.watch(path.resolve(root, directory), (_event, name) => {
        clearTimeout(timer)
        const file = path.join(directory, name ?? '')
        timer = setTimeout(() => {
          restarting = restarting.then(() => restart(file))
        }, quietMs)
      }).on('error', () => directories.delete(path.resolve(root, directory)))
    }
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    isStopping = true
    await stop()
    process.exit(0)
  })
}
watch()
start()
