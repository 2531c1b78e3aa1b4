import type { FastifyBaseLogger } from 'fastify'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { limits } from '../limits.ts'
import type { PeriodicTask } from './periodic.ts'

/** How much the database's clock is ahead of a machine's: between these two. */
export type ClockDifference = { leastMs: number; mostMs: number }

export type Clock = {
  now(): Date
  /** Compares the clocks again. */
  task: PeriodicTask
}

const machineClock = () => Date.now()

/** Asks the database for its time, which it reads at some moment between question and answer. */
export async function compareClocks(
  db: Queryable,
  machineMs: () => number = machineClock,
): Promise<ClockDifference> {
  const askedAt = machineMs()
  const [row] = await db.query<{ ms: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
  )
  const ms = Number(row?.ms)
  return { leastMs: ms - machineMs(), mostMs: ms - askedAt }
}

/**
 * The time that all servers of one database go by: what one server lets begin must not end earlier or
 * later at another. It is the machine's own while that is within a second of the database's, and else
 * set right by the difference.
 */
export async function openClock(
  db: Queryable,
  log: Pick<FastifyBaseLogger, 'warn'>,
  machineMs: () => number = machineClock,
): Promise<Clock> {
  let correctionMs = 0

  async function compare(): Promise<void> {
    const { leastMs, mostMs } = await compareClocks(db, machineMs)
    const isNear = (ms: number) =>
      ms > leastMs - limits.clockMsMax && ms < mostMs + limits.clockMsMax
    if (isNear(correctionMs) && (correctionMs === 0 || !isNear(0))) return
    correctionMs = isNear(0) ? 0 : Math.round((leastMs + mostMs) / 2)
    log.warn({ correctionMs }, 'the clock of this machine differs from that of the database')
  }

  await compare()
  return {
    now: () => new Date(machineMs() + correctionMs),
    task: {
      everyMs: limits.clockEveryMs,
      failureMessage: 'the clock could not be compared with that of the database',
      run: compare,
    },
  }
}
