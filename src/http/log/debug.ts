import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Config, DebugArea } from '../../config.ts'

export type LogStep = (message: string, fields: object) => void

/** A logger for each area that `--debug` names; the others are absent. */
export type Debug = { readonly [Area in DebugArea]?: LogStep }

/** The trace id of the request that the running code belongs to. */
const current = new AsyncLocalStorage<string>()

/** The loggers that the options ask for; undefined when there are none, to cost nothing. */
export function createDebug(
  log: FastifyBaseLogger,
  { debug, logLevel }: Pick<Config, 'debug' | 'logLevel'>,
): Debug | undefined {
  const isAll = logLevel === 'debug' || logLevel === 'trace'
  const areas = isAll ? (['http', 'sql', 'events', 'auth'] as const) : debug
  if (areas.length === 0) return undefined
  const loggers = areas.map((area) => {
    // It has its own level, so that --debug works without --log-level.
    const areaLog = log.child({ debug: area }, { level: 'debug' })
    const logStep: LogStep = (message, fields) =>
      areaLog.debug({ traceId: current.getStore(), ...fields }, message)
    return [area, logStep] as const
  })
  return Object.fromEntries(loggers)
}

/** Keeps the trace id of each request for all code that runs on its behalf. */
export function trackRequests(app: FastifyInstance): void {
  app.addHook('onRequest', ({ id }, _reply, done) => current.run(id, done))
  // Reading a body leaves the context of the request for that of its connection.
  app.addHook('preValidation', ({ id }, _reply, done) => current.run(id, done))
}
