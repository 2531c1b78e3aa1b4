import { setTimeout as sleep } from 'node:timers/promises'

/** Waiting longer than this fails a test, even on a slow machine. */
export const hangMs = 60_000

/** Polls until a condition holds; throws after `msMax`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  msMax = hangMs,
): Promise<void> {
  const end = performance.now() + msMax
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`It did not happen within ${msMax} ms`)
    await sleep(20)
  }
}
