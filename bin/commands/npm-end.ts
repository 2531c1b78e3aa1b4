import fs from 'node:fs'

const pollMs = 250
const shells = ['sh', 'dash', 'bash', 'ash', 'busybox']

/**
 * Resolves when the npm that started this process is gone. A signal ends `npx` of npm 11 without
 * reaching what it runs, which would keep its port and its data directory for good.
 */
export function npmEnd(env: NodeJS.ProcessEnv): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (env.npm_command) {
    const started = lineage()
    const poll = setInterval(() => {
      if (lineage() === started) return
      clearInterval(poll)
      resolve()
    }, pollMs)
    poll.unref()
  }
  return promise
}

/** The parent and, where that is the shell that npm runs commands with, npm itself. */
function lineage(): string {
  return `${process.ppid} ${parentOfShell(process.ppid)}`
}

/** Known on Linux alone; elsewhere the shell gives way to what it runs. */
function parentOfShell(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, name = '', parent] = /\((.*)\) \S (\d+)/s.exec(stat) ?? []
    return shells.includes(name) ? parent : undefined
  } catch {
    return undefined
  }
}
