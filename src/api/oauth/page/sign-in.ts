import { randomUUID } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { checkPassword, hashPassword, type PasswordCost } from '../../../auth/password.ts'
import { type Entrant, findByEmail, type Holder } from '../../../auth/sessions.ts'
import type { AppContext } from '../../../context.ts'
import { databaseCounts } from '../../../http/rate-limit/counts.ts'
import type { Server } from '../../../http/server.ts'
import { only } from './authorization.ts'
import { sendPage } from './reply.ts'
import { signInThrottle } from './sign-in-throttle.ts'
import { beginAgain, step, type Visit } from './step.ts'
import { signInPage } from './views/sign-in.ts'
import { signIn, signOut } from './visitor.ts'

const route = { config: { public: true }, schema: { hide: true } } as const

/** Signing in and out. Without a demo admin its address does not exist. */
export function signInAndOut(app: Server, context: AppContext): void {
  // Not where requests are counted: that may fail or be off, and this may not.
  const counts = databaseCounts(context.db)
  app.addHook('onClose', counts.close)
  const mayTry = signInThrottle(counts)
  const check = passwordCheck(context.passwordCost)

  app.post(
    '/oauth/chooselocation/sign-in',
    route,
    step(context, async (visit) => {
      const email = only(visit.form.email)?.trim() ?? ''
      const holder = await findByEmail(context.db, email)
      // More spellings than the database's `lower` knows of would each have tries of their own.
      const tried = await mayTry(visit.request.ip, holder?.id ?? email)
      if (tried.waitMs !== undefined) return refuse(visit, context, email, tried.waitMs)
      const user = await check(holder, only(visit.form.password) ?? '')
      if (!user || !(await enter(visit, context, user))) return refuse(visit, context, email)
      await tried.succeeded()
      return beginAgain(visit)
    }),
  )
  app.post(
    '/oauth/chooselocation/sign-out',
    route,
    step(context, async (visit) => {
      await signOut(context, visit.visitor, [visit.request, visit.reply])
      return beginAgain(visit)
    }),
  )
  const { demoAdmin } = context
  if (!demoAdmin) return
  app.post(
    '/oauth/chooselocation/demo-sign-in',
    route,
    step(context, async (visit) => {
      if (await enter(visit, context, { id: demoAdmin.id })) return beginAgain(visit)
      const problem = 'The demo admin was deleted.'
      return sendPage(visit.reply, 409, signInPage(visit, demoAdmin, { problem }))
    }),
  )
}

/**
 * Checks the password of the user who was found. One who is not there, or has no password, costs
 * the same time as a wrong password does.
 */
function passwordCheck(cost: PasswordCost) {
  let nobodys: Promise<string> | undefined
  return async (user: Holder | undefined, password: string): Promise<Entrant | undefined> => {
    nobodys ??= hashPassword(randomUUID(), cost)
    const isRight = await checkPassword(password, user?.passwordHash ?? (await nobodys))
    return isRight && user?.passwordHash
      ? { id: user.id, passwordHash: user.passwordHash }
      : undefined
  }
}

function enter(visit: Visit, context: AppContext, entrant: Entrant): Promise<boolean> {
  return signIn(context, visit.visitor, entrant, [visit.request, visit.reply])
}

/** The same words whether the address or the password is wrong. */
function refuse(
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
