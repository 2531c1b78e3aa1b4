import type { FastifyReply } from 'fastify'
import type { AppContext } from '../../../context.ts'
import { formType } from '../../../http/form.ts'
import type { Server } from '../../../http/server.ts'
import { installApp } from '../installs/install.ts'
import { answerAddress } from './authorization.ts'
import { type Selection, selectionOf } from './choices.ts'
import { choosePage } from './views/choose.ts'
import { type SignedInVisit, sendFormPage, signedInPageHandler, type Visit } from './visit.ts'

/** Sends the browser back to the app, with a code or with a refusal. */
export function decide(app: Server, context: AppContext): void {
  app.post(
    '/oauth/chooselocation/decide',
    { config: { public: true }, schema: { hide: true, consumes: [formType] } },
    signedInPageHandler(context, async (visit) => {
      const { form, user, choices } = visit
      if (form.decision !== 'allow') {
        return goBack(visit, {
          error: 'access_denied',
          error_description: 'The app was not allowed',
        })
      }
      const selection = selectionOf(choices, form)
      if (typeof selection === 'string') {
        return sendFormPage(
          visit,
          422,
          choosePage(visit, user, choices, { form, problem: selection }),
        )
      }
      return goBack(visit, await install(context, visit, selection))
    }),
  )
}

function install({ db, now }: AppContext, visit: SignedInVisit, selection: Selection) {
  const { authorization, user } = visit
  const { app, scopes, redirectUri, challenge } = authorization
  const consent = { app, companyId: user.companyId, userId: user.id, scopes, redirectUri }
  return installApp(db, { ...consent, ...extentOf(selection), ...challenge }, now())
}

/** Several locations are installed through their agency, whose token then gets theirs. */
function extentOf(selection: Selection) {
  const isBulk = selection.kind === 'several' || selection.kind === 'all'
  return {
    locationId: selection.kind === 'one' ? selection.location.id : undefined,
    isBulk,
    approveAllLocations: selection.kind === 'all',
    installToFutureLocations: selection.kind === 'all' && selection.withFuture,
    approvedLocations: isBulk ? selection.locations.map(({ id }) => id) : [],
  }
}

function goBack({ authorization, reply }: Visit, answer: Record<string, string>): FastifyReply {
  const { redirectUri, state } = authorization
  return reply.redirect(answerAddress(redirectUri, { ...answer, state }), 303)
}
