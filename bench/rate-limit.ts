import { median } from './median.ts'
import { type Operation, operations } from './operations.ts'
import type { PostgresTarget, ServerRun } from './targets.ts'

/** GET with and without a rate limit that counts; each the median of its rounds. */
export type LimiterCost = {
  connections: number
  off: { perSecond: number; cpuUs: number }
  counting: { perSecond: number; cpuUs: number }
  /** The median over the rounds of counting by not counting, in requests a second. */
  ratio: number
}

/** Limits that are never reached, but counted in the database as any other. */
const unreachableLimits = ['--rate-limit-max', '1000000', '--rate-limit-daily', '1000000000']
const connections = 64
const warmUpSeconds = 3

/** Measures two new servers over one database in turns; the order alternates by round. */
export async function limiterCost(
  target: PostgresTarget,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<LimiterCost> {
  const round = { operation: operations[0] as Operation, connections, seconds }
  const withoutLimit = await target.startAnother(['--rate-limit', 'off'])
  const withLimit = await target.startAnother(unreachableLimits)
  const servers = [withoutLimit, withLimit]
  for (const { run } of servers) await run({ ...round, seconds: warmUpSeconds })
  const off = () => withoutLimit.run(round)
  const counting = () => withLimit.run(round)
  const pairs: [off: ServerRun, counting: ServerRun][] = []
  for (let i = 0; i < rounds; i++) {
    const first = i % 2 === 0 ? await off() : await counting()
    pairs.push(i % 2 === 0 ? [first, await counting()] : [await off(), first])
  }
  for (const { stop } of servers) await stop()
  const medianRun = (runs: readonly ServerRun[]) => ({
    perSecond: median(runs.map(({ perSecond }) => perSecond)),
    cpuUs: median(
      runs.map(({ serverCpuMs, requests }) => ((serverCpuMs ?? Number.NaN) * 1000) / requests),
    ),
  })
  return {
    connections,
    off: medianRun(pairs.map(([run]) => run)),
    counting: medianRun(pairs.map(([, run]) => run)),
    ratio: median(pairs.map(([a, b]) => b.perSecond / a.perSecond)),
  }
}
