import type { Database, Queryable } from '../db/database.ts'
import type { Server } from '../http/server.ts'
import { limits } from '../limits.ts'
import type { AllReactions } from './reactions.ts'
import { waitAtMost } from './wait.ts'

/** Work that a request began and that may take longer than the request. */
export type Leftover<Item = unknown> = {
  /** The log's message when a run fails. */
  failureMessage: string
  /** Finds items to finish, of any location, always in the same order. */
  find(db: Queryable, countMax: number): Promise<Item[]>
  /** Does a part of one item in commits of its own; true when it was the last part. */
  runStep(context: LeftoverContext, item: Item): Promise<boolean>
}

export type LeftoverContext = { db: Database; now: () => Date; reactions: AllReactions }

/** Finishes one kind of leftover; waits for its end for a bounded time. */
export type Finish = (leftover: Leftover) => Promise<void>

/** How many items are looked up in one go. */
const itemsMax = 100

/**
 * Finishes each kind of leftover in steps of its own: at the start, for what a crash interrupted,
 * and whenever a request calls the returned function. It stops between two steps when the server
 * closes.
 */
export function finishLeftovers(
  app: Pick<Server, 'addHook' | 'log'>,
  context: LeftoverContext,
  leftovers: readonly Leftover[],
): Finish {
  const running = new Map(leftovers.map((leftover) => [leftover, Promise.resolve()]))
  const retries = new Map<Leftover, NodeJS.Timeout>()
  let isStopping = false

  /** A database that was away for a moment must not leave work to the next start. */
  function retryLater(leftover: Leftover): void {
    clearTimeout(retries.get(leftover))
    if (isStopping) return
    retries.set(leftover, setTimeout(start, limits.leftoverRetryMs, leftover).unref())
  }

  function start(leftover: Leftover): Promise<void> {
    const previous = running.get(leftover)
    if (!previous) throw new Error('Leftovers are finished of the kinds that families declare')
    const finished = previous
      .then(() => finishAll(context, leftover, () => isStopping))
      .catch((error) => {
        if (isStopping) return
        app.log.error({ err: error }, leftover.failureMessage)
        retryLater(leftover)
      })
    running.set(leftover, finished)
    return finished
  }

  app.addHook('onListen', (done) => {
    for (const leftover of leftovers) start(leftover)
    done()
  })
  app.addHook('onClose', async () => {
    isStopping = true
    for (const retry of retries.values()) clearTimeout(retry)
    await waitAtMost(limits.taskStopMsMax, Promise.all(running.values()))
  })
  return async (leftover) => waitAtMost(limits.clearingMsMax, start(leftover))
}

async function finishAll(
  context: LeftoverContext,
  { find, runStep }: Leftover,
  isStopping: () => boolean,
): Promise<void> {
  for (;;) {
    const items = await find(context.db, itemsMax)
    if (items.length === 0) return
    for (const item of items) {
      let isDone = false
      while (!isDone) {
        if (isStopping()) return
        isDone = await runStep(context, item)
      }
    }
  }
}
