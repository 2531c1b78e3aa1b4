import { setTimeout as delay } from 'node:timers/promises'
import type { Server } from '../http/server.ts'
import { limits } from '../limits.ts'

/**
 * Work that a request began and that may take longer than the request. `finishAll` finds by itself
 * what there is to do, and does it in steps that are commits of their own; it ends when it is told
 * to stop. What a crash interrupts is gone on with at the next start. Returns what a request does
 * that has begun such work: it waits for the end, but not for long.
 */
export function finishInBackground(
  app: Server,
  finishAll: (isStopping: () => boolean) => Promise<void>,
  complaint: string,
): () => Promise<void> {
  let running = Promise.resolve()
  let isStopping = false
  const start = () => {
    running = running
      .then(() => finishAll(() => isStopping))
      .catch((error) => app.log.error({ err: error }, complaint))
  }
  app.addHook('onListen', (done) => {
    start()
    done()
  })
  app.addHook('onClose', async () => {
    isStopping = true
    await running
  })
  return async () => {
    start()
    await Promise.race([running, delay(limits.clearingMsMax, undefined, { ref: false })])
  }
}
