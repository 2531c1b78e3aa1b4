import { setTimeout as delay } from 'node:timers/promises'

/** Waits for the end of some work, or for so long; a process may end meanwhile. */
export async function waitAtMost(msMax: number, work: Promise<unknown> | undefined): Promise<void> {
  await Promise.race([work, delay(msMax, undefined, { ref: false })])
}
