import { type RateLimiterAbstract, RateLimiterMemory } from 'rate-limiter-flexible'
import type { Database, Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { limits } from '../../limits.ts'

/** How often something happened in the window under way, and when that ends. */
export type Count = { total: number; endsInMs: number }

/** Adds to the count of a key. A window begins with the first that is added. */
export type Counter = (key: string, points: number) => Promise<Count>

/** Where counts are kept. */
export type Counts = {
  /** Counts in windows of `seconds`; names keep what is counted for different ends apart. */
  counter(name: string, seconds: number): Counter
  close(): Promise<void>
}

/** Where counts are kept by a database: in memory when only this process can open it. */
export function databaseCounts(db: Database): Counts {
  return db.engine.name === 'pglite' ? memoryCounts() : postgresCounts(db)
}

/** Counts of one process: the sandbox's. */
export function memoryCounts(): Counts {
  return {
    counter: (keyPrefix, duration) =>
      countsOf(new RateLimiterMemory({ keyPrefix, duration, points: 0 })),
    close: async () => undefined,
  }
}

/** What the library counts. Who is refused is decided elsewhere: its own bound is never asked. */
export function countsOf(limiter: RateLimiterAbstract): Counter {
  return async (key, points) => {
    const { consumedPoints, msBeforeNext } = await limiter.penalty(key, points)
    return { total: consumedPoints, endsInMs: msBeforeNext }
  }
}

type Addition = { seconds: number; points: number; counted: PromiseWithResolvers<Count> }

/**
 * Counts that all processes on one database share. Everything that is added in one turn of the
 * event loop goes in one statement: of fifty, each costs a tenth of what it would alone. The
 * database's clock decides: those of the processes may differ.
 */
export function postgresCounts(db: Queryable): Counts {
  let waiting = new Map<string, Addition>()
  const sweeping = setInterval(() => {
    // What is left lying is swept next time.
    sweepCounts(db).catch(() => undefined)
  }, limits.rateSweepEveryMs).unref()

  async function send(): Promise<void> {
    const additions = waiting
    waiting = new Map()
    try {
      const counts = await add(db, additions)
      for (const { key, ...count } of counts) additions.get(key)?.counted.resolve(count)
    } catch (error) {
      for (const { counted } of additions.values()) counted.reject(error)
    }
  }

  return {
    counter: (name, seconds) => async (key, points) => {
      const named = `${name}:${key}`
      if (waiting.size === 0) setImmediate(send)
      const begun = { seconds, points: 0, counted: Promise.withResolvers<Count>() }
      const addition = waiting.get(named) ?? begun
      waiting.set(named, addition)
      addition.points += points
      const upToHere = addition.points
      const { total, endsInMs } = await addition.counted.promise
      // Of those who add in one turn each sees what came before it, not what came after.
      return { total: total - addition.points + upToHere, endsInMs }
    },
    close: async () => clearInterval(sweeping),
  }
}

/** In the order of the keys: processes that add to the same ones at once must not deadlock. */
function add(db: Queryable, additions: ReadonlyMap<string, Addition>) {
  const keys = [...additions.keys()].sort()
  const each = (member: 'points' | 'seconds') => keys.map((key) => additions.get(key)?.[member])
  return db.query<Count & { key: string }>(sql`
    insert into rate_limits as r (key, points, expires_at)
    select w.key, w.points, now() + w.seconds * interval '1 second'
    from unnest(${keys}::text[], ${each('points')}::bigint[], ${each('seconds')}::float8[])
      as w (key, points, seconds)
    on conflict (key) do update set
      points = excluded.points + case when r.expires_at > now() then r.points else 0 end,
      expires_at = case when r.expires_at > now() then r.expires_at else excluded.expires_at end
    returning r.key, r.points as total,
      extract(epoch from r.expires_at - now())::float8 * 1000 as "endsInMs"`)
}

/** Removes the counts of windows that are over. */
export function sweepCounts(db: Queryable): Promise<unknown> {
  return db.query(sql`delete from rate_limits where expires_at <= now()`)
}
