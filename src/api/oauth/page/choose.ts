import type { FastifyReply } from 'fastify'
import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { type Selection, selectionOf, soleSelection } from './choices.ts'
import { sendPage } from './reply.ts'
import { choosePage } from './views/choose.ts'
import { consentPage } from './views/consent.ts'
import { nowherePage } from './views/message.ts'
import { signInPage } from './views/sign-in.ts'
import {
  loadSignedInVisit,
  pageHandler,
  redirectToStart,
  type SignedInVisit,
  sendFormPage,
  signedInPageHandler,
} from './visit.ts'

const route = { config: { public: true }, schema: { hide: true } } as const

/** Where an app sends people to be installed; the second address is the one in today's docs. */
export function chooseLocation(app: Server, context: AppContext): void {
  const showStart = pageHandler(context, async (visit) => {
    const signedInVisit = await loadSignedInVisit(context, visit)
    if (!signedInVisit) return sendPage(visit.reply, 200, signInPage(visit, context.demoAdmin))
    const selection = soleSelection(signedInVisit.choices)
    if (selection) return askConsent(signedInVisit, selection)
    const { agency, locations } = signedInVisit.choices
    if (agency === undefined && locations.length === 0) {
      return sendFormPage(visit, 403, nowherePage(visit, signedInVisit.user))
    }
    return sendFormPage(visit, 200, choosePage(visit, signedInVisit.user, signedInVisit.choices))
  })
  app.get('/oauth/chooselocation', route, showStart)
  app.get('/v2/oauth/chooselocation', route, showStart)

  app.post('/oauth/chooselocation/choose', route, signedInPageHandler(context, chooseFromForm))

  // A browser keeps the address of a form: opened with GET, it leads back to the start.
  const restart = pageHandler(context, async (visit) => redirectToStart(visit))
  const forms = ['sign-in', 'sign-out', 'choose', 'decide']
  for (const form of context.demoAdmin ? [...forms, 'demo-sign-in'] : forms) {
    app.get(`/oauth/chooselocation/${form}`, route, restart)
  }
}

async function chooseFromForm(visit: SignedInVisit): Promise<FastifyReply> {
  const { user, choices, form } = visit
  const selection = selectionOf(choices, form)
  if (typeof selection !== 'string') return askConsent(visit, selection)
  const page = choosePage(visit, user, choices, { form, problem: selection })
  return sendFormPage(visit, 422, page)
}

function askConsent(visit: SignedInVisit, selection: Selection): FastifyReply {
  return sendFormPage(visit, 200, consentPage(visit, visit.user, visit.choices, selection))
}
