import { spawn } from 'node:child_process'
import fs from 'node:fs'

/**
 * Keeps PostgreSQL no longer than its parent: when the parent ends, however it ends, this
 * process's standard input ends too, and it stops the server and removes its files.
 * Lines on standard input: `stop`, `start`, `kill`.
 */
const [command = '', directory = '', uid = '', ...args] = process.argv.slice(2)
const user = uid === '' ? {} : { uid: Number(uid), gid: Number(uid) }

let server = launch()
let isEnding = false

function launch() {
  const child = spawn(command, args, { ...user, stdio: ['ignore', 'ignore', 'inherit'] })
  child.once('exit', () => {
    if (isEnding) end()
    else process.stdout.write('stopped\n')
  })
  return child
}

function end(): void {
  fs.rmSync(directory, { recursive: true, force: true })
  process.exit(0)
}

function finish(): void {
  if (isEnding) return
  isEnding = true
  if (server.exitCode !== null || server.signalCode !== null) end()
  else server.kill('SIGQUIT')
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.stdin.setEncoding('utf8')
process.stdin.on('data', (text: string) => {
  for (const line of text.split('\n')) {
    if (line === 'stop') server.kill('SIGINT')
    else if (line === 'kill') server.kill('SIGKILL')
    else if (line === 'start') server = launch()
  }
})
process.stdin.on('end', finish)
process.stdin.on('error', finish)
