import { RateLimiterRedis } from 'rate-limiter-flexible'
import { limits } from '../../limits.ts'
import { type Counts, countsOf } from './counts.ts'

/**
 * Shares counts between all processes through one Redis or Valkey. While that is unreachable the
 * client retries, and counting fails immediately.
 */
export async function redisCounts(url: string): Promise<Counts> {
  // It takes 80 ms to load, which servers without Redis save.
  const { createClient } = await import('@redis/client')
  const client = createClient({
    url,
    // Every Redis and Valkey speaks this version of the protocol.
    RESP: 2,
    disableOfflineQueue: true,
    pingInterval: limits.redisPingEveryMs,
    socket: {
      connectTimeout: limits.redisSilentMsMax,
      socketTimeout: limits.redisSilentMsMax,
      reconnectStrategy: limits.redisRetryMs,
    },
  })
  const firstAttempt = Promise.withResolvers<unknown>()
  // Failures are logged where counting fails; an error without a listener would crash.
  client.on('error', firstAttempt.resolve)
  client.connect().then(firstAttempt.resolve, firstAttempt.resolve)
  await firstAttempt.promise
  return {
    counter(name, duration) {
      const keyPrefix = `groundlevel:${name}`
      const clientOptions = { storeClient: client, useRedisPackage: true }
      return countsOf(new RateLimiterRedis({ ...clientOptions, keyPrefix, duration, points: 0 }))
    },
    close: async () => client.destroy(),
  }
}
