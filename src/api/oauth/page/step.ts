import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SignedIn } from '../../../auth/sessions.ts'
import type { AppContext } from '../../../context.ts'
import type { Html } from '../../../http/html.ts'
import type { RawQuery } from '../../../http/query.ts'
import { readAuthorization } from './authorization.ts'
import { type Choices, choicesOf } from './choices.ts'
import { sendPage } from './reply.ts'
import type { Place } from './views/layout.ts'
import { damagedPage, staleFormPage } from './views/message.ts'
import { isOwnForm, type Visitor, welcome } from './visitor.ts'

/** One step of somebody through the page: what an app asks for, who asks, what was filled in. */
export type Visit = Place & {
  visitor: Visitor
  form: RawQuery
  request: FastifyRequest
  reply: FastifyReply
}

export type SignedInVisit = Visit & { user: SignedIn; choices: Choices }

/** What is true of each step: the parameters are read anew, and a form is one of ours. */
export function step(context: AppContext, work: (visit: Visit) => Promise<FastifyReply>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const reading = await readAuthorization(context.db, request.query as RawQuery)
    const isForm = request.method === 'POST'
    if (reading.kind === 'refused') return sendPage(reply, 400, damagedPage(reading.why))
    if (reading.kind === 'answered') return reply.redirect(reading.location, isForm ? 303 : 302)
    const { authorization } = reading
    const visitor = await welcome(context, request, reply)
    const form = (request.body ?? {}) as RawQuery
    if (isForm && !isOwnForm(request, visitor, form)) {
      return sendPage(reply, 403, staleFormPage(authorization))
    }
    const { formToken } = visitor
    return work({ authorization, formToken, visitor, form, request, reply })
  }
}

/** A step of somebody who is signed in; whoever is not any more begins again. */
export function signedInStep(
  context: AppContext,
  work: (visit: SignedInVisit) => Promise<FastifyReply>,
) {
  return step(context, async (visit) => {
    const found = await signedIn(context, visit)
    return found ? work(found) : beginAgain(visit)
  })
}

/** The visit of somebody who is signed in, with where they may install the app. */
export async function signedIn(
  context: AppContext,
  visit: Visit,
): Promise<SignedInVisit | undefined> {
  const { user } = visit.visitor
  if (!user) return undefined
  return { ...visit, user, choices: await choicesOf(context.db, visit.authorization.app, user) }
}

/** Sends the browser to the first page, with the same request of the same app. */
export function beginAgain({ authorization, reply }: Visit): FastifyReply {
  return reply.redirect(`/oauth/chooselocation?${authorization.query}`, 303)
}

/** Sends a page whose forms may end at the app's redirect address. */
export function sendStep({ authorization, reply }: Visit, status: number, page: Html) {
  return sendPage(reply, status, page, authorization.redirectUri)
}
