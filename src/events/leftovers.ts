import { setTimeout as delay } from 'node:timers/promises'
import type { Database, Queryable } from '../db/database.ts'
import type { Server } from '../http/server.ts'
import { limits } from '../limits.ts'
import type { AllReactions } from './reactions.ts'

/** Work that a request began and that may take longer than the request. */
export type Leftover<Item = unknown> = {
  /** What the log says when it cannot be finished now. */
  complaint: string
  /** Finds some of what there is to finish, in any location; the same order each time. */
  find(db: Queryable, countMax: number): Promise<Item[]>
  /** Does a part of one of them in commits of its own; whether that was the last. */
  step(context: StepContext, item: Item): Promise<boolean>
}

export type StepContext = { db: Database; now: () => Date; reactions: AllReactions }

/** Finishes what is left of one kind; waits for the end, but not for long. */
export type Finish = (leftover: Leftover) => Promise<void>

/** How many items are looked up in one go. */
const itemsMax = 100

/**
 * Finishes all kinds of work in steps, each kind by itself: what a crash interrupted at the start,
 * and what a request began when it says so. It stops between two steps when the server closes.
 */
export function finishLeftovers(
  app: Pick<Server, 'addHook' | 'log'>,
  context: StepContext,
  leftovers: readonly Leftover[],
): Finish {
  const running = new Map(leftovers.map((leftover) => [leftover, Promise.resolve()]))
  let isStopping = false

  function start(leftover: Leftover): Promise<void> {
    const before = running.get(leftover)
    if (!before) throw new Error('Leftovers are finished of the kinds that families declare')
    const finished = before
      .then(() => finishAll(context, leftover, () => isStopping))
      .catch((error) => app.log.error({ err: error }, leftover.complaint))
    running.set(leftover, finished)
    return finished
  }

  app.addHook('onListen', (done) => {
    for (const leftover of leftovers) start(leftover)
    done()
  })
  app.addHook('onClose', async () => {
    isStopping = true
    await Promise.all(running.values())
  })
  return async (leftover) => {
    await Promise.race([start(leftover), delay(limits.clearingMsMax, undefined, { ref: false })])
  }
}

async function finishAll(
  context: StepContext,
  { find, step }: Leftover,
  isStopping: () => boolean,
): Promise<void> {
  for (;;) {
    const items = await find(context.db, itemsMax)
    if (items.length === 0) return
    for (const item of items) {
      let isDone = false
      while (!isDone) {
        if (isStopping()) return
        isDone = await step(context, item)
      }
    }
  }
}
