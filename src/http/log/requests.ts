import type { FastifyInstance } from 'fastify'

/**
 * Logs one line for each request: operation, location, status and time, and never a token, a query
 * or a body.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    request.log.info(
      {
        operationId: request.routeOptions.schema?.operationId,
        locationId: request.caller?.locationId,
        method: request.method,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 100) / 100,
      },
      'request',
    )
    done()
  })
}
