import { RateLimiterRedis } from 'rate-limiter-flexible'
import { limits } from '../../limits.ts'
import { type Counts, countsOf } from './counts.ts'

/**
 * Counts that all processes share through one Redis or Valkey. One that is away stops nothing: the
 * client looks for it again and again, and until it is there counting fails at once.
 */
export async function redisCounts(url: string): Promise<Counts> {
  // Loading it takes 80 ms, which only those who use it wait for.
  const { createClient } = await import('@redis/client')
  const client = createClient({
    url,
    // What every Redis and Valkey speaks.
    RESP: 2,
    disableOfflineQueue: true,
    pingInterval: limits.redisPingEveryMs,
    socket: {
      connectTimeout: limits.redisSilentMsMax,
      socketTimeout: limits.redisSilentMsMax,
      reconnectStrategy: limits.redisRetryMs,
    },
  })
  const tried = Promise.withResolvers<unknown>()
  // Whoever counts hears of the failure, and says so.
  client.on('error', tried.resolve)
  client.connect().then(tried.resolve, tried.resolve)
  await tried.promise
  return {
    counter(name, duration) {
      const keyPrefix = `groundlevel:${name}`
      const own = { storeClient: client, useRedisPackage: true }
      return countsOf(new RateLimiterRedis({ ...own, keyPrefix, duration, points: 0 }))
    },
    close: async () => client.destroy(),
  }
}
