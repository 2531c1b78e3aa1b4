import { type RateLimiterAbstract, RateLimiterMemory } from 'rate-limiter-flexible'
import type { Database, Queryable } from '../../db/database.ts'
import { type Sql, sql } from '../../db/sql.ts'
import { limits } from '../../limits.ts'

/** The total of the current window, and when that ends. */
export type Count = { total: number; endsInMs: number }

/** Adds to the count of a key. A window begins with the first addition. */
export type Counter = (key: string, points: number) => Promise<Count>

/** Where counts are kept. */
export type Counts = {
  /** Counts in windows of `seconds`; each name has counts of its own. */
  counter(name: string, seconds: number): Counter
  close(): Promise<void>
}

/** Whether counts outlive a crash of the database: those of requests cost nobody anything. */
export type CountsTable = 'unlogged' | 'logged'

/** Keeps counts in the database, or in memory when only this process can open that. */
export function databaseCounts(db: Database, table: CountsTable = 'unlogged'): Counts {
  return db.engine.name === 'pglite' ? memoryCounts() : postgresCounts(db, table)
}

/** Keeps counts in the memory of this process, which is enough for the sandbox. */
export function memoryCounts(): Counts {
  return {
    counter: (keyPrefix, duration) =>
      countsOf(new RateLimiterMemory({ keyPrefix, duration, points: 0 })),
    close: async () => undefined,
  }
}

/** Counts by the library without its limit: `leases` decides who is refused. */
export function countsOf(limiter: RateLimiterAbstract): Counter {
  return async (key, points) => {
    const { consumedPoints, msBeforeNext } = await limiter.penalty(key, points)
    return { total: consumedPoints, endsInMs: msBeforeNext }
  }
}

const tables: Readonly<Record<CountsTable, Sql>> = {
  unlogged: sql`rate_limits`,
  logged: sql`sign_in_counts`,
}

type Addition = { seconds: number; points: number; result: PromiseWithResolvers<Count> }

/**
 * Shares counts between all processes on one database. The additions of one turn of the event loop
 * go in one statement: in a batch of fifty each costs a tenth of a statement of its own. The clock of
 * the database decides, as those of the processes may differ.
 */
export function postgresCounts(db: Queryable, table: CountsTable = 'unlogged'): Counts {
  let pendingAdditions = new Map<string, Addition>()
  const sweepTimer = setInterval(() => {
    // The next sweep removes what a failed one has left.
    sweepCounts(db, table).catch(() => undefined)
  }, limits.rateSweepEveryMs).unref()

  async function send(): Promise<void> {
    const additions = pendingAdditions
    pendingAdditions = new Map()
    try {
      const counts = await add(db, tables[table], additions)
      for (const { key, ...count } of counts) additions.get(key)?.result.resolve(count)
    } catch (error) {
      for (const { result } of additions.values()) result.reject(error)
    }
  }

  return {
    counter: (name, seconds) => async (key, points) => {
      const fullKey = `${name}:${key}`
      if (pendingAdditions.size === 0) setImmediate(send)
      const newAddition = { seconds, points: 0, result: Promise.withResolvers<Count>() }
      const addition = pendingAdditions.get(fullKey) ?? newAddition
      pendingAdditions.set(fullKey, addition)
      addition.points += points
      const pointsSoFar = addition.points
      const { total, endsInMs } = await addition.result.promise
      // Each addition of a batch sees those before it, and not those after it.
      return { total: total - addition.points + pointsSoFar, endsInMs }
    },
    close: async () => clearInterval(sweepTimer),
  }
}

/** Adds in the order of the keys, as concurrent additions to the same keys could deadlock. */
function add(db: Queryable, table: Sql, additions: ReadonlyMap<string, Addition>) {
  const keys = [...additions.keys()].sort()
  const columnOf = (member: 'points' | 'seconds') => keys.map((key) => additions.get(key)?.[member])
  return db.query<Count & { key: string }>(sql`
    insert into ${table} as r (key, points, expires_at, counted_at)
    select w.key, w.points, now() + w.seconds * interval '1 second', now()
    from unnest(${keys}::text[], ${columnOf('points')}::bigint[], ${columnOf('seconds')}::float8[])
      as w (key, points, seconds)
    on conflict (key) do update set
      points = excluded.points
        + case when r.expires_at > excluded.counted_at then r.points else 0 end,
      expires_at = case when r.expires_at > excluded.counted_at then r.expires_at
        else excluded.expires_at end,
      counted_at = excluded.counted_at
    returning r.key, r.points as total,
      extract(epoch from r.expires_at - r.counted_at)::float8 * 1000 as "endsInMs"`)
}

/** Removes the counts of expired windows. */
export function sweepCounts(db: Queryable, table: CountsTable = 'unlogged'): Promise<unknown> {
  return db.query(sql`delete from ${tables[table]} where expires_at <= now()`)
}
