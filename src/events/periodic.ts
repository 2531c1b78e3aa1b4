import type { Database } from '../db/database.ts'
import type { Server } from '../http/server.ts'
import { limits } from '../limits.ts'
import { waitAtMost } from './wait.ts'

/** Work that belongs to no request, and is repeated while the server listens. */
export type PeriodicTask = {
  everyMs: number
  /** The log's message when a run fails. */
  failureMessage: string
  /** Works in bounded steps, and stops between two of them when `isStopping`. */
  run(context: TaskContext, isStopping: () => boolean): Promise<unknown>
}

export type TaskContext = { db: Database; now: () => Date }

/**
 * Runs a task on a timer while the server listens, one run at a time; closing waits for the run.
 * After errors the task backs off up to a bound, as a database may be away for long.
 */
export function runPeriodically(
  app: Pick<Server, 'addHook' | 'log'>,
  context: TaskContext,
  { everyMs, failureMessage, run }: PeriodicTask,
): void {
  let running: Promise<void> | undefined
  let isStopping = false
  let failures = 0
  let timer: NodeJS.Timeout | undefined

  /** Keeps the interval from start to start, so a long run shortens the wait. */
  function schedule(elapsedMs: number): void {
    if (isStopping) return
    const backoffMs = Math.min(everyMs * 2 ** failures, limits.periodicRetryMsMax)
    const nextMs = Math.max(everyMs, backoffMs) - elapsedMs
    timer = setTimeout(start, Math.max(0, nextMs)).unref()
  }

  function start(): void {
    const startedAt = performance.now()
    running = run(context, () => isStopping)
      .then(() => {
        failures = 0
        schedule(performance.now() - startedAt)
      })
      .catch((error) => {
        if (isStopping) return
        failures++
        app.log.error({ err: error }, failureMessage)
        schedule(0)
      })
  }

  app.addHook('onListen', (done) => {
    schedule(0)
    done()
  })
  app.addHook('onClose', async () => {
    isStopping = true
    clearTimeout(timer)
    // A statement that a hanging database keeps is let go: each is a commit of its own.
    await waitAtMost(limits.taskStopMsMax, running)
  })
}
