import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SignedInUser } from '../../../auth/sessions.ts'
import type { AppContext } from '../../../context.ts'
import type { Html } from '../../../http/html.ts'
import type { RawQuery } from '../../../http/query.ts'
import { readAuthorization } from './authorization.ts'
import { type Choices, findChoices } from './choices.ts'
import { sendPage } from './reply.ts'
import type { FormState } from './views/layout.ts'
import { damagedPage, staleFormPage } from './views/message.ts'
import { identifyVisitor, isOwnForm, type Visitor } from './visitor.ts'

/** One request to the page: the app's request, the browser and the fields of the form. */
export type Visit = FormState & {
  visitor: Visitor
  form: RawQuery
  request: FastifyRequest
  reply: FastifyReply
}

export type SignedInVisit = Visit & { user: SignedInUser; choices: Choices }

/** Makes a route handler that reads the parameters anew and refuses forms that are not ours. */
export function pageHandler(context: AppContext, handle: (visit: Visit) => Promise<FastifyReply>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const outcome = await readAuthorization(context.db, request.query as RawQuery)
    const isForm = request.method === 'POST'
    if (outcome.kind === 'refused') return sendPage(reply, 400, damagedPage(outcome.reason))
    if (outcome.kind === 'answered') return reply.redirect(outcome.location, isForm ? 303 : 302)
    const { authorization } = outcome
    const visitor = await identifyVisitor(context, request, reply)
    const form = (request.body ?? {}) as RawQuery
    if (isForm && !isOwnForm(request, visitor, form)) {
      return sendPage(reply, 403, staleFormPage(authorization))
    }
    const { formToken } = visitor
    return handle({ authorization, formToken, visitor, form, request, reply })
  }
}

/** Makes a route handler for signed-in users; others are sent back to the start. */
export function signedInPageHandler(
  context: AppContext,
  handle: (visit: SignedInVisit) => Promise<FastifyReply>,
) {
  return pageHandler(context, async (visit) => {
    const signedInVisit = await loadSignedInVisit(context, visit)
    return signedInVisit ? handle(signedInVisit) : redirectToStart(visit)
  })
}

/** Adds the signed-in user to a visit, and where they may install the app. */
export async function loadSignedInVisit(
  context: AppContext,
  visit: Visit,
): Promise<SignedInVisit | undefined> {
  const { user } = visit.visitor
  if (!user) return undefined
  return { ...visit, user, choices: await findChoices(context.db, visit.authorization.app, user) }
}

/** Sends the browser to the first page, with the same request of the same app. */
export function redirectToStart({ authorization, reply }: Visit): FastifyReply {
  return reply.redirect(`/oauth/chooselocation?${authorization.query}`, 303)
}

/** Sends a page whose forms may end at the app's redirect address. */
export function sendFormPage({ authorization, reply }: Visit, status: number, page: Html) {
  return sendPage(reply, status, page, authorization.redirectUri)
}
