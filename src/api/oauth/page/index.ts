import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { AppContext } from '../../../context.ts'
import { toApiError } from '../../../http/errors.ts'
import { acceptForms } from '../../../http/form.ts'
import type { Server } from '../../../http/server.ts'
import { limits } from '../../../limits.ts'
import { serveAssets } from './assets.ts'
import { chooseLocation } from './choose.ts'
import { decide } from './decide.ts'
import { guardAnswers, sendPage } from './reply.ts'
import { signInAndOut } from './sign-in.ts'
import { failurePage } from './views/message.ts'

/**
 * The page where people install an app: it speaks HTML and forms, errors too, which is why it
 * has a room to itself in the server.
 */
export function oauthPage(app: Server, context: AppContext): void {
  serveAssets(app)
  app.register(async (page: Server) => {
    page.removeAllContentTypeParsers()
    acceptForms(page)
    page.setErrorHandler(handleError)
    guardAnswers(page)
    chooseLocation(page, context)
    signInAndOut(page, context)
    decide(page, context)
  })
}

function handleError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { statusCode, message } = toApiError(error, request)
  if (statusCode === 503) reply.header('retry-after', limits.retryAfterSeconds)
  // A refused body may still be arriving: it is not worth reading.
  if (statusCode === 413) reply.header('connection', 'close')
  return sendPage(reply, statusCode, failurePage(statusCode, message))
}
