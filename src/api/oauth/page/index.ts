import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { AppContext } from '../../../context.ts'
import { toApiError, writeRetryAfter } from '../../../http/errors.ts'
import { acceptForms } from '../../../http/form.ts'
import type { Server } from '../../../http/server.ts'
import { serveAssets } from './assets.ts'
import { chooseLocation } from './choose.ts'
import { decide } from './decide.ts'
import { guardAnswers, sendPage } from './reply.ts'
import { signInAndOut } from './sign-in.ts'
import { failurePage } from './views/message.ts'

/**
 * The page where people install an app. It answers in HTML, errors too, and reads forms, so it
 * has its own Fastify scope.
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
  writeRetryAfter({ statusCode }, reply)
  // The rest of a refused body need not be read.
  if (statusCode === 413) reply.header('connection', 'close')
  return sendPage(reply, statusCode, failurePage(statusCode, message))
}
