import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

/** A Redis or Valkey of a test's own, which keeps nothing, on a port that stays the same. */
export type TestRedis = {
  url: string
  start(): Promise<void>
  /** Ends it as a crash would. */
  kill(): Promise<void>
  /** It goes on listening and answers nothing, until it is told to go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
}

const program = ['valkey-server', 'redis-server'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
)

/** Why tests with Redis are skipped on this machine; false when they are not. */
export const noRedis =
  program === undefined && 'there is neither valkey-server nor redis-server on the PATH'

/** One that is not started yet; it ends with the test's process at the latest. */
export async function testRedis(): Promise<TestRedis> {
  if (program === undefined) throw new Error(String(noRedis))
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'groundlevel-redis-'))
  const port = await freePort()
  let child: ChildProcess | undefined
  process.once('exit', () => {
    child?.kill('SIGKILL')
    fs.rmSync(directory, { recursive: true, force: true })
  })
  return {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const settings = { port, bind: '127.0.0.1', dir: directory, save: '', appendonly: 'no' }
      const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`])
      child = spawn(program, args, { stdio: 'ignore' })
      while (!(await answers(port))) {
        if (child.exitCode !== null) throw new Error(`${program} does not start`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    },
    signal: (name) => void child?.kill(name),
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answers(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
