import type { FastifyReply } from 'fastify'
import type { AppContext } from '../../../context.ts'
import type { Server } from '../../../http/server.ts'
import { onlySelection, type Selection, selectionOf } from './choices.ts'
import { sendPage } from './reply.ts'
import { beginAgain, type SignedInVisit, sendStep, signedIn, signedInStep, step } from './step.ts'
import { choosePage } from './views/choose.ts'
import { consentPage } from './views/consent.ts'
import { nowherePage } from './views/message.ts'
import { signInPage } from './views/sign-in.ts'

const route = { config: { public: true }, schema: { hide: true } } as const

/** Where an app sends people to be installed; the second address is the one in today's docs. */
export function chooseLocation(app: Server, context: AppContext): void {
  const begin = step(context, async (visit) => {
    const found = await signedIn(context, visit)
    if (!found) return sendPage(visit.reply, 200, signInPage(visit, context.demoAdmin))
    const only = onlySelection(found.choices)
    if (only) return askConsent(found, only)
    const { agency, locations } = found.choices
    if (agency === undefined && locations.length === 0) {
      return sendStep(visit, 403, nowherePage(visit, found.user))
    }
    return sendStep(visit, 200, choosePage(visit, found.user, found.choices))
  })
  app.get('/oauth/chooselocation', route, begin)
  app.get('/v2/oauth/chooselocation', route, begin)

  app.post('/oauth/chooselocation/choose', route, signedInStep(context, choose))

  // A form's address stands in the browser after it; opened by itself it leads to the beginning.
  const again = step(context, async (visit) => beginAgain(visit))
  const forms = ['sign-in', 'sign-out', 'choose', 'decide']
  for (const form of context.demoAdmin ? [...forms, 'demo-sign-in'] : forms) {
    app.get(`/oauth/chooselocation/${form}`, route, again)
  }
}

async function choose(visit: SignedInVisit): Promise<FastifyReply> {
  const { user, choices, form } = visit
  const selection = selectionOf(choices, form)
  if (typeof selection !== 'string') return askConsent(visit, selection)
  const again = choosePage(visit, user, choices, { form, problem: selection })
  return sendStep(visit, 422, again)
}

function askConsent(visit: SignedInVisit, selection: Selection): FastifyReply {
  return sendStep(visit, 200, consentPage(visit, visit.user, visit.choices, selection))
}
