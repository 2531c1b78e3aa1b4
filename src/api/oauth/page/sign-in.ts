import { randomUUID } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { checkPassword, hashPassword, type PasswordCost } from '../../../auth/password.ts'
import {
  type AuthenticatedUser,
  findPasswordByEmail,
  type UserPassword,
} from '../../../auth/sessions.ts'
import type { AppContext } from '../../../context.ts'
import { formType } from '../../../http/form.ts'
import { databaseCounts } from '../../../http/rate-limit/counts.ts'
import type { Server } from '../../../http/server.ts'
import { singleValue } from './authorization.ts'
import { sendPage } from './reply.ts'
import { signInThrottle } from './sign-in-throttle.ts'
import { signInPage } from './views/sign-in.ts'
import { pageHandler, redirectToStart, type Visit } from './visit.ts'
import { isKnownBrowser, rememberBrowser, signIn, signOut } from './visitor.ts'

const route = {
  config: { public: true },
  schema: { hide: true, consumes: [formType] },
} as const

/** Adds the routes to sign in and out, and the demo admin's if there is one. */
export function signInAndOut(app: Server, context: AppContext): void {
  // The counters of the rate limit may fail or be off, so attempts are counted in the database.
  const counts = databaseCounts(context.db, 'logged')
  app.addHook('onClose', counts.close)
  const countAttempt = signInThrottle(counts, context.keys)
  const checkUserPassword = passwordChecker(context.passwordCost)

  app.post(
    '/oauth/chooselocation/sign-in',
    route,
    pageHandler(context, async (visit) => {
      const email = singleValue(visit.form.email)?.trim() ?? ''
      const stored = await findPasswordByEmail(context.db, email)
      // Counting by user id keeps other spellings of one address from having attempts of their own.
      const account = stored?.id ?? email
      const isKnown = isKnownBrowser(context, visit.request, account)
      const attempt = await countAttempt({ ip: visit.request.ip, account, isKnown })
      if (attempt.waitMs !== undefined) return refuseSignIn(visit, context, email, attempt.waitMs)
      const user = await checkUserPassword(stored, singleValue(visit.form.password) ?? '')
      if (!user || !(await beginVisitorSession(visit, context, user)))
        return refuseSignIn(visit, context, email)
      await attempt.succeeded()
      rememberBrowser(context, user.id, [visit.request, visit.reply])
      return redirectToStart(visit)
    }),
  )
  app.post(
    '/oauth/chooselocation/sign-out',
    route,
    pageHandler(context, async (visit) => {
      await signOut(context, visit.visitor, [visit.request, visit.reply])
      return redirectToStart(visit)
    }),
  )
  const { demoAdmin } = context
  if (!demoAdmin) return
  app.post(
    '/oauth/chooselocation/demo-sign-in',
    route,
    pageHandler(context, async (visit) => {
      if (await beginVisitorSession(visit, context, { id: demoAdmin.id }))
        return redirectToStart(visit)
      const problem = 'The demo admin was deleted.'
      return sendPage(visit.reply, 409, signInPage(visit, demoAdmin, { problem }))
    }),
  )
}

/**
 * Makes a check of passwords that takes as long for a missing user, or one without a password,
 * as for a wrong password.
 */
function passwordChecker(cost: PasswordCost) {
  let decoyHash: Promise<string> | undefined
  return async (
    user: UserPassword | undefined,
    password: string,
  ): Promise<AuthenticatedUser | undefined> => {
    decoyHash ??= hashPassword(randomUUID(), cost)
    const isRight = await checkPassword(password, user?.passwordHash ?? (await decoyHash))
    return isRight && user?.passwordHash
      ? { id: user.id, passwordHash: user.passwordHash }
      : undefined
  }
}

function beginVisitorSession(
  visit: Visit,
  context: AppContext,
  authenticated: AuthenticatedUser,
): Promise<boolean> {
  return signIn(context, visit.visitor, authenticated, [visit.request, visit.reply])
}

/** Answers the same whether the address or the password is wrong, to reveal no accounts. */
function refuseSignIn(
  visit: Visit,
  { demoAdmin }: AppContext,
  email: string,
  waitMs?: number,
): FastifyReply {
  const minutes = Math.ceil((waitMs ?? 0) / 60_000)
  const problem =
    waitMs === undefined
      ? 'This e-mail address and password do not belong together.'
      : `Too many tries. Wait ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`
  if (waitMs !== undefined) visit.reply.header('retry-after', Math.ceil(waitMs / 1000))
  const page = signInPage(visit, demoAdmin, { email, problem })
  return sendPage(visit.reply, waitMs === undefined ? 401 : 429, page)
}
