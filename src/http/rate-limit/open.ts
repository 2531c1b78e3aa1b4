import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../../config.ts'
import type { Database } from '../../db/database.ts'
import { databaseCounts } from './counts.ts'
import { type RateLimit, rateLimit, rateLimitProfiles } from './rate-limit.ts'
import { redisCounts } from './redis.ts'

/** The rate limit that the options ask for. */
export async function openRateLimit(
  config: Config,
  db: Database,
  log: FastifyBaseLogger,
): Promise<RateLimit> {
  const profile = config.rateLimit ?? 'production'
  const { max, dailyMax, refusedMax } =
    rateLimitProfiles[profile === 'off' ? 'production' : profile]
  const rates = {
    max: config.rateLimitMax ?? max,
    dailyMax: config.rateLimitDaily ?? dailyMax,
    refusedMax: config.rateLimitRefused ?? refusedMax,
  }
  if (profile === 'off') return rateLimit(rates, undefined, log)
  const { redisUrl } = config
  const counts = redisUrl ? await redisCounts(redisUrl) : databaseCounts(db)
  return rateLimit(rates, counts, log)
}
