import { setTimeout as sleep } from 'node:timers/promises'

/** A machine may be slow; what takes longer than this hangs. */
export const hangMs = 60_000

/** Waits for a condition, looking often; what does not come fails the test. */
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
