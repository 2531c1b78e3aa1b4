import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RawServerDefault,
} from 'fastify'
import { limits } from '../limits.ts'
import { acceptJson } from './body.ts'
import { answerBrokenRequest, takeTurn, watchConnections } from './connections.ts'
import { frameworkError, handleError, refuseUnknown } from './errors.ts'
import { logRequests } from './log/requests.ts'
import { malformedQuery, parseQuery } from './query.ts'
import { compileSerializer, validatorCompiler } from './schema/compile.ts'
import { checkVersion } from './version.ts'

declare module 'fastify' {
  interface FastifySchema {
    operationId?: string
    summary?: string
    description?: string
    tags?: readonly string[]
  }
}

/** The server that resources add their routes to. */
export type Server = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** What is decided of a server as a whole. */
export type ServerOptions = {
  /** Addresses of the proxies in front. */
  trustProxy?: string | undefined
  /** Whether it refuses what upstream refuses even where that trips known clients. */
  strict?: boolean | undefined
}

/** Creates a server with what all requests share: behaviour.md §1. */
export function createServer(
  log: FastifyBaseLogger,
  { trustProxy, strict = false }: ServerOptions = {},
): Server {
  const app = fastify({
    // Without trusted proxies the address is that of the connection, and no header can change it.
    ...(trustProxy === undefined ? {} : { trustProxy }),
    loggerInstance: log,
    // `logRequests` writes one line for each request.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    genReqId: () => randomUUID(),
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestMsMax,
    // Its refusal would have no body: `takeTurn` has one.
    http: {
      requireHostHeader: false,
      // Node looks every 30 s for requests that are late, which would double their time.
      connectionsCheckingInterval: limits.requestCheckEveryMs,
    },
    // Idle connections must not delay a stop; requests in progress are answered.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: limits.paramCharsMax,
      querystringParser: parseQuery,
    },
    frameworkErrors: (error, request, reply) => {
      handleError(error, request, reply as never)
    },
    clientErrorHandler: answerBrokenRequest,
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.setValidatorCompiler(validatorCompiler(strict))
  app.setSerializerCompiler(compileSerializer)
  app.setErrorHandler(handleError)
  watchConnections(app.server)
  acceptJson(app)
  logRequests(app)
  app.addHook('onRequest', takeTurn)
  app.addHook('onRequest', refuseUnknown)
  app.addHook('onRequest', checkVersion)
  app.addHook('preValidation', (request, _reply, done) => {
    const isMalformed = malformedQuery in (request.query as object)
    done(isMalformed ? frameworkError(400, 'URI malformed') : undefined)
  })
  app.addHook('preSerialization', (request, _reply, payload, done) => {
    const isObject = typeof payload === 'object' && payload !== null && !Array.isArray(payload)
    done(null, isObject ? { ...payload, traceId: request.id } : payload)
  })
  return app
}
