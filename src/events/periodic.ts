import type { Database } from '../db/database.ts'
import type { Server } from '../http/server.ts'
import { limits } from '../limits.ts'

/** Work that is done again and again while the server listens, and is no request's. */
export type Periodic = {
  everyMs: number
  /** What the log says when it failed. */
  complaint: string
  /** Works in bounded steps, and ends between two of them once it is stopping. */
  run(context: PeriodicContext, isStopping: () => boolean): Promise<unknown>
}

export type PeriodicContext = { db: Database; now: () => Date }

/**
 * Runs it on a timer while the server listens, one run at a time; closing waits for the run. After
 * errors it is tried again later each time, up to a bound: a database may be away for long.
 */
export function runPeriodically(
  app: Pick<Server, 'addHook' | 'log'>,
  context: PeriodicContext,
  { everyMs, complaint, run }: Periodic,
): void {
  let running: Promise<void> | undefined
  let isStopping = false
  let failures = 0
  let timer: NodeJS.Timeout | undefined

  /** In time for the next run, which a long one has used up. */
  function schedule(usedMs: number): void {
    if (isStopping) return
    const later = Math.min(everyMs * 2 ** failures, limits.periodicRetryMsMax)
    timer = setTimeout(start, Math.max(everyMs, later) - usedMs).unref()
  }

  function start(): void {
    const begun = performance.now()
    running = run(context, () => isStopping)
      .then(() => {
        failures = 0
        schedule(performance.now() - begun)
      })
      .catch((error) => {
        failures++
        app.log.error({ err: error }, complaint)
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
    await running
  })
}
