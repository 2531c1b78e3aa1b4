import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Config, DebugArea } from '../../config.ts'

export type Tell = (message: string, fields: object) => void

/** Tells what is done, step by step; what nobody asked for is not there. */
export type Debug = { readonly [Area in DebugArea]?: Tell }

/** The trace id of the request on whose behalf something is done. */
const current = new AsyncLocalStorage<string>()

/** What the options ask for; undefined, so that nothing is spent on it, where that is nothing. */
export function createDebug(
  log: FastifyBaseLogger,
  { debug, logLevel }: Pick<Config, 'debug' | 'logLevel'>,
): Debug | undefined {
  const isAll = logLevel === 'debug' || logLevel === 'trace'
  const areas = isAll ? (['http', 'sql', 'events', 'auth'] as const) : debug
  if (areas.length === 0) return undefined
  const tellers = areas.map((area) => {
    // Of its own level, so that --debug does not need --log-level.
    const own = log.child({ debug: area }, { level: 'debug' })
    const tell: Tell = (message, fields) =>
      own.debug({ traceId: current.getStore(), ...fields }, message)
    return [area, tell] as const
  })
  return Object.fromEntries(tellers)
}

/** Notes for all that a request has done that it is this request's. */
export function noteRequests(app: FastifyInstance): void {
  app.addHook('onRequest', ({ id }, _reply, done) => current.run(id, done))
  // A body arrives on its connection's behalf, which was there before the request.
  app.addHook('preValidation', ({ id }, _reply, done) => current.run(id, done))
}
